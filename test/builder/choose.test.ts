/** Which builder is chosen, and what is said when none or several fit. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { builders } from '../../builders/index.js';
import { chooseBuilder } from '../../src/builder/choose.js';
import { type Files, index } from '../support/files.js';

const choose = async (t: TestContext, files: Files, asked?: string) => (await chooseBuilder(builders, index(t, files), asked)).builder.id;

test('package.json and a lone server.js are Node', async (t) => {
	assert.equal(await choose(t, { 'package.json': { scripts: { start: 'node a.js' } } }), 'node');
	assert.equal(await choose(t, { 'server.js': '' }), 'node');
});

test('an empty folder says so', async (t) => {
	await assert.rejects(choose(t, {}), { code: 'NOTHING_DETECTED', message: /the folder is empty/ });
});

test('two languages are a question, not a guess', async (t) => {
	const files = { 'package.json': { scripts: { start: 'node a.js' } }, 'composer.json': '{}' };
	await assert.rejects(choose(t, files), { code: 'AMBIGUOUS', message: /node \(package\.json\) and PHP \(composer\.json\)/, hint: /--builder node/ });
	assert.equal(await choose(t, files, 'node'), 'node');
});

test('a package.json for tools only does not outvote another language', async (t) => {
	await assert.rejects(choose(t, { 'package.json': { devDependencies: { prettier: '3' } }, 'composer.json': '{}' }), {
		code: 'NOTHING_DETECTED',
		message: /PHP/,
	});
	assert.equal(await choose(t, { 'package.json': { devDependencies: { prettier: '3' } }, 'go.mod': 'module x' }), 'go');
});

test('Node serves the assets of another language, whatever its scripts', async (t) => {
	assert.equal(await choose(t, { 'package.json': { scripts: { start: 'vite' }, dependencies: { vue: '3' } }, 'go.mod': 'module x' }), 'go');
});

test("a script or a program of a subfolder is another language's helper, and a project where it is alone", async (t) => {
	assert.equal(await choose(t, { 'Cargo.toml': '[package]\nname = "x"\n', 'src/main.rs': '', 'client.py': 'import json\n' }), 'rust');
	assert.equal(await choose(t, { 'package.json': { scripts: { start: 'node a.js' } }, 'tools/gen.go': 'package main\n\nfunc main() {}\n' }), 'node');
	assert.equal(await choose(t, { 'client.py': 'import json\n' }), 'python');
	assert.equal(await choose(t, { 'cmd/web/main.go': 'package main\n\nfunc main() {}\n' }), 'go');
});

test('an unknown builder lists those there are', async (t) => {
	await assert.rejects(choose(t, { 'server.js': '' }, 'cobol'), { code: 'CONFIG_INVALID', hint: /node/ });
});

const FOREIGN: readonly (readonly [string, Files, RegExp])[] = [
	['Elixir with a file for Node', { 'mix.exs': '', 'index.js': '', 'package.json': { scripts: { start: 'node index.js' } } }, /Elixir \(mix\.exs\)/],
	['.NET with assets', { 'web.csproj': '', 'package.json': { devDependencies: { sass: '1' }, scripts: { build: 'sass' } }, 'wwwroot/index.html': '' }, /\.NET/],
	['Crystal with pages', { 'shard.yml': '', 'public/index.html': '' }, /Crystal/],
	['Haskell', { 'shop.cabal': '' }, /shop\.cabal says this is a Haskell project/],
	['C with nothing else', { 'CMakeLists.txt': '', 'main.c': '' }, /C or C\+\+/],
];
for (const [name, files, says] of FOREIGN)
	test(`a language without a builder is named: ${name}`, async (t) => {
		await assert.rejects(
			choose(t, files),
			(error: { code: string; message: string }) => /^(?:NOTHING_DETECTED|AMBIGUOUS)$/.test(error.code) && says.test(error.message),
		);
	});

test('what projects of many languages have does not make it another', async (t) => {
	assert.equal(await choose(t, { 'package.json': { scripts: { start: 'node a.js' } }, 'CMakeLists.txt': '', 'addon.cc': '' }), 'node');
});

test('where the folder itself holds nothing, those that do are named', async (t) => {
	const files = {
		'api/go.mod': 'module x',
		'api/main.go': 'package main\n\nfunc main() {}\n',
		'apps/web/package.json': { scripts: { start: 'node a.js' } },
		'notes/a.txt': '',
	};
	await assert.rejects(choose(t, files), { code: 'NOTHING_DETECTED', message: /api \(go\), apps\/web \(node\)$/, hint: /tare build api/ });
});
