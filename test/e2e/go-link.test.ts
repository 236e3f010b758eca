/** A program that is not linked again is the one that another machine links: the digest depends on the sources and nothing before them. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { boot } from '../support/boot.js';
import { built, digestOf } from '../support/cli.js';
import { folder, writeFiles } from '../support/files.js';
import { canBoot, hasTools } from '../support/tools.js';

const MAIN = `package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
)

func main() {
	http.ListenAndServe(":"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, runtime.GOARCH) }))
}
`;

test('Go: with the programs of earlier builds and without them one digest', (t) => {
	if (!hasTools(t, 'go')) return;
	const dir = folder(t, { 'go.mod': 'module example.com/x\n\ngo 1.21\n', 'main.go': MAIN, 'README.md': 'x' });
	const first = digestOf(built(['build', dir]));
	writeFiles(dir, { 'README.md': 'y' });
	assert.equal(digestOf(built(['build', dir])), first, 'a file that the program does not have');
	// Compiled again, to the same code: go does not link, and its ID would be that of the sources before.
	writeFiles(dir, { 'main.go': MAIN.replace('func main() {', 'func main() { // now') });
	const commented = digestOf(built(['build', dir]));
	const elsewhere = join(folder(t), 'elsewhere');
	cpSync(dir, elsewhere, { recursive: true });
	assert.equal(digestOf(built(['build', elsewhere], { env: { TARE_CACHE_DIR: folder(t) } })), commented);
	writeFiles(dir, { 'main.go': MAIN.replace('runtime.GOARCH', 'runtime.GOARCH+"!"') });
	assert.notEqual(digestOf(built(['build', dir])), commented);
});

test('Go: a kept program that was damaged on the disk is linked again', (t) => {
	if (!hasTools(t, 'go')) return;
	const dir = folder(t, { 'go.mod': 'module example.com/x\n\ngo 1.21\n', 'main.go': MAIN, 'README.md': 'x' });
	const store = folder(t);
	const env = { TARE_CACHE_DIR: store };
	const first = digestOf(built(['build', dir], { env }));
	const kept = readdirSync(store, { recursive: true, encoding: 'utf8' }).find((path) => /go-linked\/[^/]+\/x$/.test(path));
	assert.ok(kept !== undefined, 'the program is kept');
	const [file, program] = [join(store, kept), readFileSync(join(store, kept))];
	const { atime, mtime } = statSync(file);
	program.fill(0, program.length / 2, program.length / 2 + 4096);
	writeFileSync(file, program);
	utimesSync(file, atime, mtime);
	writeFiles(dir, { 'README.md': 'y' });
	// The layer is made anew, too: what it was made of before must not hide what is in it now.
	assert.equal(digestOf(built(['build', dir, '--fresh'], { env })), first);
});

test('Go: an image for arm64 answers under qemu', async (t) => {
	if (!canBoot(t) || !hasTools(t, 'go', 'bwrap', 'qemu-aarch64-static')) return;
	const dir = folder(t, { 'go.mod': 'module example.com/x\n\ngo 1.21\n', 'main.go': MAIN });
	const out = join(folder(t), 'oci');
	built(['build', dir, '--platform', 'linux/arm64', '-o', `oci:${out}`]);
	const app = await boot({ image: `${out}:latest`, qemu: '/usr/bin/qemu-aarch64-static' });
	assert.equal((await app.get('/')).body, 'arm64');
	await app.stop();
	rmSync(out, { recursive: true });
});
