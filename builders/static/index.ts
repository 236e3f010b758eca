/** The builder for plain folders of web pages. */
import type { Builder } from '../../src/builder/contract.js';
import type { StaticFacts } from './detect.js';

export const staticSite: Builder = {
	id: 'static',
	looksFor: 'index.html, in the folder itself or in public, dist, build, _site, site, out, www; or a Staticfile',
	takesMain: false,
	sideBySide: true,
	detect: async (source) => (await import('./detect.js')).detectStatic(source),
	plan: async (detection, request) => (await import('./plan.js')).planStatic(detection.facts as unknown as StaticFacts, request),
	inputs: () => ({ hostTools: [] }),
	build: async (plan, _platform, tools) => (await import('./build.js')).buildStatic(plan, tools),
};
