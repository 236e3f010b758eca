/** Which packages may go into a bundle, and what cannot be asked for. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { optimizationSteps } from '../../../builders/node/optimize/plan.js';
import { type BundledFile, packagesToLeave } from '../../../builders/node/optimize/unbundled.js';
import { folder, writeFiles } from '../../support/files.js';

const READS_A_FILE = "module.exports = require('fs').readFileSync(__dirname + '/x.txt');";
const PLAIN = 'module.exports = 1;';

/** @param imports by path, what each file imports */
function files(dir: string, contents: Readonly<Record<string, string>>, imports: Readonly<Record<string, readonly string[]>>): readonly BundledFile[] {
	writeFiles(dir, contents);
	return Object.keys(contents).map((path) => ({ path: join(dir, path), imports: (imports[path] ?? []).map((each) => join(dir, each)) }));
}

test('a package that reads its own files stays a package; one that says so in a comment only does not', (t) => {
	const dir = folder(t);
	const all = files(
		dir,
		{
			'server.js': PLAIN,
			'node_modules/a/index.js': READS_A_FILE,
			'node_modules/b/index.js': `// __dirname\n${PLAIN}`,
			'node_modules/c/index.js': 'exports.x = (name) => require(name);',
		},
		{ 'server.js': ['node_modules/a/index.js', 'node_modules/b/index.js', 'node_modules/c/index.js'] },
	);
	assert.deepEqual(packagesToLeave(all, join(dir, 'server.js')), { names: ['a', 'c'] });
});

test('a package that the app itself would find in another version stays with what imports it', (t) => {
	const dir = folder(t);
	const all = files(
		dir,
		{ 'server.js': PLAIN, 'node_modules/a/index.js': PLAIN, 'node_modules/b/index.js': PLAIN, 'node_modules/b/node_modules/a/index.js': READS_A_FILE },
		{ 'server.js': ['node_modules/a/index.js', 'node_modules/b/index.js'], 'node_modules/b/index.js': ['node_modules/b/node_modules/a/index.js'] },
	);
	assert.deepEqual(packagesToLeave(all, join(dir, 'server.js')), { names: ['b'] });
});

test('what the app imports and the bundle could not find is an error, not a broken bundle', (t) => {
	const dir = folder(t);
	const all = files(
		dir,
		{ 'server.js': PLAIN, 'packages/x/index.js': PLAIN, 'packages/x/node_modules/a/index.js': READS_A_FILE },
		{ 'server.js': ['packages/x/index.js'], 'packages/x/index.js': ['packages/x/node_modules/a/index.js'] },
	);
	assert.equal(packagesToLeave(all, join(dir, 'server.js')).stuck, join(dir, 'packages/x/node_modules/a'));
});

test('optimizations that do not fit the app are refused by name', () => {
	const ask =
		(asked: readonly string[], command: readonly string[], user = '65532:65532') =>
		() =>
			optimizationSteps({ asked, command, env: {}, user });
	assert.throws(ask(['executable'], ['node', 'server.js']), /"executable" is for apps that run on Bun, and this one runs on node/);
	assert.throws(ask(['bundle'], ['bun', 'index.ts']), /"bundle" is for apps that run on Node/);
	assert.throws(ask(['compile-cache'], ['node', 'server.js'], 'nobody'), /number of the user/);
	assert.deepEqual(ask(['trace'], ['bun', 'index.ts'])(), []);
});
