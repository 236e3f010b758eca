/** What a user asks for who asks for nothing, as far as a builder's plan is concerned. */
import type { PlanRequest } from '../../src/builder/contract.js';

export const REQUEST: Omit<PlanRequest, 'source'> = {
	app: '',
	base: { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false },
	optimize: [],
	settings: {},
	user: '65532:65532',
	buildEnv: {},
};
