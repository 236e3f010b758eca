/** The digest of the source: contents, names and modes, with a stat cache so that an unchanged file is not read again. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../store/contract.js';
import type { FileIndex, SourceFile } from './file-index.js';

/** By path: hex sha256 of each file's content. */
export type ContentHashes = ReadonlyMap<string, string>;

export interface Fingerprint {
	/** Hex sha256 over path, type, x-bit and content of every file, in path order. */
	readonly digest: string;
	readonly hashes: ContentHashes;
}

/** One remembered file: size, mtime, ctime (ms), inode, content hash. */
type StatRow = readonly [size: number, mtimeMs: number, ctimeMs: number, ino: number, sha256: string];

interface StatCache {
	/** When the walk began, ms: a file touched at or after this moment may change again without its times showing it. */
	readonly at: number;
	readonly rows: Readonly<Record<string, StatRow>>;
}

/** Timestamps of file systems are coarser than the clock: git's racy-clean rule with a margin. */
const RACY_MARGIN_MS = 50;
const BATCH = 512;
const READ_SIZE = 1 << 20;

/** @param at when the walk of `index` began, in ms since the epoch */
export async function fingerprint(index: FileIndex, store: Store, at: number): Promise<Fingerprint> {
	const cache = await store.record<StatCache>('stat', index.root);
	const hashes = new Map<string, string>();
	const rows: Record<string, StatRow> = {};
	let changed = cache === undefined;
	let read = 0;
	for (const file of index.files) {
		const known = remembered(file, cache);
		changed ||= known === undefined && file.type === 'file';
		if (known === undefined && file.type === 'file' && ++read % BATCH === 0) await setImmediate();
		const sha256 = known ?? hashOf(index.root, file);
		hashes.set(file.path, sha256);
		rows[file.path] = [file.size, file.mtimeMs, file.ctimeMs, file.ino, sha256];
	}
	if (changed) await store.setRecord('stat', index.root, { at, rows } satisfies StatCache);
	return { digest: combine(index.files, hashes), hashes };
}

function remembered(file: SourceFile, cache: StatCache | undefined): string | undefined {
	const row = cache?.rows[file.path];
	if (cache === undefined || row === undefined || file.type !== 'file') return undefined;
	const [size, mtimeMs, ctimeMs, ino, sha256] = row;
	const same = size === file.size && mtimeMs === file.mtimeMs && ctimeMs === file.ctimeMs && ino === file.ino;
	return same && Math.max(mtimeMs, ctimeMs) < cache.at - RACY_MARGIN_MS ? sha256 : undefined;
}

function hashOf(root: string, file: SourceFile): string {
	if (file.type === 'symlink') return createHash('sha256').update(`link:${file.target}`).digest('hex');
	return hashFile(join(root, file.path));
}

/** Hex sha256 of a file's content, read in 1 MiB pieces. */
export function hashFile(path: string): string {
	const hash = createHash('sha256');
	const fd = openSync(path, 'r');
	try {
		const buffer = Buffer.allocUnsafe(READ_SIZE);
		for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) hash.update(buffer.subarray(0, length));
	} finally {
		closeSync(fd);
	}
	return hash.digest('hex');
}

function combine(files: readonly SourceFile[], hashes: ContentHashes): string {
	const hash = createHash('sha256');
	for (const file of files) hash.update(`${file.path}\0${file.type}\0${file.executable ? 'x' : '-'}\0${hashes.get(file.path)}\n`);
	return hash.digest('hex');
}
