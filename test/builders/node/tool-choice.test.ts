/** Which version of a package manager a project gets, where it comes from, and what is said. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { wayToTarget } from '../../../builders/node/package-managers/foreign.js';
import { planNode } from '../../../builders/node/plan.js';
import type { BuildPlan } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';

const plan = (t: TestContext, files: Files): Promise<BuildPlan> =>
	planNode({
		source: index(t, { 'server.js': '', ...files }),
		app: '',
		base: { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false },
		optimize: [],
		settings: {},
		user: '65532:65532',
		buildEnv: {},
	});
const app = (more: object): Files => ({ 'package.json': { scripts: { start: 'node server.js' }, ...more } });
const NPM_LOCK = (version: number): Files => ({ 'package-lock.json': { lockfileVersion: version, packages: {} } });
const PNPM_LOCK = (version: string): Files => ({ 'pnpm-lock.yaml': `lockfileVersion: '${version}'\nimporters:\n  .: {}\n` });
const YARN_1: Files = { 'yarn.lock': '# yarn lockfile v1\n' };
const RELEASE: Files = { '.yarnrc.yml': 'nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-3.8.4.cjs\n', '.yarn/releases/yarn-3.8.4.cjs': '' };

/** What a plan locks of tools. */
const CHOICES: readonly (readonly [string, Files, Readonly<Record<string, string>>])[] = [
	['engines.npm, a range', app({ engines: { npm: '>=10 <11' } }), { npm: '10' }],
	['engines.npm that fits what Tare would take', app({ engines: { npm: '>=8' } }), { npm: '11' }],
	['engines.npm, a part of a major', app({ engines: { npm: '10.8.x' } }), { npm: '>=10.8.0 <10.9.0-0' }],
	['engines.npm older than the Node would need', app({ engines: { npm: '6.x' } }), { npm: '6' }],
	['engines.npm, words', app({ engines: { npm: 'please-use-yarn' } }), { npm: '11' }],
	['engines.yarn, words that forbid it', app({ engines: { yarn: 'use npm' } }), { npm: '11' }],
	['npm 12 only where it is asked for', app({ engines: { npm: '>=12' } }), { npm: '>=12' }],
	['an old Node and an old lock file', { ...app({ engines: { node: '10' } }), ...NPM_LOCK(1) }, { npm: '6' }],
	['an old Node and a lock file that npm 6 cannot read', { ...app({ engines: { node: '10' } }), ...NPM_LOCK(3) }, { npm: '7' }],
	['engines.pnpm chooses among those that read the lock file', { ...app({ engines: { pnpm: '^9' } }), ...PNPM_LOCK('9.0') }, { pnpm: '9' }],
	['engines.pnpm, the newest line', { ...app({ engines: { pnpm: '>=11' } }), ...PNPM_LOCK('9.0') }, { pnpm: '11' }],
	[
		"engines.pnpm that does not read the lock file is the tool's to refuse",
		{ ...app({ engines: { pnpm: '9.x' } }), ...PNPM_LOCK('6.0') },
		{ pnpm: '>=9.0.0 <10.0.0-0' },
	],
	['devEngines, exact', app({ devEngines: { packageManager: { name: 'pnpm', version: '10.4.1' } } }), { pnpm: '10.4.1' }],
	['devEngines, a range in a list', app({ devEngines: { packageManager: [{ name: 'pnpm', version: '^9.5.0' }] } }), { pnpm: '>=9.5.0 <10.0.0-0' }],
	[
		'packageManager before devEngines',
		app({ packageManager: 'npm@10.9.0', devEngines: { packageManager: { name: 'npm', version: '^11' } } }),
		{ npm: '10.9.0' },
	],
	['packageManager, a range', app({ packageManager: 'pnpm@9' }), { pnpm: '9' }],
	['packageManager, only a name', app({ packageManager: 'pnpm' }), { pnpm: '10' }],
	['Volta', app({ volta: { node: '22.14.0', npm: '10.9.2' } }), { npm: '10.9.2' }],
	['.tool-versions', { ...app({}), ...PNPM_LOCK('9.0'), '.tool-versions': 'pnpm 9.12.0\n' }, { pnpm: '9.12.0' }],
	['engines.yarn without a lock file', app({ engines: { yarn: '>=4' } }), { '@yarnpkg/cli-dist': '4' }],
	['engines.yarn of a lock file of yarn 1', { ...app({ engines: { yarn: '>=1.22' } }), ...YARN_1 }, { yarn: '^1.22.22' }],
	['yarn 2.4.3 is in another package', app({ packageManager: 'yarn@2.4.3' }), { yarn: '2.4.3' }],
	['yarn 3.8.4 is in none', app({ packageManager: 'yarn@3.8.4' }), { '@yarnpkg/cli-dist': '3.8.5' }],
	['yarn 3.8.4 as a file of the project', { ...app({}), ...RELEASE }, {}],
	['yarn 1 as a file of the project', { ...app({}), ...YARN_1, '.yarnrc': 'yarn-path ".yarn/releases/yarn-1.22.19.js"\n' }, { yarn: '1.22.19' }],
	[
		'a bun that cannot install for another platform',
		app({ packageManager: 'bun@1.1.38' }),
		{ bun: '1.1.38', '@oven/bun-linux-x64': '>=1.2.23 <2', '@oven/bun-linux-aarch64': '>=1.2.23 <2' },
	],
];

