/** The builder for plain folders of web pages. */
import type { Builder } from '../../src/builder/contract.js';
import { siteLayers } from '../../src/site/content.js';
import { detectStatic, type StaticFacts } from './detect.js';
import { planStatic } from './plan.js';

export const staticSite: Builder = {
	id: 'static',
	looksFor: 'index.html, in the folder itself or in public, dist, build, _site, site, out, www; or a Staticfile',
	detect: async (source) => detectStatic(source),
	plan: async (detection, request) => planStatic(detection.facts as unknown as StaticFacts, request),
	inputs: () => ({ hostTools: [] }),
	build: async (plan, _platform, tools) => {
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
	},
};

function parents(path: string): readonly string[] {
	const parts = path.split('/').slice(0, -1);
	return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}
