/** The builder for Deno. */
import type { Builder } from '../../src/builder/contract.js';
import { buildDeno } from './build.js';
import { detectDeno } from './detect.js';
import { planDeno } from './plan.js';

export const deno: Builder = {
	id: 'deno',
	looksFor: 'deno.json or deno.jsonc, with a task "start" or one of main, server, mod, index, app with .ts, .tsx, .js, .mjs',
	detect: async (source) => detectDeno(source),
	plan: async (_detection, request) => planDeno(request),
	inputs: () => ({ hostTools: [] }),
	build: buildDeno,
};
