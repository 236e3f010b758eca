/** Kept folders: changes to them are seen, `--fresh` takes none, other users read none. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshStore } from '../../src/store/fresh.js';
import { openStore } from '../../src/store/open.js';
import { pruneStore } from '../../src/store/prune.js';
import { folder } from '../support/files.js';

async function fillTool(dir: string): Promise<void> {
	mkdirSync(join(dir, 'bin'));
	writeFileSync(join(dir, 'bin/tool'), '#!/bin/sh\n', { mode: 0o755 });
	symlinkSync('tool', join(dir, 'bin/alias'));
}

const CHANGES: Readonly<Record<string, (dir: string) => void>> = {
	'a changed file': (dir) => writeFileSync(join(dir, 'bin/tool'), 'POISONED!\n'),
	'an added file': (dir) => writeFileSync(join(dir, '.hidden'), ''),
	'a removed file': (dir) => rmSync(join(dir, 'bin/tool')),
	'a changed mode': (dir) => chmodSync(join(dir, 'bin/tool'), 0o644),
	'a changed link': (dir) => {
		rmSync(join(dir, 'bin/alias'));
		symlinkSync('/bin/false', join(dir, 'bin/alias'));
	},
	'a folder in place of all': (dir) => {
		rmSync(dir, { recursive: true });
		mkdirSync(dir);
	},
};

for (const [what, change] of Object.entries(CHANGES)) {
	test(`a tool with ${what} is made again before it is used`, async (t) => {
		const store = await openStore(folder(t));
		const path = await store.tree('tool', 'npm', fillTool);
		change(path);
		assert.equal(await store.findTree('tool', 'npm'), undefined);
		assert.equal(await store.tree('tool', 'npm', fillTool), path);
		assert.equal(readFileSync(join(path, 'bin/alias'), 'utf8'), '#!/bin/sh\n');
		assert.equal(statSync(join(path, 'bin/tool')).mode & 0o777, 0o755);
		assert.equal(lstatSync(join(path, '.hidden'), { throwIfNoEntry: false }), undefined);
	});
}

test('a store that was copied keeps its tools: contents decide where times and inodes differ', async (t) => {
	const [from, to] = [folder(t), join(folder(t), 'copy')];
	await (await openStore(from)).tree('tool', 'npm', fillTool);
	cpSync(from, to, { recursive: true, verbatimSymlinks: true });
	const copy = await openStore(to);
	await copy.tree('tool', 'npm', () => assert.fail('made again'));
	assert.ok(await copy.findTree('tool', 'npm'));
});

test('--fresh takes nothing that code of a project may have written, and what it gives replaces that', async (t) => {
	const store = await openStore(folder(t));
	const give = async (text: string, to = store): Promise<void> => {
		const { path } = await store.scratch('give');
		writeFileSync(join(path, 'file'), text);
		await to.giveTree('cargo-target', 'k', path);
	};
	const fresh = freshStore(store, async (label) => (await store.scratch(label)).path);
	await give('old');
	const taken = join((await store.scratch('take')).path, 'taken');
	assert.equal(await fresh.takeTree('cargo-target', 'k', taken), false);
	assert.equal(lstatSync(taken, { throwIfNoEntry: false }), undefined);
	await give('new', fresh);
	assert.equal(await store.takeTree('cargo-target', 'k', taken), true);
	assert.equal(readFileSync(join(taken, 'file'), 'utf8'), 'new');

	const kept = await store.tree('python-site', 'k', fillTool);
	const made = await fresh.tree('python-site', 'k', fillTool);
	assert.notEqual(made, kept);
	assert.equal(await fresh.tree('python-site', 'k', fillTool), made, 'once a build');
});

test('no other user may look into the store, whoever made the folder first', async (t) => {
	const root = folder(t);
	mkdirSync(join(root, 'v1'), { mode: 0o777 });
	chmodSync(join(root, 'v1'), 0o777);
	const store = await openStore(root);
	assert.equal(statSync(store.root).mode & 0o777, 0o700);
	assert.equal(statSync((await openStore(join(root, 'new'))).root).mode & 0o777, 0o700);
});

test('what a build in another container has is not pruned before a day has passed', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	const theirs = join(store.root, 'tmp', `work.1.50000000001.${'a'.repeat(12)}`);
	mkdirSync(theirs);
	await pruneStore(root, { now: Date.now() });
	assert.ok(lstatSync(theirs, { throwIfNoEntry: false }));
	await pruneStore(root, { now: Date.now() + 2 * 86_400_000 });
	assert.equal(lstatSync(theirs, { throwIfNoEntry: false }), undefined);
});
