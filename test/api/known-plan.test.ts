/** A plan is made once: while source and request are the same, its builder is not asked again. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openRequest } from '../../src/api/open-request.js';
import type { Builder, BuildPlan, PlanRequest } from '../../src/builder/contract.js';
import type { Host } from '../../src/config/host.js';
import type { BuildOptions } from '../../src/config/request.js';
import type { TareEvent } from '../../src/events.js';
import { planOnce } from '../../src/known-plan.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';

interface Asked {
	readonly planned: BuildPlan;
	/** Times the builder made a plan so far. */
	readonly times: number;
	readonly said: readonly string[];
}

async function project(t: TestContext, planner: (request: PlanRequest) => Partial<BuildPlan> = () => ({}), more: Partial<Builder> = {}) {
	const dir = folder(t, { 'app.txt': 'one', '.git/HEAD': 'a1b2c3d4e5'.repeat(4) });
	const storeRoot = folder(t);
	let times = 0;
	const builder: Builder = {
		id: 'text',
		looksFor: 'app.txt',
		detect: async (source) => (source.has('app.txt') ? { builder: 'text', reasons: [], facts: {} } : undefined),
		plan: async (_detection, request) => {
			times++;
			const base = { kind: 'scratch' } as const;
			const plain = { builder: 'text', steps: [], layers: [], base, processes: [], config: {}, reasons: [], tools: {}, facts: { times } };
			return { ...plain, warnings: [{ says: 'a word of advice' }], ...planner(request) };
		},
		inputs: () => ({ hostTools: [] }),
		build: async () => ({ layers: [], config: {}, packages: [] }),
		...more,
	};
	const host = { env: {}, cwd: dir, home: dir, now: 0, platform: { os: 'linux', architecture: 'amd64' }, aptSources: () => [] } as unknown as Host;
	const ask = async (options: BuildOptions = {}): Promise<Asked> => {
		const said: TareEvent[] = [];
		const { request } = await openRequest(options, host);
		const store = await openStore(storeRoot);
		// A file is trusted to be unchanged only some moments after it was written.
		const now = () => Date.now() + 1000;
		const { plan } = await planOnce(request, { builders: [builder], store, emit: (event) => said.push(event), now });
		await store.close();
		return { planned: plan, times, said: said.flatMap((event) => (event.type === 'warning' ? [event.says] : [])) };
	};
	return { dir, storeRoot, ask };
}

test('the same source and request: the plan is remembered, and its warnings are said again', async (t) => {
	const { ask } = await project(t);
	const first = await ask();
	const second = await ask();
	assert.equal(second.times, 1);
	assert.deepEqual(second.planned, first.planned);
	assert.deepEqual(second.said, ['a word of advice']);
});

test('another source, another request or --fresh: planned anew', async (t) => {
	const { dir, ask } = await project(t);
	await ask();
	writeFileSync(join(dir, 'app.txt'), 'two');
	assert.equal((await ask()).times, 2, 'a changed file');
	writeFileSync(join(dir, 'new.txt'), '');
	assert.equal((await ask()).times, 3, 'a new file');
	assert.equal((await ask({ start: './other' })).times, 4, 'another start command');
	assert.equal((await ask({ fresh: true })).times, 5);
	assert.equal((await ask()).times, 5, 'and each request has its own');
});

test('a plan that names the commit is made anew: the next build may be of another one', async (t) => {
	const { dir, ask } = await project(t, ({ commit }) => ({ config: { Labels: { commit: commit?.()?.id ?? '' } } }));
	await ask();
	writeFileSync(join(dir, '.git/HEAD'), 'ffffffffff'.repeat(4));
	assert.equal((await ask()).planned.config.Labels?.commit, 'ffffffffff'.repeat(4));
});

test("a build variable's value is not written to the store", async (t) => {
	const { storeRoot, ask } = await project(t, ({ buildEnv }) => ({ steps: [{ id: 'x', command: ['true'], env: buildEnv, reasons: [] }] }));
	await ask({ buildEnv: { TOKEN: 'hunter2' } });
	assert.equal((await ask({ buildEnv: { TOKEN: 'hunter2' } })).times, 2);
	const files = readdirSync(storeRoot, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	assert.ok(files.length > 0);
	for (const { parentPath, path, name } of files as (typeof files)[number][] & { path?: string }[])
		assert.ok(!readFileSync(join(parentPath ?? path, name), 'utf8').includes('hunter2'), name);
});

test('a folder that has become part of a workspace is planned anew, from the root', async (t) => {
	let root: string | undefined;
	const workspace = folder(t, { 'member/app.txt': '', 'app.txt': '' });
	const { ask } = await project(t, ({ app }) => ({ facts: { app } }), { rootOf: async () => root });
	await ask();
	root = workspace;
	const { times, planned } = await ask();
	assert.equal(times, 2);
	assert.notEqual(planned.facts.app, '');
});
