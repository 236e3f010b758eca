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
