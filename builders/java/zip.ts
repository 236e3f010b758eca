/** Jars: read by their directory (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), written without compression and without times. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { TareError } from '../../src/errors.js';

export interface ZipMember {
	readonly name: string;
	/** Bytes when unpacked. */
	readonly size: number;
	readonly packed: number;
	readonly method: number;
	/** Of the local header. */
	readonly offset: number;
}

export interface Zip {
	/** In the order of the directory; folders end in a slash. */
	readonly members: readonly ZipMember[];
	get(name: string): ZipMember | undefined;
	/** @throws TareError MANIFEST_INVALID */
	read(member: ZipMember): Buffer;
	/** Where the bytes of a member lie that is stored as it is; undefined when it is compressed. */
	place(member: ZipMember): number | undefined;
}

const [END, END64, LOCATOR64, DIRECTORY, LOCAL] = [0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50];
const [STORED, DEFLATED] = [0, 8];
/** The comment at a zip's end has at most 64 KiB. */
const TAIL = 22 + 0xffff;
/** More in one member would be a bomb. */
const MEMBER_LIMIT = 1 << 30;

/** Where a zip's bytes are. */
interface Bytes {
	readonly length: number;
	slice(at: number, length: number): Buffer;
}

/** @param file its name for messages @throws TareError MANIFEST_INVALID */
export function openZip(path: string, file = path): Zip {
	return readZip({ length: statSync(path).size, slice: (at, length) => withFile(path, (fd) => slice(fd, at, length)) }, file);
}

/** @throws TareError MANIFEST_INVALID */
export function openZipBytes(bytes: Buffer, file: string): Zip {
	return readZip({ length: bytes.length, slice: (at, length) => bytes.subarray(at, at + length) }, file);
}

function readZip(bytes: Bytes, file: string): Zip {
	const fail = (why: string): never => {
		throw new TareError('MANIFEST_INVALID', `${file} is not a valid jar: ${why}`, { hint: 'Build it anew.', at: { file } });
	};
	const members = readDirectory(bytes, fail);
	const byName = new Map(members.map((member) => [member.name, member]));
	const begin = ({ offset }: ZipMember): number => {
		const head = bytes.slice(offset, 30);
		if (head.length < 30 || head.readUInt32LE(0) !== LOCAL) fail('a member is not where its directory says');
		return offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
	};
	return {
		members,
		get: (name) => byName.get(name),
		read: (member) => unpack(bytes.slice(begin(member), member.packed), member, fail),
		place: (member) => (member.method === STORED ? begin(member) : undefined),
	};
}

function unpack(bytes: Buffer, { name, size, method }: ZipMember, fail: (why: string) => never): Buffer {
	if (size > MEMBER_LIMIT) return fail(`${name} is larger than ${MEMBER_LIMIT} bytes`);
	if (method === STORED) return bytes;
	if (method !== DEFLATED) return fail(`${name} is packed with method ${method}`);
	try {
		return zlib.inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
	} catch {
		return fail(`${name} cannot be unpacked`);
	}
}

function readDirectory({ length, slice: cut }: Bytes, fail: (why: string) => never): ZipMember[] {
	const tailAt = Math.max(0, length - TAIL);
	const tail = cut(tailAt, length - tailAt);
	const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
	if (end < 0 || tail.readUInt32LE(end) !== END) return fail('it has no directory');
	let [count, size, at] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
	if (end >= 20 && tail.readUInt32LE(end - 20) === LOCATOR64) {
		const big = cut(Number(tail.readBigUInt64LE(end - 12)), 56);
		if (big.length < 56 || big.readUInt32LE(0) !== END64) return fail('its directory is not where it says');
		[count, size, at] = [Number(big.readBigUInt64LE(32)), Number(big.readBigUInt64LE(40)), Number(big.readBigUInt64LE(48))];
	}
	if (at + size > length) return fail('its directory is cut off');
	// What stands before the first member (a start script) shifts every offset.
	const shift = end + tailAt - size - at;
	return parseDirectory(cut(at + (tail.readUInt32LE(Math.max(0, end - 20)) === LOCATOR64 ? 0 : shift), size), count, shift, fail);
}

