/** Is this Node's compressor the one that every other machine has? A Node built with the system's zlib gives other bytes. */
import { createHash } from 'node:crypto';
import { gzipBlocks } from './gzip.js';

/** sha256 of the gzip of `sample()` at level 4, equal on official Node 20 to 26, x64 and arm64. */
const KNOWN_ANSWER = '61bd4ed2ffcaaa0c5e41fd553ab724a4dde6fee9c52b326c5e8b80747b5490db';
const SAMPLE_SIZE = 64 * 1024;
const LEVEL = 4;

export async function compressorIsStandard(): Promise<boolean> {
	const hash = createHash('sha256');
	for await (const chunk of gzipBlocks(sample(), LEVEL)) hash.update(chunk);
	return hash.digest('hex') === KNOWN_ANSWER;
}

/** Neither random nor repetitive: words chosen by a linear congruential generator. */
async function* sample(): AsyncGenerator<Buffer> {
	const bytes = Buffer.alloc(SAMPLE_SIZE);
	let state = 42;
	for (let at = 0; at < SAMPLE_SIZE; at++) {
		state = (Math.imul(state, 1103515245) + 12345) >>> 0;
		bytes[at] = 97 + ((state >>> 16) % ((at >>> 6) % 20 || 5));
	}
	yield bytes;
}
