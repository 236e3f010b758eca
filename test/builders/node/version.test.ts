/** Which Node a project runs on, by everything that can say so. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planNode } from '../../../builders/node/plan.js';
import type { BuildPlan } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, more: { app?: string; runtimeVersion?: string } = {}): Promise<BuildPlan> =>
	planNode({
		source: index(t, files),
		...REQUEST,
		...more,
	});
const app = (fields: object = {}, files: Files = {}): Files => ({
	'server.js': '',
	'package.json': { scripts: { start: 'node server.js' }, ...fields },
	...files,
});
const says = ({ warnings }: BuildPlan): string => warnings.map((each) => each.says).join('\n');

const PINS: readonly (readonly [string, Files, string])[] = [
	['.nvmrc', { '.nvmrc': '22.14.0\n' }, '22.14.0'],
	['.nvmrc with a comment', { '.nvmrc': '# the team uses\nv22.14.0 # this\n' }, '22.14.0'],
	['.nvmrc with a line of long-term support', { '.nvmrc': 'lts/jod' }, '>=22.0.0 <23.0.0-0'],
	['.nvmrc with the line before the newest', { '.nvmrc': 'lts/-1' }, '>=22.0.0 <23.0.0-0'],
	['.node-version', { '.node-version': 'v20.11.1' }, '20.11.1'],
	['asdf', { '.tool-versions': 'ruby 3.3.0\nnodejs 20.11.1 18.0.0 # LTS\n' }, '20.11.1'],
	['mise', { 'mise.toml': '[tools]\nnode = "22.14.0"\n' }, '22.14.0'],
	['mise, several versions', { 'mise.toml': "[tools]\nnode = ['22.14.0', '20']\n" }, '22.14.0'],
	['mise, with options', { '.mise.toml': '[tools]\nnode = { version = "22.14.0", postinstall = "corepack enable" }\n' }, '22.14.0'],
	['mise, a table', { '.config/mise.toml': '[tools.node]\nversion = "22.14.0"\n' }, '22.14.0'],
	['mise, with its backend', { 'mise/config.toml': '[tools]\n"core:node" = "prefix:22.14"\n' }, '>=22.14.0 <22.15.0-0'],
	['mise, a line of long-term support', { 'mise.toml': '[tools]\nnode = "lts-jod"\n' }, '>=22.0.0 <23.0.0-0'],
	["pnpm's .npmrc", { '.npmrc': 'save-exact=true\nuse-node-version=20.11.1\n' }, '20.11.1'],
	["pnpm's workspace", { 'pnpm-workspace.yaml': 'useNodeVersion: 20.11.1\n' }, '20.11.1'],
];
for (const [name, files, range] of PINS)
	test(`Node by ${name}`, async (t) => {
		const { runtime, warnings } = await plan(t, app({}, files));
		assert.ok(runtime?.ranges.includes(range), `${runtime?.ranges}`);
		assert.equal(runtime?.file, Object.keys(files)[0]);
		assert.deepEqual(warnings, []);
	});

const FIELDS: readonly (readonly [string, object, string])[] = [
	['Volta', { volta: { node: '22.14.0', npm: '10.0.0' } }, '22.14.0'],
	['devEngines', { devEngines: { runtime: { name: 'node', version: '^22.14.0', onFail: 'download' } } }, '>=22.14.0 <23.0.0-0'],
	[
		'devEngines with several',
		{
			devEngines: {
				runtime: [
					{ name: 'bun', version: '1' },
					{ name: 'node', version: '20.11.1' },
				],
			},
		},
		'20.11.1',
	],
	['pnpm.executionEnv', { pnpm: { executionEnv: { nodeVersion: '20.11.1' } } }, '20.11.1'],
	['engines', { engines: { node: '>=20 <21' } }, '>=20.0.0 <21.0.0-0'],
];
for (const [name, fields, range] of FIELDS)
	test(`Node by ${name}`, async (t) => {
		const { runtime } = await plan(t, app(fields));
		assert.ok(runtime?.ranges.includes(range), `${runtime?.ranges}`);
		assert.equal(runtime?.file, 'package.json');
	});

test('version files in UTF-16, as editors on Windows write them', async (t) => {
	const files = app();
	const utf16 = (mark: number[], text: Buffer): Buffer => Buffer.concat([Buffer.from(mark), text]);
	const little = Buffer.from('v20.11.1\r\n', 'utf16le');
	for (const content of [utf16([0xff, 0xfe], little), utf16([0xfe, 0xff], Buffer.from(little).swap16()), Buffer.from('\uFEFF20.11.1\n')])
		assert.ok((await plan(t, { ...files, '.nvmrc': content })).runtime?.ranges.includes('20.11.1'));
});

test('a pin inside the range of engines wins over its newest; one outside is named', async (t) => {
	const inside = await plan(t, app({ engines: { node: '>=18' } }, { '.nvmrc': '20' }));
	assert.equal(inside.runtime?.file, '.nvmrc');
	assert.deepEqual(inside.runtime?.ranges, ['>=20.0.0 <21.0.0-0 >=18.0.0']);
	assert.equal(says(inside), '');
	const outside = await plan(t, app({ engines: { node: '>=22 <23' } }, { '.nvmrc': '20.11.1' }));
	assert.equal(outside.runtime?.file, 'package.json');
	assert.match(says(outside), /^\.nvmrc "20\.11\.1" is ignored: engines\.node ">=22 <23" excludes it$/);
	const alternatives = await plan(t, app({ engines: { node: '^18 || ^20 || ^22' }, volta: { node: '20.11.1' } }));
	assert.ok(alternatives.runtime?.ranges[0]?.includes('20.11.1'));
	assert.ok(!alternatives.runtime?.ranges.some((range) => range.includes('22')));
});

test('of two pins that disagree the first counts, and the other is named', async (t) => {
	const made = await plan(t, app({ volta: { node: '22.14.0' } }, { '.nvmrc': '20' }));
	assert.equal(made.runtime?.because, 'volta.node "22.14.0"');
	assert.match(says(made), /\.nvmrc "20" is ignored: volta\.node "22\.14\.0" comes first/);
});

test('what is not a version is ignored, and named', async (t) => {
	const made = await plan(t, app({}, { '.nvmrc': 'some_invalid_version', '.tool-versions': 'nodejs ref:abc\n', '.node-version': '20' }));
	assert.equal(made.runtime?.file, '.node-version');
	assert.match(says(made), /some_invalid_version" is not a version of Node[\s\S]*ref:abc" is not a version of Node/);
});

test('in a repository the package comes first, a pin of the root counts within its range', async (t) => {
	const files: Files = {
		'package.json': { workspaces: ['apps/*'], private: true },
		'.nvmrc': '20.11.1',
		'apps/a/package.json': { name: 'a', engines: { node: '>=18' }, scripts: { start: 'node index.js' } },
		'apps/a/index.js': '',
		'apps/b/package.json': { name: 'b', volta: { extends: '../../package.json' }, scripts: { start: 'node index.js' } },
		'apps/b/index.js': '',
		'apps/c/package.json': { name: 'c', volta: { node: '22.14.0' }, scripts: { start: 'node index.js' } },
		'apps/c/index.js': '',
	};
	const of = async (name: string): Promise<string | undefined> => (await plan(t, files, { app: `apps/${name}` })).runtime?.ranges.at(-1);
	assert.match((await of('a')) ?? '', /^20\.11\.1/);
	assert.equal(await of('b'), '20.11.1');
	assert.equal(await of('c'), '22.14.0');
});

test('a version asked for on the command line beats every file', async (t) => {
	const made = await plan(t, app({ engines: { node: '>=22' } }, { '.nvmrc': '20' }), { runtimeVersion: 'lts/iron' });
	assert.deepEqual(made.runtime?.ranges, ['>=20.0.0 <21.0.0-0']);
});

test('package.json5, which pnpm reads, counts as package.json', async (t) => {
	const manifest = "{ // settings\n  name: 'a', engines: { node: '>=20 <21' }, scripts: { start: 'node server.js', }, dependencies: { ms: '2.1.3' } }";
	const made = await plan(t, { 'server.js': '', 'package.json5': manifest });
	assert.ok(made.runtime?.ranges.includes('>=20.0.0 <21.0.0-0'));
	assert.equal(made.runtime?.file, 'package.json5');
	assert.equal(made.facts.manager, 'pnpm');
	await assert.rejects(plan(t, { 'server.js': '', 'package.json5': manifest, 'yarn.lock': '' }), {
		code: 'MANIFEST_INVALID',
		message: /yarn does not read package\.json5/,
	});
	await assert.rejects(plan(t, { 'server.js': '', 'package.json5': '{\n a: ]' }), { code: 'MANIFEST_INVALID', at: { file: 'package.json5', line: 2 } });
});

test('engines that is written as text is read, with a warning', async (t) => {
	const made = await plan(t, app({ engines: 'node >= 22' }));
	assert.equal(made.runtime?.file, 'package.json');
	assert.ok(made.runtime?.ranges.at(-1)?.includes('>=22'));
	assert.match(says(made), /"engines" is not an object: read as node ">= 22"/);
	assert.match(says(await plan(t, app({ engines: 'any' }))), /"engines" is not an object: it is ignored/);
});