function parseDirectory(bytes: Buffer, count: number, shift: number, fail: (why: string) => never): ZipMember[] {
	const members: ZipMember[] = [];
	let at = 0;
	for (let left = count; left > 0; left--) {
		if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY) return fail('its directory is damaged');
		const [nameLength, extra, comment] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)];
		members.push({
			name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
			method: bytes.readUInt16LE(at + 10),
			packed: bytes.readUInt32LE(at + 20),
			size: bytes.readUInt32LE(at + 24),
			offset: bytes.readUInt32LE(at + 42) + Math.max(0, shift),
		});
		at += 46 + nameLength + extra + comment;
	}
	return members;
}

function withFile<T>(path: string, work: (fd: number) => T): T {
	const fd = openSync(path, 'r');
	try {
		return work(fd);
	} finally {
		closeSync(fd);
	}
}

function slice(fd: number, at: number, length: number): Buffer {
	const bytes = Buffer.alloc(length);
	return bytes.subarray(0, readSync(fd, bytes, 0, length, at));
}

const crc32 = (zlib as unknown as { crc32(data: Uint8Array): number }).crc32;
/** 1 January 1980, the first day that a zip knows. */
const DATE = 0x21;
const UTF8 = 0x0800;

export interface JarFile {
	readonly name: string;
	readonly bytes: Buffer;
}

/**
 * Stored, not packed: the layer is compressed as a whole, and java reads it sooner. The manifest is first, as java.util.jar wants it; the
 * rest by name. Folders have entries of their own: frameworks that scan for classes ask for them.
 */
export function writeJar(files: readonly JarFile[]): Buffer {
	const rank = ({ name }: JarFile): number => (name === 'META-INF/MANIFEST.MF' ? 0 : 1);
	const sorted = [...files, ...foldersOf(files)].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
	const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
	let at = 0;
	for (const { name, bytes } of sorted) {
		const common = commonHeader(bytes, name);
		const local = Buffer.concat([word(LOCAL), common, Buffer.from(name), bytes]);
		directory.push(Buffer.concat([word(DIRECTORY), half(20), common, half(0), half(0), half(0), word(0), word(at), Buffer.from(name)]));
		bodies.push(local);
		at += local.length;
	}
	const size = directory.reduce((sum, item) => sum + item.length, 0);
	return Buffer.concat([...bodies, ...directory, ...endOf(sorted.length, size, at)]);
}

function foldersOf(files: readonly JarFile[]): readonly JarFile[] {
	const names = new Set(files.flatMap(({ name }) => [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index + 1))));
	return [...names].map((name) => ({ name, bytes: Buffer.alloc(0) }));
}

function commonHeader(bytes: Buffer, name: string): Buffer {
	const length = word(bytes.length);
	return Buffer.concat([half(20), half(UTF8), half(STORED), half(0), half(DATE), word(crc32(bytes)), length, length, half(Buffer.byteLength(name)), half(0)]);
}

function endOf(count: number, size: number, at: number): Buffer[] {
	const many = count > 0xfffe;
	const big = many ? [word(END64), long(44), half(45), half(45), word(0), word(0), long(count), long(count), long(size), long(at)] : [];
	const locator = many ? [word(LOCATOR64), word(0), long(at + size), word(1)] : [];
	const shown = half(many ? 0xffff : count);
	return [...big, ...locator, word(END), half(0), half(0), shown, shown, word(size), word(at), half(0)];
}

function half(value: number): Buffer {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16LE(value);
	return bytes;
}

function word(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value >>> 0);
	return bytes;
}

function long(value: number): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64LE(BigInt(value));
	return bytes;
}
