/** Folders that manifests name outside of their own: what is read, and where the repository ends it. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findRoot as goRoot } from '../../builders/go/root.js';
import { findRoot as rustRoot } from '../../builders/rust/root.js';
import { folder } from '../support/files.js';

const GO = { 'a/app/go.mod': 'module x\n\nreplace y => ../../lib\n', 'lib/go.mod': 'module y\n' };
const RUST = {
	'a/app/Cargo.toml': '[package]\nname = "app"\n[dependencies]\nlib = { path = "../../lib" }\n',
	'lib/Cargo.toml': '[package]\nname = "lib"\n',
};

for (const [name, files, rootOf, file, line] of [
	['go.mod replace', GO, goRoot, 'go.mod', 3],
	['Cargo path dependency', RUST, rustRoot, 'Cargo.toml', 4],
] as const) {
	test(`${name}: the smallest folder that holds both is read`, (t) => {
		const dir = folder(t, files);
		mkdirSync(join(dir, '.git'));
		assert.equal(rootOf(join(dir, 'a/app')), dir);
	});

	test(`${name}: a path that does not exist is an error that names the line`, (t) => {
		const dir = folder(t, { [`a/app/${file}`]: Object.values(files)[0] ?? '' });
		assert.throws(() => rootOf(join(dir, 'a/app')), { code: 'LINK_UNUSABLE', at: { file, line }, message: /needs \.\.\/\.\.\/lib, which does not exist/ });
	});

	test(`${name}: without a repository a folder of many projects is not read`, (t) => {
		const dir = folder(t, { ...files, '.bashrc': '' });
		assert.throws(() => rootOf(join(dir, 'a/app')), { code: 'LINK_UNUSABLE', message: /no repository \(\.git\) that holds both/ });
		assert.equal(rootOf(join(folder(t, files), 'a/app'))?.startsWith('/'), true);
	});

	test(`${name}: a folder outside the repository is an error that names the line`, (t) => {
		const dir = folder(t, files);
		mkdirSync(join(dir, 'a/.git'));
		assert.throws(() => rootOf(join(dir, 'a/app')), {
			name: 'TareError',
			code: 'LINK_UNUSABLE',
			at: { file, line },
			message: /\.\.\/\.\.\/lib.*outside the source folder/,
		});
	});
}

test('go.work takes modules and replacements from outside of its own folder', (t) => {
	const dir = folder(t, {
		'app/go.work': 'go 1.24\n\nuse (\n\t.\n\t../lib\n)\n\nreplace example.com/old => ../../third/old\n',
		'app/go.mod': 'module example.com/app\n\ngo 1.24\n',
		'lib/go.mod': 'module example.com/lib\n\ngo 1.24\n',
	});
	assert.throws(() => goRoot(join(dir, 'app')), { code: 'LINK_UNUSABLE', at: { file: 'go.work', line: 8 } });
	const outer = folder(t, {
		'x/app/go.work': 'go 1.24\nuse .\nuse ../lib\n',
		'x/app/go.mod': 'module example.com/app\n',
		'x/lib/go.mod': 'module example.com/lib\n\nreplace example.com/old => ../../third\n',
		'third/go.mod': 'module example.com/old\n',
	});
	assert.equal(goRoot(join(outer, 'x/app')), outer);
});
