/** `--all`: every program of a repository in one command, each an image of its own. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { built, tare } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

function images(t: TestContext, files: Files): string {
	const out = folder(t);
	built(['build', folder(t, files), '--all', '-o', `oci:${out}/{app}`]);
	return out;
}

test('Go: every package main', (t) => {
	if (!hasTools(t, 'go')) return;
	const main = 'package main\n\nfunc main() {}\n';
	const out = images(t, { 'go.mod': 'module example.com/x\n\ngo 1.21\n', 'cmd/api/main.go': main, 'cmd/worker/main.go': main });
	for (const name of ['api', 'worker']) assert.ok(existsSync(join(out, name, 'index.json')), name);
});

test('Rust: every program of a package', (t) => {
	if (!hasTools(t, 'cargo')) return;
	const manifest = '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n';
	const out = images(t, { 'Cargo.toml': manifest, 'src/bin/api.rs': 'fn main() {}\n', 'src/bin/worker.rs': 'fn main() {}\n' });
	for (const name of ['api', 'worker']) assert.ok(existsSync(join(out, name, 'index.json')), name);
});

test('a folder with nothing to build one by one says so', (t) => {
	const { status, stderr } = tare(['build', folder(t, { 'index.html': '' }), '--all']);
	assert.equal(status, 20);
	assert.match(stderr, /NO_START: the folder has no packages or programs/);
});
