/** ELF facts of a file, or of a slice of one, on disk. */
import { closeSync, openSync, readSync } from 'node:fs';
import { isElf, readElf } from './reader.js';
import type { ElfFacts } from './types.js';

/** @param offset where the file starts inside `path` @param size its length in bytes */
export function elfFactsOf(path: string, offset: number, size: number): ElfFacts | undefined {
	const fd = openSync(path, 'r');
	try {
		const read = (at: number, length: number): Buffer => {
			const wanted = Math.max(0, Math.min(length, size - at));
			const buffer = Buffer.alloc(wanted);
			return buffer.subarray(0, wanted === 0 ? 0 : readSync(fd, buffer, 0, wanted, offset + at));
		};
		return isElf(read(0, 4)) ? readElf(read) : undefined;
	} finally {
		closeSync(fd);
	}
}
