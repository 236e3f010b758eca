/** What the entry loads as it starts is in the image. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkImports } from '../../../builders/node/import-check.js';
import { shippedTree } from '../../../src/builder/shipped-tree.js';
import { imagePath } from '../../../src/layers/entry.js';

function check(
	files: Readonly<Record<string, string>>,
	command: readonly string[] = ['node', 'server.js'],
	installed: readonly string[] = ['express', '@a/b'],
) {
	const entries = Object.entries(files).map(([path, text]) => {
		const bytes = Buffer.from(text);
		return { type: 'file', path: imagePath(`app/${path}`), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } } as const;
	});
	return checkImports({
		command,
		workingDir: '/app',
		tree: shippedTree(entries),
		isInstalled: async (name) => installed.includes(name),
		development: new Set(['nodemon']),
	});
}

const ESM = { 'package.json': '{"type":"module","name":"shop"}' };
const refused = (files: Readonly<Record<string, string>>, message: RegExp, line: number, hint = /./) =>
	assert.rejects(check(files), (error: { code: string; message: string; hint: string; at: { line: number } }) => {
		assert.deepEqual([error.code, message.test(error.message), error.at.line, hint.test(error.hint)], ['MODULE_MISSING', true, line, true], error.message);
		return true;
	});

test('a package that is not installed, of require and import, by the entry or what it loads', async () => {
	await refused({ 'server.js': "'use strict';\nconst x = require('left-pad');\n" }, /server\.js loads left-pad/, 2);
	await refused({ 'server.js': 'const { a,\n  b } = require("@x/y/z");\n' }, /@x\/y\/z/, 1);
	await refused({ ...ESM, 'server.js': "import a from 'express';\nimport {\n  b,\n} from 'left-pad/sub';\n" }, /left-pad\/sub/, 2);
	await refused(
		{ 'server.js': "require('./lib');\n", 'lib/index.js': 'var lib_1 = __importDefault(require("nodemon"));\n' },
		/lib\/index\.js loads nodemon/,
		1,
		/development dependency/,
	);
	await refused({ 'server.js': 'exports.a = require("left-pad");\n' }, /left-pad/, 1);
});

test('a file that is not there; in ES modules a path has its extension', async () => {
	await refused({ 'server.js': "require('./Routes');\n", 'routes.js': '' }, /\.\/Routes/, 1, /upper and lower case/);
	await refused({ ...ESM, 'server.js': "import './routes';\n", 'routes.js': '' }, /\.\/routes/, 1, /extension/);
	await refused({ ...ESM, 'server.js': "export * from './lib';\n", 'lib/index.js': '' }, /\.\/lib/, 1);
});

test('what works is not refused', async () => {
	const good: Readonly<Record<string, string>>[] = [
		{
			'server.js':
				"const fs = require('fs');\nconst p = require('node:path');\nconst e = require('express/lib/x');\nconst c = require('@a/b/c');\nrequire('./data');\n",
			'data.json': '{}',
		},
		{
			...ESM,
			'server.js': "import './routes.js?x';\nimport self from 'shop';\nimport '#internal';\nimport data from './a.json' with { type: 'json' };\n",
			'routes.js': '',
			'a.json': '{}',
		},
		{ 'server.js': "try {\nrequire('optional');\n} catch {}\nfunction later() {\nreturn require('later');\n}\nif (process.env.X) require('x');\n" },
		{ 'server.js': "const template = `\nrequire('in-a-template');\n`;\n/*\nrequire('in-a-comment');\n*/\n// require('in-a-line')\n" },
		{ 'server.js': "const text = \"import x from 'not-code'\";\nconst mod = import('dynamic');\n" },
		{ ...ESM, 'server.js': "const x = 1;\n/*\nimport a from 'commented';\n*/\n" },
		{ 'server.js': '' },
	];
	for (const files of good) await check(files);
});

test('loaders, other runtimes and programs of packages resolve in their own way', async () => {
	const files = { 'server.js': "require('left-pad');\n" };
	for (const command of [
		['bun', 'server.js'],
		['node', '--import', 'tsx', 'server.js'],
		['node', '-r', './hook.js', 'server.js'],
		['node', 'node_modules/next/dist/bin/next'],
	])
		await check(files, command);
	await assert.rejects(check(files, ['node', '--enable-source-maps', 'server.js']));
});
