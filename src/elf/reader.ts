/** Reads the dynamic section of ELF files: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html and LSB's symbol versions. */
import type { ElfFacts } from './types.js';

/** Reads `length` bytes at `offset`, fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** EI_OSABI of systems whose binaries packages carry beside Linux's; 0 and 3 are Linux's own. */
const SYSTEMS: Readonly<Record<number, string>> = { 2: 'netbsd/', 6: 'solaris/', 9: 'freebsd/', 12: 'openbsd/' };
const MACHINES: Readonly<Record<number, string>> = { 3: '386', 40: 'arm', 62: 'amd64', 183: 'arm64', 243: 'riscv64', 22: 's390x', 21: 'ppc64le' };
const TYPES: Readonly<Record<number, ElfFacts['type']>> = { 1: 'relocatable', 2: 'executable', 3: 'shared', 4: 'core' };
const PT = { load: 1, dynamic: 2, interp: 3 } as const;
const DT = {
	needed: 1,
	strtab: 5,
	strsz: 10,
	soname: 14,
	rpath: 15,
	runpath: 29,
	verdef: 0x6ffffffc,
	verdefnum: 0x6ffffffd,
	verneed: 0x6ffffffe,
	verneednum: 0x6fffffff,
} as const;
/** Beyond these a file is damaged or hostile. */
const STRINGS_LIMIT = 64 * 2 ** 20;
const COUNT_LIMIT = 65_536;

export function isElf(head: Buffer): boolean {
	return head.length >= 4 && head.readUInt32BE(0) === 0x7f454c46;
}

