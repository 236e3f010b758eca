/** The builder for what is built already: a folder is shipped as it is, on the smallest base that its program can run on. */
import type { Builder } from '../../src/builder/contract.js';

export const prebuilt: Builder = {
	id: 'prebuilt',
	byName: true,
	looksFor: 'a program named by --entrypoint, or one Linux program in the folder',
	takesMain: false,
	sideBySide: true,
	detect: async () => ({ builder: 'prebuilt', reasons: [{ says: 'asked to ship the folder as it is' }], facts: {} }),
	plan: async (_detection, request) => (await import('./plan.js')).planPrebuilt(request),
	inputs: () => ({ hostTools: [] }),
	build: async (...args) => (await import('./build.js')).buildPrebuilt(...args),
};
