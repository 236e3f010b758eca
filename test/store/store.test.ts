/** The store under damage, crowds and kill -9. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { sha256 } from '../../src/oci/digest.js';
import { openStore } from '../../src/store/open.js';
import { pruneStore, storeUsage } from '../../src/store/prune.js';
import { folder } from '../support/files.js';

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
	for await (const _ of stream);
}

test('a blob comes back whole, and only under its own digest', async (t) => {
	const store = await openStore(folder(t));
	const blob = await store.putBytes(Buffer.from('hello'));
	assert.equal(blob.digest, sha256('hello'));
	assert.equal((await store.blob(blob.digest))?.size, 5);
	assert.equal(await store.blob(sha256('other')), undefined);
	const wrong = (async function* () {
		yield Buffer.from('x');
	})();
	await assert.rejects(store.putStream(wrong, { digest: sha256('y') }), { code: 'STORE_CORRUPT' });
	assert.equal(await store.blob(sha256('x')), undefined, 'what was refused is not kept');
});

test('a damaged blob is never used: it is set aside at the first read', async (t) => {
	const store = await openStore(folder(t));
	const damages: readonly ((path: string) => void)[] = [
		(path) => writeFileSync(path, 'hellO'),
		(path) => truncateSync(path, 2),
		(path) => appendFileSync(path, '!'),
	];
	for (const damage of damages) {
		const blob = await store.putBytes(Buffer.from('hello'));
		damage(blob.path);
		await assert.rejects(drain(blob.open()), { code: 'STORE_CORRUPT' });
		assert.equal(await store.blob(blob.digest), undefined);
	}
});

test('records: what was written, or nothing', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	await store.setRecord('kind', 'key', { a: 1 });
	assert.deepEqual(await store.record('kind', 'key'), { a: 1 });
	assert.equal(await store.record('kind', 'other'), undefined);
	const kind = join(root, 'v1/records/kind');
	const [shard = ''] = readdirSync(kind);
	const [name = ''] = readdirSync(join(kind, shard));
	const path = join(kind, shard, name);
	const whole = readFileSync(path, 'utf8');
	for (const damaged of [whole.slice(0, -1), whole.replace('"a":1', '"a":2'), '', 'x']) {
		writeFileSync(path, damaged);
		assert.equal(await store.record('kind', 'key'), undefined);
		await store.setRecord('kind', 'key', { a: 1 });
		assert.deepEqual(await store.record('kind', 'key'), { a: 1 });
	}
});

test('a record that says the same is left as it is, but counts as used', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	await store.setRecord('kind', 'key', { a: 1 });
	const path = readdirSync(join(root, 'v1/records/kind'), { recursive: true })
		.map((name) => join(root, 'v1/records/kind', String(name)))
		.find((one) => statSync(one).isFile()) as string;
	utimesSync(path, 1, 1);
	const { ino } = statSync(path);
	await store.setRecord('kind', 'key', { a: 1 });
	assert.equal(statSync(path).ino, ino);
	assert.ok(Date.now() - statSync(path).mtimeMs < 60_000);
	await store.setRecord('kind', 'key', { a: 2 });
	assert.deepEqual(await store.record('kind', 'key'), { a: 2 });
});

test('kept folders: one winner, taken by one', async (t) => {
	const store = await openStore(folder(t));
	let fills = 0;
	const fill = async (dir: string): Promise<void> => {
		fills++;
		await setTimeout(10);
		writeFileSync(join(dir, 'tool'), 'x');
	};
	const paths = await Promise.all([1, 2, 3].map(() => store.tree('tool', 'a', fill)));
	assert.equal(new Set(paths).size, 1);
	assert.equal(await store.tree('tool', 'a', fill), paths[0]);
	assert.ok(fills <= 3);
	const { path } = await store.scratch('work');
	mkdirSync(join(path, 'modules'));
	await store.giveTree('modules', 'k', join(path, 'modules'));
	const takes = await Promise.all([1, 2].map((at) => store.takeTree('modules', 'k', join(path, `taken-${at}`))));
	assert.deepEqual(takes.sort(), [false, true]);
});

test('a folder that cannot be a store says so, with a hint', async (t) => {
	const file = join(folder(t, { file: 'x' }), 'file');
	await assert.rejects(openStore(file), { code: 'STORE_UNUSABLE', hint: /TARE_CACHE_DIR/ });
});

test('pruning: leftovers of the dead, then the least recently used; nothing that is in use', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	const live = await store.scratch('live');
	const dead = join(root, 'v1/tmp/dead.999999.1.aaaaaaaaaaaa');
	mkdirSync(dead);
	const old = await store.putBytes(Buffer.alloc(1000, 1));
	const older = await store.putBytes(Buffer.alloc(1000, 2));
	const fresh = await store.putBytes(Buffer.alloc(1000, 3));
	const day = 86_400;
	const now = Date.now();
	utimesSync(old.path, now / 1000 - day, now / 1000 - day);
	utimesSync(older.path, now / 1000 - 2 * day, now / 1000 - 2 * day);
	assert.equal((await storeUsage(root)).kinds.find(({ kind }) => kind === 'blobs')?.items, 3);
	await pruneStore(root, { maxBytes: 2500, now });
	assert.deepEqual(
		[existsSync(dead), existsSync(live.path), existsSync(older.path), existsSync(old.path), existsSync(fresh.path)],
		[false, true, false, true, true],
	);
	await pruneStore(root, { maxBytes: 0, now });
	assert.deepEqual([existsSync(old.path), existsSync(fresh.path)], [false, true], 'what was used within the hour stays');
	await pruneStore(root, { all: true, now });
	assert.ok(existsSync(fresh.path), 'what was used since a running build began stays, even with --all');
	await store.close();
	await pruneStore(root, { all: true, now });
	assert.equal(
		(await storeUsage(root)).kinds.some(({ kind }) => kind === 'blobs'),
		false,
	);
});

test('eight writers of one blob: it is there once, whole, and nothing is left over', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	const writers = Array.from({ length: 8 }, () =>
		store.putStream(
			(async function* () {
				for (let at = 0; at < 50; at++) {
					await setTimeout(0);
					yield Buffer.alloc(10_000, at);
				}
			})(),
		),
	);
	const digests = new Set((await Promise.all(writers)).map(({ digest }) => digest));
	assert.equal(digests.size, 1);
	const [digest] = digests;
	await drain(((await store.blob(digest as never)) as { open(): AsyncIterable<unknown> }).open());
	await store.close();
	assert.deepEqual(readdirSync(join(root, 'v1/tmp')), []);
});

test('a long build keeps what it used hours ago', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	const blob = await store.putBytes(Buffer.alloc(1000, 1));
	const now = Date.now();
	const hours = (count: number): number => now / 1000 - count * 3600;
	utimesSync(blob.path, hours(2), hours(2));
	const [marker = ''] = readdirSync(join(root, 'v1/tmp')).filter((name) => name.startsWith('active.'));
	utimesSync(join(root, 'v1/tmp', marker), hours(3), hours(3));
	await pruneStore(root, { maxBytes: 0, now });
	assert.ok(existsSync(blob.path));
	await store.close();
	await pruneStore(root, { maxBytes: 0, now });
	assert.ok(!existsSync(blob.path));
});

test('the contents of a store change with what is made, not with another checkout of the same', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	const contents = async (): Promise<string> => (await storeUsage(root)).contents;
	const empty = await contents();
	await store.putBytes(Buffer.from('a table of times'));
	await store.setRecord('stat-rows', '/one/checkout', {});
	assert.equal(await contents(), empty);
	await store.setRecord('build', 'key', { digest: 'sha256:1' });
	const built = await contents();
	assert.notEqual(built, empty);
	await store.setRecord('build', 'key', { digest: 'sha256:2' });
	assert.equal(await contents(), built);
});
