/** What an app imports of the root's own dependencies is shipped, or a warning says that it is not. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readManifest } from '../../../../builders/node/manifest.js';
import { rootDependencies } from '../../../../builders/node/workspace/root-dependencies.js';
import { type Files, index } from '../../../support/files.js';

function ask(t: TestContext, files: Files) {
	const source = index(t, {
		'package.json': { dependencies: { ms: '2', '@s/x': '1', own: '1' }, optionalDependencies: { opt: '1' }, devDependencies: { dev: '1', typescript: '5' } },
		'apps/api/package.json': { name: 'api', dependencies: { own: '2' }, peerDependencies: { peer: '1' } },
		'packages/lib/package.json': { name: 'lib' },
		...files,
	});
	const packages = ['packages/lib', 'apps/api'].map((folder) => ({ folder, manifest: readManifest(source, `${folder}/package.json`)! }));
	return rootDependencies(source, readManifest(source), packages);
}

test('every way to import counts, in the app and in what it needs', (t) => {
	const spelled: readonly (readonly [string, string])[] = [
		["const ms = require('ms')", 'ms'],
		['const ms = require( "ms/index.js" )', 'ms'],
		["import x from '@s/x'", '@s/x'],
		["import { a,\n b } from '@s/x/deep'", '@s/x'],
		["import '@s/x'", '@s/x'],
		["export * from 'ms'", 'ms'],
		["const x = await import('opt')", 'opt'],
		["require.resolve('ms')", 'ms'],
	];
	for (const [text, name] of spelled) {
		assert.deepEqual(ask(t, { 'apps/api/src/a.ts': text }).names, [name], text);
		assert.deepEqual(ask(t, { 'packages/lib/index.mjs': text }).names, [name], text);
	}
	const { reasons } = ask(t, { 'apps/api/a.js': "\nrequire('ms')" });
	assert.deepEqual(reasons, [{ file: 'apps/api/a.js', line: 2, says: 'ms is shipped: apps/api/a.js imports it, and only package.json in the root names it' }]);
});

test("what the package names itself, what only tests import, types and others' names do not count", (t) => {
	const files = {
		'apps/api/a.ts': "import type { X } from 'ms';\nimport o from 'own';\nimport fs from 'node:fs';\nimport './ms';\nimport n from 'nothing'",
		'apps/api/test/a.js': "require('ms')",
		'apps/api/a.spec.ts': "import 'dev'",
		'apps/web/a.js': "require('ms')",
	};
	assert.deepEqual(ask(t, files), { names: [], reasons: [], warnings: [] });
});

test('a development dependency of the root is a warning, but for the files of tools', (t) => {
	const { names, warnings } = ask(t, { 'apps/api/vite.config.ts': "import 'typescript'", 'apps/api/a.js': "require('dev')" });
	assert.deepEqual(names, []);
	assert.deepEqual(
		warnings.map(({ file, line }) => `${file}:${line}`),
		['apps/api/a.js:1'],
	);
});
