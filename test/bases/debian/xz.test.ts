/** xz in a worker and on the calling thread: the same bytes, and the same words for damage. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { decompressXz } from '../../../src/bases/debian/xz.js';
import { decompressHere } from '../../../src/bases/debian/xz-inline.js';
import { hasTools } from '../../support/tools.js';

const content = Buffer.concat([randomBytes(300_000), Buffer.alloc(300_000, 'a')]);

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const chunk of chunks) parts.push(chunk);
	return Buffer.concat(parts);
}

for (const [name, decompress] of [
	['in a worker', decompressXz],
	['on the calling thread', decompressHere],
] as const)
	test(`xz ${name}`, async (t) => {
		if (!hasTools(t, 'xz')) return;
		const packed = execFileSync('xz', ['-c'], { input: content, maxBuffer: 1 << 24 });
		assert.ok((await collect(decompress(pieces(packed)))).equals(content));
		const damaged = Buffer.from(packed);
		damaged.writeUInt8(damaged.readUInt8(5000) ^ 0xff, 5000);
		await assert.rejects(collect(decompress(pieces(damaged))), { code: 'BASE_INVALID', message: /xz stream is damaged/ });
	});
