/** Which package manager, in which version, and what its lock file says. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isInstalledOn, type PlatformLimits } from '../../../builders/node/package-managers/platforms.js';
import { planNode } from '../../../builders/node/plan.js';
import type { BuildPlan } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, app = ''): Promise<BuildPlan> =>
	planNode({
		source: index(t, { 'server.js': '', ...files }),
		...REQUEST,
		app,
	});
const app = (more: object = {}): Files => ({ 'package.json': { dependencies: { ms: '2.1.3' }, devDependencies: { tap: '1.0.0' }, ...more } });
const names = ({ facts }: BuildPlan): string[] => (facts.packages as { name: string; version: string }[]).map(({ name, version }) => `${name}@${version}`);

const PNPM = (version: string): Files => ({
	'pnpm-lock.yaml': `lockfileVersion: '${version}'\nimporters:\n  .:\n    dependencies:\n      ms:\n        specifier: 2.1.3\n        version: 2.1.3\n    devDependencies:\n      tap:\n        specifier: 1.0.0\n        version: 1.0.0\npackages:\n  ms@2.1.3: {}\n  tap@1.0.0: {}\nsnapshots:\n  ms@2.1.3:\n    dependencies:\n      '@s/deep': 1.2.0(ms@2.1.3)\n  '@s/deep@1.2.0(ms@2.1.3)': {}\n  tap@1.0.0: {}\n`,
});
const YARN1: Files = {
	'yarn.lock':
		'# yarn lockfile v1\n\nms@2.1.3, ms@^2.0.0:\n  version "2.1.3"\n  dependencies:\n    "@s/deep" "^1.0.0"\n\n"@s/deep@^1.0.0":\n  version "1.2.0"\n\ntap@1.0.0:\n  version "1.0.0"\n',
};
const BERRY = (version: number): Files => ({
	'yarn.lock': `__metadata:\n  version: ${version}\n\n"ms@npm:2.1.3":\n  version: 2.1.3\n  resolution: "ms@npm:2.1.3"\n  dependencies:\n    "@s/deep": "npm:^1.0.0"\n\n"@s/deep@npm:^1.0.0":\n  version: 1.2.0\n  resolution: "@s/deep@npm:1.2.0"\n\n"tap@npm:1.0.0":\n  version: 1.0.0\n  resolution: "tap@npm:1.0.0"\n`,
});
const BUN: Files = {
	'bun.lock':
		'{ "lockfileVersion": 1, "workspaces": { "": { "dependencies": { "ms": "2.1.3", }, "devDependencies": { "tap": "1.0.0" } }, }, "packages": { "ms": ["ms@2.1.3", "", { "dependencies": { "@s/deep": "^1.0.0" } }, "sha512-x"], "@s/deep": ["@s/deep@1.2.0", "", {}, "sha512-y"], "tap": ["tap@1.0.0", "", {}, "sha512-z"], } }',
};

const MANAGERS: readonly (readonly [string, Files, object, string, string])[] = [
	['pnpm of a lock file of version 9', PNPM('9.0'), {}, 'pnpm', '10'],
	['pnpm of a lock file of version 6', PNPM('6.0'), {}, 'pnpm', '8'],
	['pnpm of a lock file of version 5.4', PNPM('5.4'), {}, 'pnpm', '7'],
	['pnpm by packageManager', PNPM('9.0'), { packageManager: 'pnpm@9.1.0+sha512.abc' }, 'pnpm', '9.1.0'],
	['a pnpm that is a native program', PNPM('9.0'), { packageManager: 'pnpm@12.1.0' }, 'pnpm', '11'],
	['yarn 1', YARN1, {}, 'yarn', '^1.22.22'],
	['yarn 2', BERRY(4), {}, '@yarnpkg/cli-dist', '~2.4.1'],
	['yarn 3', BERRY(6), {}, '@yarnpkg/cli-dist', '>=3.2.0 <4'],
	['yarn 4', BERRY(8), {}, '@yarnpkg/cli-dist', '>=4.0.0 <4.10.0'],
	['yarn 4 by packageManager', BERRY(8), { packageManager: 'yarn@4.9.2' }, '@yarnpkg/cli-dist', '4.9.2'],
	['yarn by its vendored file', { ...BERRY(6), '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-3.2.0.cjs\n' }, {}, '@yarnpkg/cli-dist', '3.2.0'],
	['bun', BUN, {}, 'bun', '1'],
	['bun by .bun-version', { ...BUN, '.bun-version': '1.3.3\n' }, {}, 'bun', '1.3.3'],
	['engines without a lock file', {}, { engines: { pnpm: '>=9' } }, 'pnpm', '10'],
];

for (const [says, files, more, tool, range] of MANAGERS) {
	test(says, async (t) => {
		const made = await plan(t, { ...app(more), ...files });
		assert.deepEqual(made.tools, { [tool]: range });
	});
}

for (const [says, files] of [
	['pnpm', PNPM('9.0')],
	['yarn 1', YARN1],
	['yarn 4', BERRY(8)],
	['bun', BUN],
] as const) {
	test(`${says}: production packages with what they need, no development ones`, async (t) => {
		assert.deepEqual(names(await plan(t, { ...app(), ...files })), ['@s/deep@1.2.0', 'ms@2.1.3']);
	});
	test(`${says}: a dependency that the lock file lacks`, async (t) => {
		const files_ = { ...app({ dependencies: { ms: '2.1.3', extra: '^3.0.0' } }), ...files };
		await assert.rejects(plan(t, files_), { code: 'LOCKFILE_OUTDATED', message: /extra@\^3\.0\.0/ });
	});
}

test('two lock files are an error that names both; packageManager decides', async (t) => {
	const both = { ...app(), ...YARN1, ...PNPM('9.0') };
	await assert.rejects(plan(t, both), { code: 'AMBIGUOUS', message: /pnpm-lock\.yaml and yarn\.lock/ });
	assert.deepEqual((await plan(t, { ...both, ...app({ packageManager: 'pnpm@9.0.0' }) })).tools, { pnpm: '9.0.0' });
});

test('a lock file that is none', async (t) => {
	await assert.rejects(plan(t, { ...app(), 'pnpm-lock.yaml': ': {' }), { code: 'MANIFEST_INVALID', message: /pnpm-lock\.yaml/ });
	await assert.rejects(plan(t, { ...app(), 'bun.lock': '{ "a": ' }), { code: 'MANIFEST_INVALID', message: /bun\.lock/ });
});

const WORKSPACE: Files = {
	'package.json': { private: true, workspaces: ['packages/*', 'apps/*', '!apps/old'] },
	'packages/a/package.json': { name: '@w/a', scripts: { build: 'make' }, dependencies: { '@w/b': '1.0.0' } },
	'packages/b/package.json': { name: '@w/b', scripts: { build: 'make' } },
	'packages/unused/package.json': { name: '@w/unused', scripts: { build: 'make' } },
	'apps/api/package.json': { name: '@w/api', scripts: { start: 'node index.js' }, dependencies: { '@w/a': '*' } },
	'apps/api/index.js': 'process.env.PORT',
	'apps/old/package.json': { name: '@w/old', scripts: { start: 'node index.js' } },
	'server.js': '',
};

test('an app of a workspace: what it needs is built first, in order; nothing else is', async (t) => {
	const made = await plan(t, WORKSPACE, 'apps/api');
	assert.deepEqual(
		made.steps.map(({ id }) => id),
		['install', 'packages/b:build', 'packages/a:build', 'dependencies'],
	);
	assert.deepEqual(
		made.layers.map(({ name }) => name),
		['dependencies', 'workspace', 'app'],
	);
	assert.equal(made.config.WorkingDir, '/app/apps/api');
});

test('the root of a workspace that starts nothing: the only app is taken, several are named', async (t) => {
	const { 'server.js': _, ...files } = WORKSPACE;
	const bare = (more: Files): Promise<BuildPlan> =>
		planNode({
			source: index(t, { ...files, ...more }),
			...REQUEST,
		});
	assert.equal((await bare({})).facts.app, 'apps/api');
	const two = { 'apps/web/package.json': { name: '@w/web', scripts: { start: 'node index.js' } }, 'apps/web/index.js': '' };
	await assert.rejects(bare(two), { code: 'AMBIGUOUS', message: /apps\/api, apps\/web/, hint: /tare build apps\/api.*--all/ });
});

test('packages that depend on each other in a circle', async (t) => {
	const circle = { ...WORKSPACE, 'packages/b/package.json': { name: '@w/b', dependencies: { '@w/a': '*' } } };
	await assert.rejects(plan(t, circle, 'apps/api'), { code: 'WORKSPACE_CIRCULAR', message: /@w\/a → @w\/b → @w\/a/ });
});

test('packages for other platforms are known as such, whatever the lock file', async (t) => {
	const limits = { os: ['darwin'], cpu: ['arm64'] };
	const optional = { 'package.json': { dependencies: { ms: '2.1.3' } } };
	const npm = {
		lockfileVersion: 3,
		packages: {
			'': { dependencies: { ms: '2.1.3' } },
			'node_modules/ms': { version: '2.1.3' },
			'node_modules/@s/mac': { version: '1.0.0', optional: true, ...limits },
		},
	};
	const pnpm =
		"lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      ms:\n        specifier: 2.1.3\n        version: 2.1.3\npackages:\n  ms@2.1.3: {}\n  '@s/mac@1.0.0':\n    os: [darwin]\n    cpu: [arm64]\nsnapshots:\n  ms@2.1.3:\n    optionalDependencies:\n      '@s/mac': 1.0.0(ms@2.1.3)\n  '@s/mac@1.0.0(ms@2.1.3)': {}\n";
	const bun =
		'{ "lockfileVersion": 1, "workspaces": { "": { "dependencies": { "ms": "2.1.3" } } }, "packages": { "ms": ["ms@2.1.3", "", { "optionalDependencies": { "@s/mac": "1.0.0" } }, "sha512-x"], "@s/mac": ["@s/mac@1.0.0", "", { "os": "darwin", "cpu": "arm64" }, "sha512-y"] } }';
	const locks: readonly Files[] = [{ 'package-lock.json': npm }, { 'pnpm-lock.yaml': pnpm }, { 'bun.lock': bun }];
	for (const lock of locks) {
		const { facts } = await plan(t, { ...optional, ...lock });
		const packages = facts.packages as readonly ({ readonly name: string } & PlatformLimits)[];
		const installed = packages.filter((one) => isInstalledOn(one, 'arm64')).map(({ name }) => name);
		assert.deepEqual([packages.length, installed], [2, ['ms']], Object.keys(lock)[0]);
	}
	assert.ok(isInstalledOn({ os: ['!win32'], cpu: ['x64', 'arm64'], libc: ['glibc'] }, 'amd64'));
	assert.ok(!isInstalledOn({ libc: ['musl'] }, 'amd64'));
	assert.ok(!isInstalledOn({ os: ['!linux'] }, 'amd64'));
});
