/** What stands in for the ids and keys that frameworks choose at random: it comes from the source. */
import { createHash, createHmac } from 'node:crypto';
import { type Found, scanFirst } from '../../../src/source/scan.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';

const CODE = /\.(?:[cm]?[jt]sx?|astro|vue|svelte)$/;

/** What the output is made of, in hex: all the source and the lock file. */
export function sourceDigest({ source, contentHash }: Toolchain): string {
	const hash = createHash('sha256');
	for (const { path } of source.files) hash.update(`${path}\0${contentHash(path) ?? ''}\0`);
	return hash.digest('hex');
}

/** 32 bytes that anybody who has the source can tell: only for keys that protect nothing. */
export function settledKey(digest: string, name: string): Buffer {
	return createHmac('sha256', digest).update(name).digest();
}

/** The first place in the app's code that says so; a key is settled only when no place does. */
export function codeThat(says: RegExp, { source }: Toolchain): Found | undefined {
	return scanFirst(source, says, { files: CODE, total: Number.POSITIVE_INFINITY });
}