/** Undefined for anything that is no well-formed ELF file. */
export function readElf(read: ReadAt): ElfFacts | undefined {
	try {
		return parse(read);
	} catch (error) {
		// Every read is bounds-checked by Buffer: a malformed file ends here.
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}

interface Cursor {
	readonly bits: 32 | 64;
	u16(buffer: Buffer, at: number): number;
	u32(buffer: Buffer, at: number): number;
	/** Address-sized. */
	word(buffer: Buffer, at: number): number;
}

interface Segment {
	readonly type: number;
	readonly offset: number;
	readonly address: number;
	readonly size: number;
}

function parse(read: ReadAt): ElfFacts | undefined {
	const head = read(0, 64);
	if (!isElf(head) || head.length < 52) return undefined;
	const cursor = cursorFor(head[4] === 2 ? 64 : 32, head[5] === 2);
	const machine = cursor.u16(head, 18);
	const segments = readSegments(read, head, cursor);
	const interp = segments.find(({ type }) => type === PT.interp);
	const dynamic = segments.find(({ type }) => type === PT.dynamic);
	return {
		architecture: `${SYSTEMS[head[7] ?? 0] ?? ''}${MACHINES[machine] ?? `unknown-${machine}`}`,
		bits: cursor.bits,
		type: TYPES[cursor.u16(head, 16)] ?? 'core',
		...(interp !== undefined && { interpreter: text(read(interp.offset, Math.min(interp.size, 4096)), 0) }),
		...readDynamic(read, dynamic, segments, cursor),
	};
}

function cursorFor(bits: 32 | 64, bigEndian: boolean): Cursor {
	const u32 = (buffer: Buffer, at: number): number => (bigEndian ? buffer.readUInt32BE(at) : buffer.readUInt32LE(at));
	return {
		bits,
		u32,
		u16: (buffer, at) => (bigEndian ? buffer.readUInt16BE(at) : buffer.readUInt16LE(at)),
		word: (buffer, at) => (bits === 32 ? u32(buffer, at) : Number(bigEndian ? buffer.readBigUInt64BE(at) : buffer.readBigUInt64LE(at))),
	};
}

function readSegments(read: ReadAt, head: Buffer, { bits, u16, u32, word }: Cursor): readonly Segment[] {
	const wide = bits === 64;
	const table = word(head, wide ? 32 : 28);
	const entrySize = u16(head, wide ? 54 : 42);
	const count = u16(head, wide ? 56 : 44);
	if (entrySize < (wide ? 56 : 32)) return [];
	const bytes = read(table, entrySize * count);
	return Array.from({ length: count }, (_, at): Segment => {
		const from = at * entrySize;
		return {
			type: u32(bytes, from),
			offset: word(bytes, from + (wide ? 8 : 4)),
			address: word(bytes, from + (wide ? 16 : 8)),
			size: word(bytes, from + (wide ? 32 : 16)),
		};
	});
}

type Dynamic = Pick<ElfFacts, 'soname' | 'needed' | 'runpath' | 'versionsNeeded' | 'versionsDefined'>;

function readDynamic(read: ReadAt, segment: Segment | undefined, segments: readonly Segment[], cursor: Cursor): Dynamic {
	if (segment === undefined) return { needed: [], runpath: [], versionsNeeded: {}, versionsDefined: [] };
	const { word, bits } = cursor;
	const size = bits / 8;
	const bytes = read(segment.offset, Math.min(segment.size, COUNT_LIMIT * 2 * size));
	const tags: [number, number][] = [];
	for (let at = 0; at + 2 * size <= bytes.length; at += 2 * size) tags.push([word(bytes, at), word(bytes, at + size)]);
	const one = (tag: number): number | undefined => tags.find(([key]) => key === tag)?.[1];
	const offsetOf = (address: number | undefined): number | undefined => {
		const load = segments.find(
			({ type, address: start, size: length }) => type === PT.load && address !== undefined && address >= start && address < start + length,
		);
		return load === undefined || address === undefined ? undefined : address - load.address + load.offset;
	};
	const stringsAt = offsetOf(one(DT.strtab));
	const strings = stringsAt === undefined ? Buffer.alloc(0) : read(stringsAt, Math.min(one(DT.strsz) ?? 0, STRINGS_LIMIT));
	const soname = one(DT.soname);
	return {
		...(soname !== undefined && { soname: text(strings, soname) }),
		needed: tags.filter(([tag]) => tag === DT.needed).map(([, at]) => text(strings, at)),
		runpath: tags.filter(([tag]) => tag === DT.runpath || tag === DT.rpath).flatMap(([, at]) => text(strings, at).split(':')),
		versionsNeeded: versionsNeeded(read, offsetOf(one(DT.verneed)), one(DT.verneednum) ?? 0, strings, cursor),
		versionsDefined: versionsDefined(read, offsetOf(one(DT.verdef)), one(DT.verdefnum) ?? 0, strings, cursor),
	};
}

/** Elfxx_Verneed and Elfxx_Vernaux. */
function versionsNeeded(read: ReadAt, start: number | undefined, count: number, strings: Buffer, { u16, u32 }: Cursor): Record<string, string[]> {
	const out: Record<string, string[]> = {};
	let at = start;
	for (let entry = 0; at !== undefined && entry < Math.min(count, COUNT_LIMIT); entry++) {
		const need = read(at, 16);
		const versions: string[] = [];
		let auxAt = at + u32(need, 8);
		for (let aux = 0; aux < u16(need, 2); aux++) {
			const item = read(auxAt, 16);
			versions.push(text(strings, u32(item, 8)));
			auxAt += u32(item, 12);
		}
		out[text(strings, u32(need, 4))] = versions;
		at = u32(need, 12) === 0 ? undefined : at + u32(need, 12);
	}
	return out;
}

/** Elfxx_Verdef; the first Elfxx_Verdaux names the version. */
function versionsDefined(read: ReadAt, start: number | undefined, count: number, strings: Buffer, { u32 }: Cursor): string[] {
	const out: string[] = [];
	let at = start;
	for (let entry = 0; at !== undefined && entry < Math.min(count, COUNT_LIMIT); entry++) {
		const definition = read(at, 20);
		out.push(text(strings, u32(read(at + u32(definition, 12), 8), 0)));
		at = u32(definition, 16) === 0 ? undefined : at + u32(definition, 16);
	}
	return out;
}

function text(buffer: Buffer, at: number): string {
	if (at >= buffer.length) return '';
	const end = buffer.indexOf(0, at);
	return buffer.toString('latin1', at, end < 0 ? buffer.length : end);
}
