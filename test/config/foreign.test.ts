/** Files of other tools: what is taken over from them, what is said of it, and what is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRequest } from '../../src/api/open-request.js';
import { plan } from '../../src/index.js';
import { type Files, folder } from '../support/files.js';

const APP = {
	'package.json': { scripts: { start: 'node a.js', make: 'node make.js' } },
	'package-lock.json': { lockfileVersion: 3, packages: {} },
	'a.js': '',
};
const request = async (t: import('node:test').TestContext, files: Files) => (await openRequest({ dir: folder(t, files) })).request;

test('project.toml: exclude, build variables and versions', async (t) => {
	const toml = `[_]\nschema-version = "0.2"\n[io.buildpacks]\nexclude = ["*.md", "/docs/", "!KEEP.md"]\n[[io.buildpacks.build.env]]\nname = "BP_NODE_VERSION"\nvalue = "22"\n[[io.buildpacks.build.env]]\nname = "A"\nvalue = "b"\n`;
	const made = await request(t, { ...APP, 'project.toml': toml });
	assert.deepEqual(made.buildEnv, { BP_NODE_VERSION: '22', A: 'b' });
	assert.equal(made.settings.node?.version, '22');
	assert.ok(made.rules.ignores('deep/x.md') && made.rules.ignores('docs/a.txt'));
	assert.ok(!made.rules.ignores('KEEP.md') && !made.rules.ignores('a.js') && !made.rules.ignores('src/docs/a.txt'));
});

test('project.toml: include leaves out the rest; with exclude it is an error', async (t) => {
	const made = await request(t, { ...APP, 'project.toml': '[build]\ninclude = ["a.js", "src/", "package.json"]\n' });
	assert.ok(!made.rules.ignores('a.js') && !made.rules.ignores('package.json') && !made.rules.ignores('src/deep/b.js'));
	assert.ok(made.rules.ignores('other.js'));
	await assert.rejects(request(t, { 'project.toml': '[build]\ninclude = ["a"]\nexclude = ["b"]\n' }), { code: 'MANIFEST_INVALID', message: /both/ });
});

test('railpack.json: start, build script, variables and packages, each said in the plan', async (t) => {
	const railpack = {
		packages: { node: '22' },
		steps: { build: { commands: ['...', 'npm run make', 'make all'] } },
		deploy: { startCommand: 'node a.js --fast', variables: { LEVEL: 1 }, aptPackages: ['libvips42t64'] },
	};
	const dir = folder(t, { ...APP, 'railpack.json': railpack });
	const { plan: made } = await plan({ dir });
	assert.deepEqual(made.processes[0]?.command, ['node', 'a.js', '--fast']);
	const says = made.reasons.filter(({ file }) => file === 'railpack.json').map((reason) => reason.says);
	assert.deepEqual(says, ['start command: node a.js --fast', 'build script: make', 'variable LEVEL of the image', 'Debian package libvips42t64', 'node 22']);
	assert.match(made.warnings[0]?.says ?? '', /"make all" is not run/);
	assert.deepEqual((await openRequest({ dir })).request.env, { LEVEL: '1' });
});

test('nixpacks.toml: start and variables', async (t) => {
	const made = await request(t, { ...APP, 'nixpacks.toml': '[start]\ncmd = "node a.js"\n[variables]\nX = "y"\n[phases.build]\ncmds = ["npm run make"]\n' });
	assert.equal(made.start, 'node a.js');
	assert.equal(made.buildScript, 'make');
	assert.deepEqual([made.env, made.buildEnv], [{ X: 'y' }, { X: 'y' }]);
});

test('app.json of Heroku: values become variables; what has none is said; that of another tool has no effect', async (t) => {
	const made = await request(t, { ...APP, 'app.json': { env: { A: { value: '1' }, B: 'two', SECRET: { generator: 'secret' } } } });
	assert.deepEqual(made.env, { A: '1', B: 'two' });
	assert.ok(made.notes.some(({ says }) => says.startsWith('SECRET has no value')));
	assert.deepEqual((await request(t, { ...APP, 'app.json': { expo: { name: 'x' } } })).notes, []);
});

test('where there is a tare.yaml, nothing else is read', async (t) => {
	const made = await request(t, { ...APP, 'tare.yaml': 'ports: [1]\n', 'nixpacks.toml': '[start]\ncmd = "x"\n', 'railpack.json': 'not JSON' });
	assert.equal(made.start, undefined);
	await assert.rejects(request(t, { ...APP, 'railpack.json': 'not JSON' }), { code: 'MANIFEST_INVALID' });
});

test('.ko.yaml: its platforms, unless the command names others', async (t) => {
	const files = { 'go.mod': 'module x\n', 'main.go': 'package main\n\nfunc main() {}\n', '.ko.yaml': 'defaultPlatforms:\n  - linux/arm64\n  - linux/amd64\n' };
	assert.deepEqual((await request(t, files)).platforms, [
		{ os: 'linux', architecture: 'arm64' },
		{ os: 'linux', architecture: 'amd64' },
	]);
	const { request: asked } = await openRequest({ dir: folder(t, files), platforms: ['linux/amd64'] });
	assert.equal(asked.platforms.length, 1);
	const all = 'defaultPlatforms: all\n';
	const own = await request(t, { ...files, '.ko.yaml': all });
	assert.deepEqual(own.platforms, [
		{ os: 'linux', architecture: 'amd64' },
		{ os: 'linux', architecture: 'arm64' },
	]);
	assert.deepEqual(own.warnings, []);
	const based = await request(t, { ...files, '.ko.yaml': `${all}defaultBaseImage: example.com/base\n` });
	assert.equal(based.platforms.length, 1);
	assert.match(based.warnings[0]?.says ?? '', /name the platforms/);
});
