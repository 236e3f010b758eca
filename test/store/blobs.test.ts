/** Blobs that were damaged or are about to be pruned while somebody needs them. */
import assert from 'node:assert/strict';
import { readFileSync, truncateSync, utimesSync } from 'node:fs';
import { test } from 'node:test';
import { openStore } from '../../src/store/open.js';
import { pruneStore } from '../../src/store/prune.js';
import { folder } from '../support/files.js';

const MINUTE_MS = 60_000;

test('putting bytes again mends a blob that was cut off', async (t) => {
	const store = await openStore(folder(t));
	const bytes = Buffer.from('0123456789');
	truncateSync((await store.putBytes(bytes)).path, 3);
	const blob = await store.putBytes(bytes);
	assert.equal(blob.size, 10);
	assert.deepEqual(readFileSync(blob.path), bytes);
});

test('a blob that a build has just asked for outlives a prune of another', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	const { path, digest } = await store.putBytes(Buffer.alloc(1000));
	const now = Date.now();
	const before = (now - 59 * MINUTE_MS) / 1000;
	utimesSync(path, before, before);
	await store.blob(digest);
	await pruneStore(root, { maxBytes: 0, now: now + 5 * MINUTE_MS });
	assert.notEqual(await store.blob(digest), undefined);
});
