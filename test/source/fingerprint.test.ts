/** The digest of a source, and what is remembered so that files need not be read again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readFileIndex } from '../../src/source/file-index.js';
import { type Fingerprint, fingerprint } from '../../src/source/fingerprint.js';
import { ignoreRules } from '../../src/source/ignore.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';

const LATER = 3_600_000;

/** A project and a store; `print` is a build's look at it, by default long after the files were written. */
async function project(t: TestContext, files: Record<string, string>) {
	const [dir, home] = [folder(t, files), folder(t)];
	const store = await openStore(home);
	const print = (at = Date.now() + LATER): Promise<Fingerprint> => fingerprint(readFileIndex(dir, ignoreRules([])), store, at);
	const fresh = async (): Promise<string> => (await fingerprint(readFileIndex(dir, ignoreRules([])), await openStore(folder(t)), Date.now() + LATER)).digest;
	return { dir, home, print, fresh };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('the digest is of contents, names and modes: the same with and without what is remembered', async (t) => {
	const { dir, print, fresh } = await project(t, { 'a.txt': 'one', 'b/c.txt': 'two' });
	const seen = new Set<string>();
	const changes: readonly (() => void)[] = [
		() => {},
		() => writeFileSync(join(dir, 'a.txt'), 'eno'),
		() => chmodSync(join(dir, 'a.txt'), 0o755),
		() => renameSync(join(dir, 'a.txt'), join(dir, 'd.txt')),
		() => symlinkSync('d.txt', join(dir, 'link')),
		() => {
			rmSync(join(dir, 'link'));
			symlinkSync('b/c.txt', join(dir, 'link'));
		},
		() => rmSync(join(dir, 'b/c.txt')),
	];
	for (const change of changes) {
		change();
		const { digest } = await print();
		assert.equal(digest, await fresh());
		assert.equal((await print()).digest, digest);
		seen.add(digest);
	}
	assert.equal(seen.size, changes.length);
	utimesSync(join(dir, 'd.txt'), 1, 1);
	assert.ok(seen.has((await print()).digest), 'times are no part of it');
});

test('hashes of files are known whether or not they had to be read, and though what was remembered is damaged', async (t) => {
	const { dir, home, print } = await project(t, { 'a.txt': 'one', 'b.txt': 'two' });
	for (let round = 0; round < 2; round++) assert.equal((await print()).hashOf('b.txt'), sha256('two'));
	assert.equal((await print()).hashOf('none'), undefined);
	appendFileSync(join(dir, 'a.txt'), '!');
	assert.equal((await print()).hashOf('b.txt'), sha256('two'));
	const known = await print();
	for (const name of readdirSync(join(home, 'v1/blobs'), { recursive: true }).map(String)) {
		const path = join(home, 'v1/blobs', name);
		if (statSync(path).isFile()) writeFileSync(path, readFileSync(path, 'latin1').replaceAll('a', 'b'));
	}
	assert.equal(known.hashOf('a.txt'), sha256('one!'));
	assert.equal(known.hashOf('b.txt'), sha256('two'));
});

test('a file that was written just before the walk is read again: its times may hide what came after', async (t) => {
	const { dir, fresh } = await project(t, { 'a.txt': 'one', 'old.txt': 'old' });
	const { mtimeMs, ctimeMs } = statSync(join(dir, 'a.txt'));
	const index = readFileIndex(dir, ignoreRules([]));
	const [soon, late] = [await openStore(folder(t)), await openStore(folder(t))];
	const first = await fingerprint(index, soon, Math.max(mtimeMs, ctimeMs));
	await fingerprint(index, late, Date.now() + LATER);
	// Within one tick of the file system's clock: no time tells of it.
	writeFileSync(join(dir, 'a.txt'), 'two');
	assert.equal((await fingerprint(index, soon, Date.now() + LATER)).digest, await fresh());
	assert.equal((await fingerprint(index, late, Date.now() + LATER)).digest, first.digest, 'long before the walk: not read again');
});
