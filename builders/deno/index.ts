/** The builder for Deno. */
import type { Builder } from '../../src/builder/contract.js';
import { versioned } from '../../src/builder/settings.js';

export const deno: Builder = {
	id: 'deno',
	looksFor: 'deno.json or deno.jsonc, with a task "start" or one of main, server, mod, index, app with .ts, .tsx, .js, .mjs',
	takesMain: false,
	sideBySide: true,
	settings: versioned('Deno version or range; default: what the project says.', {}),
	detect: async (source) => (await import('./detect.js')).detectDeno(source),
	plan: async (_detection, request) => (await import('./plan.js')).planDeno(request),
	inputs: () => ({ hostTools: [] }),
	build: async (...args) => (await import('./build.js')).buildDeno(...args),
};
