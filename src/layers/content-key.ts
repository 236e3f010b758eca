/** A layer's content key: what its bytes depend on, free of host paths and times, so that it holds on every machine. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Entry, FileEntry } from './entry.js';
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
	return `${contentOf(entry, hashFile)}${attributes(entry)}`;
}

function contentOf({ content, size, sha256 }: FileEntry, hashFile: FileHasher): string {
	if (sha256 !== undefined) return sha256;
	return content.kind === 'bytes' ? createHash('sha256').update(content.bytes).digest('hex') : hashFile(content.path, content.offset ?? 0, size);
}

/** Nothing where there are none: keys of layers without them are what they were. */
function attributes({ xattrs = {} }: FileEntry): string {
	const names = Object.keys(xattrs).sort();
	return names.map((name) => ` ${JSON.stringify(name)}=${Buffer.from(xattrs[name] ?? []).toString('hex')}`).join('');
}