for (const [says, files, tools] of CHOICES) test(says, async (t) => assert.deepEqual((await plan(t, files)).tools, tools));

test('what is replaced or left unread is said, with the place that asked for it', async (t) => {
	const says = async (files: Files): Promise<readonly string[]> => (await plan(t, files)).warnings.map((each) => `${each.file}: ${each.says}`);
	assert.ok((await says(app({ packageManager: 'yarn@3.8.4' }))).includes('package.json: yarn 3.8.4 is not in the npm registry: installs with 3.8.5'));
	assert.match((await says(app({ packageManager: 'bun@1.1.38' }))).join(), /bun 1\.1\.38 installs for the platform that it runs on only/);
	assert.match(
		(await says({ ...app({ packageManager: 'pnpm@10.4.1' }), ...NPM_LOCK(3) })).join(),
		/package-lock\.json is npm's and is not read: packageManager "pnpm@10\.4\.1"/,
	);
	assert.match((await says(app({ engines: 'node >= 22' }))).join(), /"engines" is not an object: read as node ">= 22"/);
	assert.match((await says(app({ engines: 'as new as you like' }))).join(), /"engines" is not an object: it is ignored/);
});

test('engines as text or as a list asks for a Node', async (t) => {
	for (const engines of ['node >= 22 <23', ['node >= 22 <23', 'npm > 1'], '>=22 <23'])
		assert.match((await plan(t, app({ engines }))).runtime?.ranges[0] ?? '', /22/);
});

test('how another platform is asked for, by version', () => {
	const ways = (manager: string, ...versions: readonly string[]): string => versions.map((version) => wayToTarget(manager, version)).join(' ');
	assert.equal(ways('npm', '6.14.18', '8.19.4', '9.8.1', '9.9.4', '10.0.0', '10.2.0', '11.0.0', '11'), 'claim claim claim flags claim flags flags flags');
	assert.equal(ways('pnpm', '6.35.1', '10.13.1', '10.14.0', '11.0.0', '9', '10'), 'claim claim flags flags claim flags');
	assert.equal(ways('yarn', '1.22.22'), 'claim');
	assert.equal(ways('yarn-berry', '2.4.3', '4.18.1'), 'claim claim');
	assert.equal(ways('bun', '1.1.45', '1.2.22', '1.2.23', '1'), 'newer newer flags flags');
});

test('a site is built with the Node that it asks for and served by one that Tare chooses', async (t) => {
	const site = (engines: object): Files => ({
		'package.json': { engines, scripts: { build: 'node build.js', start: 'serve -s dist' }, devDependencies: { ms: '2.1.3' } },
	});
	const old = await plan(t, site({ node: '12' }));
	assert.deepEqual([old.runtime?.ranges, old.tools['build-node'], old.facts.buildsWith], [['24'], '>=12.0.0 <13.0.0-0', 'build-node']);
	const one = await plan(t, site({ node: '>=18' }));
	assert.equal(one.tools['build-node'], undefined, 'one Node does for both');
});
