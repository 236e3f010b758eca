/** A reader that takes its time holds the writer back: memory does not grow with the number of files. */
import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import { BLOCK_SIZE, tarBlocks } from '../../src/layers/tar.js';
import { folder } from '../support/files.js';

test('files with long names, whose headers are larger than they are, do not pile up before a slow reader', async () => {
	const size = 40;
	const count = 30_000;
	const bytes = Buffer.alloc(size, 'x');
	const folder = `${'a-long-name-'.repeat(12)}é`;
	const entries = Array.from({ length: count }, (_, at): Entry => {
		return { type: 'file', path: imagePath(`${folder}/${at}`), mode: 0o644, size, content: { kind: 'bytes', bytes } };
	});
	let taken = 0;
	let blocks = 0;
	const onProgress = (done: number): void => {
		taken = done / size;
	};
	for await (const _ of tarBlocks(entries, { onProgress })) {
		await setTimeout(100);
		// Two KiB of tar for each: header, extended header and its content, content.
		const read = (++blocks * BLOCK_SIZE) / 2048;
		assert.ok(taken - read < 6000, `${taken} files were taken when ${read} had been read`);
		if (blocks === 8) break;
	}
	assert.ok(taken < count);
});

test('a reader that leaves in the middle of a large file is let go', async (t) => {
	const dir = folder(t, { large: '' });
	const size = 64 * BLOCK_SIZE;
	truncateSync(join(dir, 'large'), size);
	const large: Entry = { type: 'file', path: imagePath('large'), mode: 0o644, size, content: { kind: 'disk', path: join(dir, 'large') } };
	for (const leaveAfter of [1, 2, 5, 63]) {
		let blocks = 0;
		for await (const _ of tarBlocks([large])) if (++blocks === leaveAfter) break;
		assert.equal(blocks, leaveAfter);
	}
});

test('a file that grew since it was listed is told, not cut', async (t) => {
	const dir = folder(t, { grown: 'more than before', filled: 'x' });
	for (const [name, size] of Object.entries({ grown: 4, filled: 0 })) {
		const entry: Entry = { type: 'file', path: imagePath(name), mode: 0o644, size, content: { kind: 'disk', path: join(dir, name) } };
		await assert.rejects(tarBlocks([entry]).next(), { code: 'SOURCE_NOT_FOUND', message: /became longer/ });
	}
});
