/** The copy of the source that outlives a build: only what changed is copied, and nothing else is ever in it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readFileIndex } from '../../src/source/file-index.js';
import { ignoreRules } from '../../src/source/ignore.js';
import { openStore } from '../../src/store/open.js';
import { openKeptSource } from '../../src/toolchain/kept-source.js';
import { folder, writeFiles } from '../support/files.js';

interface Project {
	readonly dir: string;
	/** A build: `during` is given the copy. @returns inodes of the copied files by path */
	build(during?: (copy: string) => void): Promise<Readonly<Record<string, number>>>;
}

async function project(t: TestContext, files: Record<string, string>): Promise<Project> {
	const [dir, home, places] = [folder(t, files), folder(t), folder(t)];
	const store = await openStore(home);
	let builds = 0;
	return {
		dir,
		async build(during = () => {}) {
			const source = readFileIndex(dir, ignoreRules(['*.secret']));
			const hashOf = (path: string) =>
				source.get(path)?.type === 'file'
					? createHash('sha256')
							.update(readFileSync(join(dir, path)))
							.digest('hex')
					: 'link';
			const copy = join(places, `build-${builds++}`);
			const kept = await openKeptSource({ source, hashOf, store, dir: copy });
			assert.deepEqual(contents(copy), contents(dir), 'the copy is the source');
			const inodes = Object.fromEntries(filesOf(copy).map((path) => [path, lstatSync(join(copy, path)).ino]));
			during(copy);
			await kept.giveBack();
			assert.equal(existsSync(copy), false);
			return inodes;
		},
	};
}

function filesOf(dir: string): readonly string[] {
	const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => !entry.isDirectory() && !entry.name.endsWith('.secret'))
		.map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
		.sort();
}

function contents(dir: string): object {
	const describe = (path: string): string => {
		const stat = lstatSync(join(dir, path));
		return stat.isSymbolicLink() ? `-> ${readlinkSync(join(dir, path))}` : `${stat.mode & 0o111 ? 'x' : '-'} ${readFileSync(join(dir, path), 'utf8')}`;
	};
	return Object.fromEntries(filesOf(dir).map((path) => [path, describe(path)]));
}

test('the next build copies only what has changed', async (t) => {
	const { dir, build } = await project(t, { 'main.go': 'one', 'a/b.go': 'two', 'a/c.go': 'three', 'x.secret': 'no' });
	const first = await build();
	writeFileSync(join(dir, 'a/b.go'), 'changed');
	const second = await build();
	assert.equal(second['main.go'], first['main.go']);
	assert.equal(second['a/c.go'], first['a/c.go']);
	assert.deepEqual(await build(), second);
});

test('files that became folders, links, executable or nothing are followed', async (t) => {
	const { dir, build } = await project(t, { 'main.go': 'one', 'a/b.go': 'two', 'a/deep/c.go': 'three', run: '#!/bin/sh', gone: 'x' });
	await build();
	chmodSync(join(dir, 'run'), 0o755);
	rmSync(join(dir, 'gone'));
	rmSync(join(dir, 'a'), { recursive: true });
	writeFileSync(join(dir, 'a'), 'a file now');
	rmSync(join(dir, 'main.go'));
	writeFiles(dir, { 'main.go/inner.go': 'a folder now' });
	symlinkSync('run', join(dir, 'link'));
	await build();
	rmSync(join(dir, 'link'));
	symlinkSync('a', join(dir, 'link'));
	await build();
});

test('what a step wrote, or anyone since, is not taken for the source', async (t) => {
	const { build } = await project(t, { 'go.mod': 'module a', 'main.go': 'one', 'same.go': 'same' });
	await build((copy) => {
		appendFileSync(join(copy, 'go.mod'), '\nrequire b v1.0.0');
		writeFileSync(join(copy, 'go.sum'), 'b v1.0.0 h1:');
		mkdirSync(join(copy, 'empty'));
		// Of the same size and, to the nanosecond, time as before: what the system says of the change is believed.
		const [same, like] = [join(copy, 'same.go'), join(folder(t), 'like')];
		execFileSync('cp', ['-p', same, like]);
		writeFileSync(same, 'evil');
		execFileSync('touch', ['-r', like, same]);
	});
	await build((copy) => assert.equal(existsSync(join(copy, 'empty')), false));
});

test('two builds at once: each has a copy of its own', async (t) => {
	const { build } = await project(t, { 'main.go': 'one' });
	await build();
	await Promise.all([build(), build(), build()]);
	await build();
});
