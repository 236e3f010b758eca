/** A layer's content key: what its bytes depend on, free of host paths and times, so that it holds on every machine. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Entry } from './entry.js';
import { createFileHasher, type FileHasher } from './hash-file.js';
import { normaliseEntries } from './normalise.js';

/** Grows when the same entries would be packed to other bytes. */
export const TAR_FORMAT = 1;

export interface KeyOptions {
	readonly level: number;
	/** Seconds since the epoch. */
	readonly mtime?: number;
}

export async function contentKey(entries: Iterable<Entry> | AsyncIterable<Entry>, { level, mtime = 0 }: KeyOptions): Promise<string> {
	const hashFile = createFileHasher();
	const hash = createHash('sha256').update(`tar ${TAR_FORMAT} gzip ${level} mtime ${mtime}\n`);
	for (const [at, entry] of (await normaliseEntries(entries)).entries()) {
		const { path, type, mode, uid = 0, gid = 0 } = entry;
		hash.update(`${JSON.stringify(path)} ${type} ${mode} ${uid} ${gid} ${entry.mtime ?? '-'} ${detail(entry, hashFile)}\n`);
		if (at % 256 === 255) await setImmediate();
	}
	return hash.digest('hex');
}

function detail(entry: Entry, hashFile: FileHasher): string {
	if (entry.type === 'directory') return '';
	if (entry.type !== 'file') return JSON.stringify(entry.target);
	if (entry.sha256 !== undefined) return entry.sha256;
	const { content, size } = entry;
	return content.kind === 'bytes' ? createHash('sha256').update(content.bytes).digest('hex') : hashFile(content.path, content.offset ?? 0, size);
}
