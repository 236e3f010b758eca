/** What a checkout says of its commit, read without git: as git itself wrote it, loose, packed, as a delta, and borrowed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readCommit } from '../../src/source/commit.js';
import { readGitObject } from '../../src/source/git-object.js';
import { folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

const git = (dir: string, ...args: readonly string[]): string =>
	execFileSync('git', ['-C', dir, '-c', 'user.name=A > B', '-c', 'user.email=a@example.com', '-c', 'gc.auto=0', ...args], {
		encoding: 'utf8',
		env: { PATH: process.env.PATH, HOME: dir, GIT_AUTHOR_DATE: '1600000000 +0000', GIT_COMMITTER_DATE: '1700000001 +0900', GIT_CONFIG_NOSYSTEM: '1' },
	}).trim();

/** Longer than one copy of a delta can be. */
const SHARED = Array.from({ length: 9000 }, (_, at) => `line ${at}`).join('\n');

function repository(t: TestContext, ...options: readonly string[]): string {
	const dir = folder(t);
	git(dir, 'init', '-q', '-b', 'main', ...options);
	// What a message says is no committer; alike commits become deltas of each other.
	for (let at = 0; at < 20; at++) git(dir, 'commit', '-q', '--allow-empty', '-m', `${at}\n\n${SHARED}\n\ncommitter X <x> 5 +0000`);
	return dir;
}

/** Each commit in turn, as a checkout of it. */
function allReadable(dir: string): void {
	const bases = git(dir, 'cat-file', '--batch-check=%(deltabase)', '--batch-all-objects').split('\n');
	assert.ok(
		bases.some((base) => !/^0+$/.test(base)),
		'git made no delta',
	);
	for (const id of git(dir, 'rev-list', 'HEAD').split('\n')) {
		writeFileSync(join(dir, '.git/HEAD'), `${id}\n`);
		assert.deepEqual(readCommit(dir), { id, time: 1700000001 });
		const { type, data } = readGitObject(join(dir, '.git/objects'), id) ?? { type: '', data: Buffer.alloc(0) };
		const hash = createHash(id.length === 40 ? 'sha1' : 'sha256').update(`${type} ${data.length}\0`);
		assert.equal(hash.update(data).digest('hex'), id);
	}
}

test('the time of a commit: loose, in packs, as a delta, in a worktree and a shared clone', (t) => {
	if (!hasTools(t, 'git')) return;
	const dir = repository(t);
	assert.deepEqual(readCommit(dir), { id: git(dir, 'rev-parse', 'HEAD'), branch: 'main', time: 1700000001 });
	git(dir, 'repack', '-q', '-a', '-d', '-f', '--depth=50');
	assert.equal(git(dir, 'count-objects').split(' ')[0], '0');
	allReadable(dir);
	const [shared, worktree] = [join(folder(t), 'shared'), join(folder(t), 'worktree')];
	git(dir, 'clone', '-q', '-c', 'advice.detachedHead=false', '--shared', dir, shared);
	git(dir, 'worktree', 'add', '-q', worktree);
	for (const other of [shared, worktree]) assert.equal(readCommit(other)?.time, 1700000001, other);
});

test('a repository of SHA-256 objects; one whose objects are not there', (t) => {
	if (!hasTools(t, 'git')) return;
	const dir = repository(t, '--object-format=sha256');
	// Deltas that name their base by its id.
	git(dir, '-c', 'repack.useDeltaBaseOffset=false', 'repack', '-q', '-a', '-d', '-f');
	allReadable(dir);
	const id = 'a1b2c3d4e5'.repeat(4);
	assert.deepEqual(readCommit(folder(t, { '.git/HEAD': id })), { id });
});

test('a tag of the commit: light, annotated, loose and packed', (t) => {
	if (!hasTools(t, 'git')) return;
	const dir = repository(t);
	git(dir, 'tag', 'a-light');
	assert.equal(readCommit(dir)?.tag, 'a-light');
	git(dir, 'tag', '-a', 'release/v1.2', '-m', 'x');
	assert.equal(readCommit(dir)?.tag, 'release/v1.2');
	git(dir, 'pack-refs', '--all');
	assert.equal(readCommit(dir)?.tag, 'release/v1.2');
	git(dir, 'commit', '-q', '--allow-empty', '-m', 'next');
	assert.equal(readCommit(dir)?.tag, undefined);
});
