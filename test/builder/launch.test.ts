/** Who runs the app: the user's choice, then the plan's, then nobody in particular; and what else a plan may set. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Base } from '../../src/bases/contract.js';
import type { BuildPlan, ConfigPatch } from '../../src/builder/contract.js';
import { launchConfig } from '../../src/builder/launch.js';
import type { BuildRequest } from '../../src/config/request.js';

const launched = (config: ConfigPatch, user?: string): ConfigPatch => {
	const plan = { processes: [{ command: ['java', 'Main'] }], config } as unknown as BuildPlan;
	const base = { runtime: { name: 'java', path: '/usr/bin/java' } } as unknown as Base;
	const request = { user, env: {}, ports: [], labels: {} } as unknown as BuildRequest;
	return launchConfig(plan, { layers: [], config: {}, packages: [] }, base, request);
};

test('the user asked for counts, then the one of the plan, then 65532', () => {
	assert.deepEqual([launched({ User: '1000' }, '7').User, launched({ User: '1000' }).User, launched({}).User], ['7', '1000', '65532:65532']);
});

test("the plan's volumes and working folder are the image's, and the runtime has its place", () => {
	const { Volumes, WorkingDir, Entrypoint } = launched({ Volumes: { '/data': {} }, WorkingDir: '/srv' });
	assert.deepEqual([Volumes, WorkingDir, Entrypoint], [{ '/data': {} }, '/srv', ['/usr/bin/java', 'Main']]);
});
