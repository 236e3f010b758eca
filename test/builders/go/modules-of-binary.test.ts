/** The modules of a Go program, as the linker wrote them into it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { modulesOf } from '../../../builders/go/modules-of-binary.js';
import { folder } from '../../support/files.js';
import { hasTools } from '../../support/tools.js';

const string = (text: string): Buffer => {
	const bytes = Buffer.from(text, 'latin1');
	return Buffer.concat([Buffer.from([(bytes.length & 0x7f) | 0x80, bytes.length >> 7]), bytes]);
};
const magic = Buffer.from('\xff Go buildinf:\x08\x02', 'latin1');
const header = Buffer.concat([magic, Buffer.alloc(16)]);

test('modules with what replaces them; the magic in the code of the program is none', (t) => {
	const list = [
		...['path\texample.com/x', 'mod\texample.com/x\t(devel)\t', 'dep\tgithub.com/a/b/v2\tv2.1.0\th1:x=', 'dep\tgithub.com/c/d\tv1.0.0'],
		...['=>\tgithub.com/me/d\tv1.0.1+incompatible\th1:y=', 'dep\texample.com/lib\tv0.0.0', '=>\t./lib\t', 'build\t-trimpath=true', ''],
	].join('\n');
	const file = join(folder(t), 'program');
	const code = Buffer.concat([Buffer.alloc(3), magic, Buffer.alloc(13)]);
	writeFileSync(file, Buffer.concat([code, header, string('go1.26.1 X:none'), string('s'.repeat(16) + list + 'e'.repeat(16))]));
	assert.deepEqual(
		modulesOf(readFileSync(file)).map(({ purl }) => purl),
		[
			'pkg:golang/stdlib@1.26.1',
			'pkg:golang/github.com/a/b/v2@v2.1.0',
			'pkg:golang/github.com/me/d@v1.0.1%2Bincompatible',
			'pkg:golang/example.com/lib@v0.0.0',
		],
	);
});

test('a program that go has made, and one that it has not', (t) => {
	if (!hasTools(t, 'go')) return;
	const dir = folder(t, { 'go.mod': 'module example.com/x\n', 'main.go': 'package main\n\nfunc main() {}\n' });
	execFileSync('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid=', '-o', 'x', '.'], { cwd: dir });
	assert.match(
		modulesOf(readFileSync(join(dir, 'x')))
			.map(({ purl }) => purl)
			.join(),
		/^pkg:golang\/stdlib@1\.\d+/,
	);
	assert.deepEqual(modulesOf(readFileSync(process.execPath)), []);
});
