/** The builder for Go. */
import type { Builder } from '../../src/builder/contract.js';
import { buildGo } from './build.js';
import { detectGo } from './detect.js';
import { planGo, programFolders } from './plan.js';
import { findRoot } from './root.js';
import { SETTINGS } from './settings.js';

export const go: Builder = {
	id: 'go',
	looksFor: 'go.mod, go.work, or a Go file with package main',
	settings: SETTINGS,
	severalPrograms: true,
	rootOf: findRoot,
	detect: async (source) => detectGo(source),
	plan: async (_detection, request) => planGo(request),
	apps: (request) => programFolders(request).map((folder) => ({ folder })),
	// A C compiler takes part where a package has C code.
	inputs: () => ({ hostTools: ['go', 'gcc'] }),
	build: buildGo,
};
