/** The walk: what counts, what is ignored, what may be shipped. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readFileIndex } from '../../src/source/file-index.js';
import { ignoreRules } from '../../src/source/ignore.js';
import { readIgnoreFile } from '../../src/source/ignore-file.js';
import { folder } from '../support/files.js';

const paths = (dir: string, patterns: readonly string[] = []) => readFileIndex(dir, ignoreRules(patterns)).files.map(({ path }) => path);

test('files in byte order, symlinks as links, version control and installed packages left out', (t) => {
	const dir = folder(t, { 'b.js': '', 'B.js': '', 'a/é.txt': '', '.git/HEAD': '', 'node_modules/x/index.js': '', 'a/node_modules/y.js': '', 'tare.lock': '' });
	symlinkSync('b.js', join(dir, 'link'));
	assert.deepEqual(paths(dir), ['B.js', 'a/é.txt', 'b.js', 'link']);
	assert.equal(readFileIndex(dir, ignoreRules([])).get('link')?.target, 'b.js');
});

test('.dockerignore patterns, with exceptions inside ignored folders', (t) => {
	const dir = folder(t, { 'docs/a.md': '', 'docs/keep.md': '', 'x.log': '', 'deep/x.log': '', 'app.js': '' });
	assert.deepEqual(paths(dir, ['docs', '!docs/keep.md', '*.log']), ['app.js', 'deep/x.log', 'docs/keep.md']);
});

test('secrets and leftovers are source but are never shipped, unless asked for', () => {
	const rules = ignoreRules([]);
	const shipped = ['app.js', '.env.example', 'env.js', 'src/coverage.js'];
	const kept = [
		'.env',
		'.env.production',
		'sub/.env',
		'.npmrc',
		'Dockerfile',
		'docker-compose.yml',
		'coverage/index.html',
		'id_rsa',
		'cert.p12',
		'.github/workflows/x.yml',
	];
	assert.deepEqual(
		shipped.filter((path) => rules.unshipped(path)),
		[],
	);
	assert.deepEqual(
		kept.filter((path) => !rules.unshipped(path)),
		[],
	);
	assert.equal(ignoreRules(['!.env.production']).unshipped('.env.production'), false);
	assert.equal(ignoreRules(['!.env.production']).unshipped('.env'), true);
});

test('a .dockerignore that lets only the results of a build through is none for a build', (t) => {
	for (const [text, isForResults] of [
		['*\n!target/*-runner.jar\n!target/quarkus-app/*\n', true],
		['# all\n**\n!/build/libs\n', true],
		['*\n!src\n!target/x\n', false],
		['target\nbuild\n', false],
		['*\n', false],
	] as const) {
		const dir = folder(t, { '.dockerignore': text });
		assert.equal(readIgnoreFile(dir).isForResults, isForResults, text);
		assert.equal(readIgnoreFile(dir).patterns.length > 0, !isForResults, text);
		assert.equal(readIgnoreFile(dir, true).isForResults, false, 'what is shipped as it is has been built');
	}
	assert.deepEqual(readIgnoreFile(folder(t, { '.tareignore': '*\n!target/x', '.dockerignore': 'a' })).file, '.tareignore');
});

test('a missing folder and a file in its place are named', (t) => {
	const dir = folder(t, { file: '' });
	assert.throws(() => paths(join(dir, 'none')), { code: 'SOURCE_NOT_FOUND', message: /does not exist/ });
	assert.throws(() => paths(join(dir, 'file')), { code: 'SOURCE_NOT_FOUND', message: /is not a folder/ });
});
