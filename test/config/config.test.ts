/** Options, configuration files and their mistakes. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { builders } from '../../builders/index.js';
import { openRequest } from '../../src/api/open-request.js';
import { CONFIGURATION } from '../../src/api/schema.js';
import { sectionsOf } from '../../src/builder/settings.js';
import { checkConfiguration } from '../../src/config/check.js';
import type { Host } from '../../src/config/host.js';
import { parseOutput } from '../../src/config/output-option.js';
import type { BuildOptions } from '../../src/config/request.js';
import { configurationTemplate } from '../../src/config/template.js';
import type { TareError } from '../../src/errors.js';
import { type Files, folder } from '../support/files.js';

const host = (cwd: string, env: Record<string, string> = {}): Host => ({
	env,
	home: '/nowhere',
	cwd,
	now: 0,
	platform: { os: 'linux', architecture: 'amd64' },
	storeRoot: '/nowhere',
	storeLimit: () => 1e9,
	temporary: '/nowhere/tmp',
	aptSources: () => [],
	hardware: () => '',
});
const request = async (t: TestContext, files: Files, options: BuildOptions = {}, env = {}) => {
	const dir = folder(t, files);
	return (await openRequest(options, host(dir, env))).request;
};

test('defaults: debian trixie, slim, linux/amd64, nonroot, the epoch', async (t) => {
	const made = await request(t, {});
	assert.deepEqual(made.base, { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false });
	assert.deepEqual(made.platforms, [{ os: 'linux', architecture: 'amd64' }]);
	assert.equal(made.user, undefined, 'the builder may name one');
	assert.equal(made.epoch, 0);
});

test('tare.yaml counts, flags win, packages add up', async (t) => {
	const files = { 'tare.yaml': 'node: 22\nenv: {A: file, B: 1}\npackages: [tini]\ndebian: bookworm\nports: [8080, 53/udp]\n' };
	const made = await request(t, files, { env: { A: 'flag' }, packages: ['libpq5'] });
	assert.equal(made.settings.node?.version, '22');
	assert.deepEqual(made.env, { A: 'flag', B: '1' });
	assert.deepEqual(made.ports, ['8080/tcp', '53/udp']);
	assert.ok(made.base.kind === 'debian' && made.base.release === 'bookworm');
	assert.deepEqual(made.base.packages, ['libpq5', 'tini']);
});

test('platforms may be a list with commas, blanks or both', async (t) => {
	for (const list of ['linux/amd64,linux/arm64', 'linux/amd64, linux/arm64', ' linux/amd64  linux/arm64 ', 'linux/amd64\nlinux/arm64,'])
		assert.deepEqual(
			(await request(t, {}, { platforms: [list] })).platforms.map(({ architecture }) => architecture),
			['amd64', 'arm64'],
		);
});

test('"tare" in package.json counts, a dependency of that name does not', async (t) => {
	assert.equal((await request(t, { 'package.json': { tare: { node: '20' } } })).settings.node?.version, '20');
	assert.equal((await request(t, { 'package.json': { dependencies: { tare: '1' } } })).settings.node, undefined);
});

const MISTAKES: readonly (readonly [string, Files, BuildOptions, object])[] = [
	[
		'an unknown key',
		{ 'tare.yaml': 'node: 22\nplatfroms: [a]\n' },
		{},
		{ code: 'CONFIG_INVALID', message: /unknown key "platfroms"/, at: { file: 'tare.yaml', line: 2 } },
	],
	['a wrong type', { 'tare.yaml': 'strip: maybe\n' }, {}, { code: 'CONFIG_INVALID', message: /"strip" is "maybe"/ }],
	...['0', '65536', '8080/http', '8000-8010', 'abc', '80 81', '-1', '8080.5'].map(
		(port) =>
			[
				`a port that is ${port}`,
				{ 'tare.yaml': `slim: true\nports: [443/tcp, ${port}]\n` },
				{},
				{ code: 'CONFIG_INVALID', at: { file: 'tare.yaml', line: 2 } },
			] as const,
	),
	...['root root', '-1', '1:2:3', '1:', ''].map((user) => [`a user that is "${user}"`, {}, { user }, { code: 'USAGE', message: /is not a user/ }] as const),
	...['A B', 'A=B', ''].map((name) => [`a variable that is "${name}"`, {}, { env: { [name]: 'x' } }, { code: 'USAGE', message: /is not a variable/ }] as const),
	['a value with a zero byte', { 'tare.yaml': 'env: {A: "x\\0y"}\n' }, {}, { code: 'USAGE', message: /"A" is not a variable/ }],
	['broken YAML', { 'tare.yaml': 'a: [1\nb: 2' }, {}, { code: 'CONFIG_INVALID', message: /not valid YAML/ }],
	[
		'a project that would do without TLS',
		{ 'tare.yaml': 'registries:\n  reg.example:5000:\n    insecure: true\n' },
		{},
		{
			code: 'CONFIG_INVALID',
			message: /"registries\.reg\.example:5000\.insecure" is not the project's/,
			hint: /--insecure reg\.example:5000/,
			at: { file: 'tare.yaml', line: 3 },
		},
	],
	...['ca', 'cert', 'key', 'insecure'].map(
		(key) =>
			[
				`a project that sets ${key} of a registry in package.json`,
				{ 'package.json': { tare: { registries: { 'reg.example': { mirrors: [], [key]: 'x.pem' } } } } },
				{},
				{ code: 'CONFIG_INVALID', message: /whom your machine trusts/, at: { file: 'package.json', line: 6 } },
			] as const,
	),
	['a bad reference', {}, { tags: ['Bad Name'] }, { code: 'REFERENCE_INVALID' }],
	['an upper-case repository', {}, { tags: ['ghcr.io/Me/App:1'] }, { code: 'REFERENCE_INVALID', hint: /ghcr\.io\/me\/app:1/ }],
	['a bad platform', {}, { platforms: ['linux'] }, { code: 'PLATFORM_INVALID' }],
	['push without a name', {}, { push: true }, { code: 'USAGE', hint: /-t/ }],
	['a bad output', {}, { outputs: ['zip:x'] }, { code: 'USAGE', hint: /oci-archive/ }],
	['a secret that is not set', {}, { secrets: ['id=NPM_TOKEN'] }, { code: 'SECRET_MISSING', message: /NPM_TOKEN/ }],
	['a secret file that is not there', {}, { secrets: ['id=npmrc,src=none'] }, { code: 'SECRET_MISSING' }],
];
for (const [says, files, options, expected] of MISTAKES) {
	test(`mistake: ${says}`, async (t) => assert.rejects(request(t, files, options), expected));
}

test('an error says which option it is about, and which of its values', async (t) => {
	const wrong = (options: BuildOptions) =>
		request(t, {}, options).then(
			() => undefined,
			({ data }: TareError) => data,
		);
	assert.deepEqual(await wrong({ tags: ['a:1', 'B:2'] }), { option: 'tags', index: 1 });
	assert.deepEqual(await wrong({ secrets: ['id=NONE'] }), { option: 'secrets', index: 0 });
	assert.deepEqual(await wrong({ platforms: ['x'] }), { option: 'platforms' });
});

test('outputs: kind, path and tag', () => {
	assert.deepEqual(parseOutput('oci:out/app'), { kind: 'oci', path: 'out/app' });
	assert.deepEqual(parseOutput('oci-archive:a.tar:1.0'), { kind: 'oci-archive', path: 'a.tar', tag: '1.0' });
	assert.deepEqual(parseOutput('oci:/tmp/a:b/c'), { kind: 'oci', path: '/tmp/a:b/c' });
});

test('secrets come from variables and files', async (t) => {
	const made = await request(t, { token: 's3cret\n' }, { secrets: ['id=A', 'id=B,src=token', 'id=C,env=A'] }, { A: 'alpha' });
	assert.deepEqual(made.secrets.env, { A: 'alpha', B: 's3cret', C: 'alpha' });
});

test('every key of the template is valid once the comments are taken off', () => {
	const yaml = configurationTemplate(CONFIGURATION)
		.split('\n')
		.filter((line) => /^#(?! )|^# {2}/.test(line))
		.map((line) => line.slice(1))
		.join('\n');
	const value = parse(yaml);
	assert.ok(Object.keys(value).length > 15);
	checkConfiguration({ file: 'tare.yaml', value, lineOf: () => undefined }, sectionsOf(builders));
});
