/** A layer's content key: what its bytes depend on, free of host paths and times, so that it holds on every machine. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Content, Entry } from './entry.js';
import { normaliseEntries } from './normalise.js';

/** Grows when the same entries would be packed to other bytes. */
export const TAR_FORMAT = 1;

export interface KeyOptions {
	readonly level: number;
	/** Seconds since the epoch. */
	readonly mtime?: number;
}

export async function contentKey(entries: Iterable<Entry> | AsyncIterable<Entry>, { level, mtime = 0 }: KeyOptions): Promise<string> {
	const hash = createHash('sha256').update(`tar ${TAR_FORMAT} gzip ${level} mtime ${mtime}\n`);
	for (const [at, entry] of (await normaliseEntries(entries)).entries()) {
		const { path, type, mode, uid = 0, gid = 0 } = entry;
		hash.update(`${JSON.stringify(path)} ${type} ${mode} ${uid} ${gid} ${entry.mtime ?? '-'} ${detail(entry)}\n`);
		if (at % 256 === 255) await setImmediate();
	}
	return hash.digest('hex');
}

function detail(entry: Entry): string {
	if (entry.type === 'directory') return '';
	return entry.type === 'file' ? (entry.sha256 ?? hashContent(entry.content, entry.size)) : JSON.stringify(entry.target);
}

function hashContent(content: Content, size: number): string {
	const hash = createHash('sha256');
	if (content.kind === 'bytes') return hash.update(content.bytes).digest('hex');
	const fd = openSync(content.path, 'r');
	try {
		const buffer = Buffer.allocUnsafe(Math.min(size, 1 << 20) || 1);
		const start = content.offset ?? 0;
		for (let at = 0; at < size; ) {
			const length = readSync(fd, buffer, 0, Math.min(buffer.length, size - at), start + at);
			if (length === 0) break;
			hash.update(buffer.subarray(0, length));
			at += length;
		}
	} finally {
		closeSync(fd);
	}
	return hash.digest('hex');
}
