/**
 * gzip (RFC 1952) of 1 MiB blocks, compressed side by side in libuv's pool and joined to one member: each block starts with the
 * last 32 KiB of the one before as its dictionary, so nothing is lost in size, and the bytes depend on the input alone.
 */
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { releaseBuffers } from './released.js';

const deflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);
/** Since Node 20.15; not in the types of Node 20. */
const crc32 = (zlib as unknown as { crc32(data: Uint8Array, value?: number): number }).crc32;

const DICTIONARY_SIZE = 32 * 1024;
/** Blocks under way at once: enough for a busy pool, little enough for memory. */
const IN_FLIGHT = 3;
/** Blocks between two collections of what is no longer used. */
const RELEASE_EVERY = 4;
/** Room for any compressed block: one piece of memory instead of many and their concatenation. */
const OUTPUT_SIZE = (1 << 20) + (1 << 14);
/** How many blocks after a block its memory is no longer read: those in flight, the one held back, and the next one's dictionary. */
export const BLOCKS_IN_USE = IN_FLIGHT + 4;
/** Deflate, no name, no time, operating system unknown: the same header on every system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** @param blocks of any sizes; equal blocks give equal bytes */
export async function* gzipBlocks(blocks: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
	yield HEADER;
	const queue: Promise<Buffer>[] = [];
	let crc = 0;
	let length = 0;
	let count = 0;
	let dictionary: Buffer | undefined;
	let held: Buffer | undefined;
	const compress = (block: Buffer, last: boolean): void => {
		const job = deflateRaw(block, {
			level,
			chunkSize: OUTPUT_SIZE,
			...(dictionary !== undefined && { dictionary }),
			finishFlush: last ? zlib.constants.Z_FINISH : zlib.constants.Z_SYNC_FLUSH,
		});
		// A failure surfaces where the queue is awaited; until then it must not count as unhandled.
		job.catch(() => undefined);
		queue.push(job);
		dictionary = block.subarray(Math.max(0, block.length - DICTIONARY_SIZE));
	};
	for await (const block of blocks) {
		crc = crc32(block, crc);
		length += block.length;
		if (held !== undefined) compress(held, false);
		held = block;
		if (queue.length >= IN_FLIGHT) yield (await queue.shift()) as Buffer;
		if (++count % RELEASE_EVERY === 0) releaseBuffers();
	}
	compress(held ?? Buffer.alloc(0), true);
	for (const job of queue) yield await job;
	yield trailer(crc, length);
}

function trailer(crc: number, length: number): Buffer {
	const out = Buffer.alloc(8);
	out.writeUInt32LE(crc >>> 0, 0);
	out.writeUInt32LE(length % 2 ** 32, 4);
	return out;
}
