/** The builder for Go. */
import type { Builder } from '../../src/builder/contract.js';
import { SETTINGS } from './settings.js';

export const go: Builder = {
	id: 'go',
	looksFor: 'go.mod, go.work, or a Go file with package main',
	sideBySide: true,
	settings: SETTINGS,
	severalPrograms: true,
	rootOf: async (dir) => (await import('./root.js')).findRoot(dir),
	detect: async (source) => (await import('./detect.js')).detectGo(source),
	plan: async (_detection, request) => (await import('./plan.js')).planGo(request),
	apps: async (request) => (await import('./plan.js')).programFolders(request).map((folder) => ({ folder })),
	// A C compiler takes part where a package has C code.
	inputs: () => ({ hostTools: ['go', 'gcc'] }),
	build: async (...args) => (await import('./build.js')).buildGo(...args),
};
