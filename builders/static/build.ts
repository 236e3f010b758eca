/** The folder's pages as layers, with the server that serves them. */
import type { AppContent, BuildPlan } from '../../src/builder/contract.js';
import { siteLayers } from '../../src/site/content.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { StaticFacts } from './detect.js';

export function buildStatic(plan: BuildPlan, tools: Toolchain): AppContent {
	const { root, singlePage } = plan.facts as unknown as StaticFacts;
	const below = (path: string): string => (root === '' ? path : `${root}/${path}`);
	// Only what the index of the source holds: ignored files are no part of the site.
	const known = new Set(tools.source.files.map(({ path }) => path));
	const folders = new Set(tools.source.files.flatMap(({ path }) => parents(path)));
	const skip = (path: string): boolean => {
		const full = below(path);
		return tools.rules.unshipped(full) || (!known.has(full) && !folders.has(full));
	};
	return {
		layers: siteLayers({ root: root === '' ? tools.source.root : `${tools.source.root}/${root}`, singlePage, skip }, tools),
		config: {},
		packages: [],
	};
}
function parents(path: string): readonly string[] {
	const parts = path.split('/').slice(0, -1);
	return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}
