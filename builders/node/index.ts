/** The builder for Node.js. */
import type { Builder } from '../../src/builder/contract.js';
import { versioned } from '../../src/builder/settings.js';
import { buildNode } from './build.js';
import { detectNode } from './detect.js';
import { OPTIMIZATIONS } from './optimize/index.js';
import { deployablePackages, type NodeFacts, planNode } from './plan.js';
import { findWorkspaceRoot } from './workspaces.js';

export const node: Builder = {
	id: 'node',
	looksFor: 'package.json, or one of index, server, app, main with .js, .mjs, .cjs or .ts',
	settings: versioned('Node version or range; default: what the project says.', {}),
	detect: detectNode,
	yields: true,
	rootOf: findWorkspaceRoot,
	apps: (request) => deployablePackages(request).map((folder) => ({ folder })),
	optimizations: OPTIMIZATIONS,
	plan: (_detection, request) => planNode(request),
	inputs: (plan) => {
		const facts = plan.facts as unknown as NodeFacts;
		return { hostTools: facts.hasInstallScripts || facts.addon ? ['python3', 'make', 'cc', 'c++'] : [] };
	},
	build: buildNode,
};
