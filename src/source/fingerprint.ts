/** The digest of the source: contents, names and modes, with a stat cache so that an unchanged file is not read again. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createFileHasher, type FileHasher } from '../layers/hash-file.js';
import type { Digest } from '../oci/digest.js';
import type { Store, StoredBlob } from '../store/contract.js';
import type { FileIndex, SourceFile } from './file-index.js';
import { readStatHashes, readStatRows, type StatRow, writeStatRows } from './stat-rows.js';

export interface Fingerprint {
	/** Hex sha256 over path, type, x-bit and content of every file, in path order. */
	readonly digest: string;
	/** Hex sha256 of a file's content. */
	hashOf(path: string): string | undefined;
}

interface StatCache {
	/** When the walk began, ms: a file touched at or after this moment may change again without its times showing it. */
	readonly at: number;
	/** Blob of the rows: text, because a large project's would be a large value. */
	readonly rows: Digest;
	/** What the files' times say of all of them, and the fingerprint; absent where a time was too near to the walk. */
	readonly whole?: { readonly stats: string; readonly digest: string };
}

/** Timestamps of file systems are coarser than the clock: git's racy-clean rule with a margin. */
const RACY_MARGIN_MS = 50;
const BATCH = 512;
const HASH_SIZE = 32;

/** @param at when the walk of `index` began, in ms since the epoch */
export async function fingerprint(index: FileIndex, store: Store, at: number): Promise<Fingerprint> {
	const cache = await store.record<StatCache>('stat-rows', index.root);
	const blob = cache === undefined ? undefined : await store.blob(cache.rows);
	const stats = statsOf(index.files);
	if (cache?.whole?.stats === stats && blob !== undefined) return remembered(cache.whole.digest, blob, index);
	const known = readStatRows(blob);
	const hashFile = createFileHasher();
	const hashes = Buffer.alloc(index.files.length * HASH_SIZE);
	let changed = cache === undefined;
	let read = 0;
	for (const [position, file] of index.files.entries()) {
		const row = await known.find(file.path);
		const remembered = cache !== undefined && row !== undefined && isCurrent(file, row, cache.at) ? row.sha256 : undefined;
		changed ||= remembered === undefined && file.type === 'file';
		if (remembered === undefined && ++read % BATCH === 0) await setImmediate();
		hashes.write(remembered ?? hashOfFile(index.root, file, hashFile), position * HASH_SIZE, 'hex');
	}
	const hashAt = (position: number): string => hashIn(hashes, position);
	const digest = combine(index.files, hashAt);
	const whole = index.files.every((file) => isSettled(file, at)) ? { stats, digest } : undefined;
	const rows = changed || (await known.hasMore()) ? (await writeStatRows(index.files, hashAt, store)).digest : cache?.rows;
	if (rows !== undefined && (rows !== cache?.rows || whole !== undefined))
		await store.setRecord('stat-rows', index.root, { at, rows, ...(whole !== undefined && { whole }) } satisfies StatCache);
	return { digest, hashOf: hashBy(index, hashAt) };
}

/** All files are as they were: their hashes are read only where somebody asks for one. */
function remembered(digest: string, rows: StoredBlob, index: FileIndex): Fingerprint {
	const hashFile = createFileHasher();
	let hashes: Buffer | 'damaged' | undefined;
	const hashAt = (position: number): string => {
		hashes ??= readStatHashes(rows, index.files.length, HASH_SIZE) ?? 'damaged';
		return hashes === 'damaged' ? hashOfFile(index.root, index.files[position] as SourceFile, hashFile) : hashIn(hashes, position);
	};
	return { digest, hashOf: hashBy(index, hashAt) };
}

function hashIn(hashes: Buffer, position: number): string {
	return hashes.toString('hex', position * HASH_SIZE, (position + 1) * HASH_SIZE);
}

function hashBy(index: FileIndex, hashAt: (position: number) => string): Fingerprint['hashOf'] {
	return (path) => {
		const position = index.position(path);
		return position === undefined ? undefined : hashAt(position);
	};
}

/** Every change of a file that was settled when it was read shows in these. */
function statsOf(files: readonly SourceFile[]): string {
	const hash = createHash('sha256');
	for (const { path, type, executable, size, mtimeMs, ctimeMs, ino, target = '' } of files)
		hash.update(`${path}\0${type}\0${executable} ${size} ${mtimeMs} ${ctimeMs} ${ino} ${target}\n`);
	return hash.digest('hex');
}

function isSettled({ mtimeMs, ctimeMs }: Pick<SourceFile, 'mtimeMs' | 'ctimeMs'>, at: number): boolean {
	return Math.max(mtimeMs, ctimeMs) < at - RACY_MARGIN_MS;
}

function isCurrent(file: SourceFile, row: StatRow, cachedAt: number): boolean {
	const same = file.type === 'file' && row.size === file.size && row.mtimeMs === file.mtimeMs && row.ctimeMs === file.ctimeMs && row.ino === file.ino;
	return same && isSettled(row, cachedAt);
}

function hashOfFile(root: string, file: SourceFile, hashFile: FileHasher): string {
	if (file.type === 'symlink') return createHash('sha256').update(`link:${file.target}`).digest('hex');
	return hashFile(join(root, file.path), 0, file.size);
}

function combine(files: readonly SourceFile[], hashAt: (position: number) => string): string {
	const hash = createHash('sha256');
	for (const [position, file] of files.entries()) hash.update(`${file.path}\0${file.type}\0${file.executable ? 'x' : '-'}\0${hashAt(position)}\n`);
	return hash.digest('hex');
}
