/** An object of a git repository, read without git: loose (gitrepository-layout(5)) or in a pack (gitformat-pack(5), version 2 of its index). */
import { closeSync, existsSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { constants, inflateSync } from 'node:zlib';
import { openRegular } from '../project-file.js';
import { applyDelta, readSize } from './git-delta.js';

export interface GitObject {
	readonly type: string;
	readonly data: Buffer;
}

/** Larger ones are no commits. Bytes, inflated. */
const LIMIT = 1 << 20;
/** Of chains of deltas. */
const DEPTH_LIMIT = 64;
/** Folders of objects that are searched for one object: the repository's and those that it borrows from. */
const FOLDER_LIMIT = 64;
/** Bytes that are read of a pack or its index at once. */
const READ_LIMIT = 1 << 26;
const TYPES: Readonly<Record<number, string>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const OFFSET_DELTA = 6;
const REF_DELTA = 7;
/** Bytes before an object's data in a pack: type and size, and its base. */
const HEAD = 64;

/** @param folder the repository's `objects` @param id 40 or 64 hex digits @returns undefined where it is not there, too large, or damaged */
export function readGitObject(folder: string, id: string, depth = 0, seen = new Set<string>()): GitObject | undefined {
	if (depth > DEPTH_LIMIT || seen.has(folder) || seen.size === FOLDER_LIMIT) return undefined;
	seen.add(folder);
	try {
		return readLoose(folder, id) ?? readPacked(folder, id, depth) ?? readBorrowed(folder, id, depth, seen);
	} catch {
		return undefined;
	}
}

function readLoose(folder: string, id: string): GitObject | undefined {
	const packed = readIfThere(join(folder, id.slice(0, 2), id.slice(2)));
	if (packed === undefined) return undefined;
	const plain = inflateSync(packed, { maxOutputLength: LIMIT });
	const end = plain.indexOf(0);
	const [type = ''] = plain.toString('latin1', 0, end).split(' ');
	return { type, data: plain.subarray(end + 1) };
}

/** A repository that was cloned with --shared has its objects elsewhere. */
function readBorrowed(folder: string, id: string, depth: number, seen: Set<string>): GitObject | undefined {
	const others = (readIfThere(join(folder, 'info/alternates'))?.toString() ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
	for (const other of others) {
		const found = readGitObject(resolve(folder, other), id, depth, seen);
		if (found !== undefined) return found;
	}
	return undefined;
}

function readPacked(folder: string, id: string, depth: number): GitObject | undefined {
	const packs = join(folder, 'pack');
	if (!existsSync(packs)) return undefined;
	for (const name of readdirSync(packs).filter((one) => one.endsWith('.idx'))) {
		const at = withFile(join(packs, name), (read) => findInIndex(read, Buffer.from(id, 'hex')));
		const base = (of: string) => readGitObject(folder, of, depth + 1);
		if (at !== undefined) return withFile(join(packs, name.replace(/idx$/, 'pack')), (read) => readAt(read, at, { base, idBytes: id.length / 2, depth }));
	}
	return undefined;
}

type Read = (at: number, length: number) => Buffer;

/** Offset in the pack. */
function findInIndex(read: Read, id: Buffer): number | undefined {
	const head = read(0, 8 + 1024);
	if (head.readUInt32BE(0) !== 0xff744f63 || head.readUInt32BE(4) !== 2) return undefined;
	const fanout = (byte: number): number => (byte < 0 ? 0 : head.readUInt32BE(8 + byte * 4));
	const [first, last, count] = [fanout((id[0] ?? 0) - 1), fanout(id[0] ?? 0), fanout(255)];
	const names = read(head.length + first * id.length, (last - first) * id.length);
	const at = Array.from({ length: last - first }, (_, one) => one).find((one) => id.equals(names.subarray(one * id.length, (one + 1) * id.length)));
	if (at === undefined) return undefined;
	const offsets = head.length + count * (id.length + 4);
	const offset = read(offsets + (first + at) * 4, 4).readUInt32BE(0);
	return offset < 2 ** 31 ? offset : Number(read(offsets + count * 4 + (offset - 2 ** 31) * 8, 8).readBigUInt64BE(0));
}

interface Pack {
	readonly base: (id: string) => GitObject | undefined;
	readonly idBytes: number;
	readonly depth: number;
}

function readAt(read: Read, at: number, pack: Pack): GitObject | undefined {
	const head = read(at, HEAD);
	const kind = ((head[0] ?? 0) >> 4) & 7;
	const { size, end } = readSize(head, 0, 4);
	if (size > LIMIT || pack.depth > DEPTH_LIMIT) return undefined;
	// Deflate grows what it can't pack by a few bytes only.
	const data = (from: number): Buffer => inflate(read(at + from, size + (size >> 3) + HEAD));
	if (kind === OFFSET_DELTA) {
		const back = readBack(head, end);
		const base = readAt(read, at - back.distance, { ...pack, depth: pack.depth + 1 });
		return base && { type: base.type, data: applyDelta(base.data, data(back.end)) };
	}
	if (kind === REF_DELTA) {
		const base = pack.base(head.toString('hex', end, end + pack.idBytes));
		return base && { type: base.type, data: applyDelta(base.data, data(end + pack.idBytes)) };
	}
	const type = TYPES[kind];
	return type === undefined ? undefined : { type, data: data(end) };
}

/** What follows the object is not read as a part of it. */
function inflate(packed: Buffer): Buffer {
	return inflateSync(packed, { maxOutputLength: LIMIT, finishFlush: constants.Z_SYNC_FLUSH });
}

function readBack(head: Buffer, from: number): { readonly distance: number; readonly end: number } {
	let at = from;
	let distance = (head[at] ?? 0) & 0x7f;
	while ((head[at++] ?? 0) & 0x80) distance = (distance + 1) * 128 + ((head[at] ?? 0) & 0x7f);
	return { distance, end: at };
}

function withFile<T>(path: string, work: (read: Read) => T): T {
	const file = openRegular(path);
	if (file === undefined) throw new Error(`${path} cannot be read`);
	try {
		return work((at, length) => {
			if (length > READ_LIMIT) throw new Error(`${path} is damaged`);
			const buffer = Buffer.alloc(length);
			return buffer.subarray(0, readSync(file, buffer, 0, length, at));
		});
	} finally {
		closeSync(file);
	}
}

function readIfThere(path: string): Buffer | undefined {
	const file = openRegular(path);
	if (file === undefined) return undefined;
	try {
		return readFileSync(file);
	} finally {
		closeSync(file);
	}
}
