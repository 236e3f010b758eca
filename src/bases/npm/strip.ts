/** Cuts an ELF file after the last byte that is loaded: symbol and section tables go, the program runs as before. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';

/** Offsets in a 64-bit little-endian ELF header: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const HEADER = { size: 64, phoff: 32, shoff: 40, phentsize: 54, phnum: 56, shnum: 60, shstrndx: 62 } as const;
const PT_LOAD = 1;

/** Bytes up to the end of the last loaded segment. */
export function loadedLength(path: string): number {
	const fd = openSync(path, 'r');
	try {
		const head = Buffer.alloc(HEADER.size);
		readSync(fd, head, 0, HEADER.size, 0);
		const [entry, count] = [head.readUInt16LE(HEADER.phentsize), head.readUInt16LE(HEADER.phnum)];
		const table = Buffer.alloc(entry * count);
		readSync(fd, table, 0, table.length, Number(head.readBigUInt64LE(HEADER.phoff)));
		const ends = Array.from({ length: count }, (_, at) =>
			table.readUInt32LE(at * entry) === PT_LOAD ? Number(table.readBigUInt64LE(at * entry + 8) + table.readBigUInt64LE(at * entry + 32)) : 0,
		);
		return Math.max(...ends);
	} finally {
		closeSync(fd);
	}
}

/** The file up to `length`, with a header that names no sections. */
export async function* truncated(path: string, length: number): AsyncGenerator<Buffer> {
	let first = true;
	for await (const chunk of createReadStream(path, { end: length - 1, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
		if (first) {
			chunk.writeBigUInt64LE(0n, HEADER.shoff);
			chunk.writeUInt16LE(0, HEADER.shnum);
			chunk.writeUInt16LE(0, HEADER.shstrndx);
		}
		first = false;
		yield chunk;
	}
}
