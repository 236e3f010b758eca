/** The builder for Node.js. */
import type { Builder } from '../../src/builder/contract.js';
import { versioned } from '../../src/builder/settings.js';
import type { NodeFacts } from './facts.js';
import { OPTIMIZATIONS } from './optimize/names.js';

export const node: Builder = {
	id: 'node',
	looksFor: 'package.json, or one of index, server, app, main with .js, .mjs, .cjs or .ts',
	takesMain: false,
	sideBySide: true,
	settings: versioned('Node version or range; default: what the project says.', {}),
	detect: async (source) => (await import('./detect.js')).detectNode(source),
	yields: true,
	rootOf: async (dir) => (await import('./workspace/root.js')).findWorkspaceRoot(dir),
	apart: async (dir) => (await import('./workspace/root.js')).whyApart(dir),
	apps: async (request) => (await import('./plan.js')).deployablePackages(request).map((folder) => ({ folder })),
	optimizations: OPTIMIZATIONS,
	plan: async (_detection, request) => (await import('./plan.js')).planNode(request),
	inputs: (plan) => {
		const facts = plan.facts as unknown as NodeFacts;
		return { hostTools: facts.hasInstallScripts || facts.addon ? ['python3', 'make', 'cc', 'c++'] : [] };
	},
	build: async (...args) => (await import('./build.js')).buildNode(...args),
	choose: async (...args) => (await import('./build.js')).chooseNode(...args),
};
