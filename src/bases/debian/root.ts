/** The packages of a base as a folder on this machine: its programs can be run by steps, through the base's own loader. */
import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, linkSync, mkdirSync, openSync, readSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { errno } from '../../errors.js';
import type { Entry, FileEntry } from '../../layers/entry.js';
import type { LockedDebian } from '../lock.js';
import type { DebianContext, DebianRequest } from './context.js';
import { debianLayers } from './layers.js';

const RECIPE = 2;

/** Immutable, kept in the store. @param architecture OCI name of the host @throws TareError BASE_* | LOCK_INVALID | OFFLINE */
export async function debianRoot(request: DebianRequest, locked: LockedDebian, architecture: string, context: DebianContext): Promise<string> {
	const { layers } = debianLayers({ ...request, slim: false }, locked, architecture, context);
	const key = createHash('sha256')
		.update(JSON.stringify([RECIPE, layers.map((layer) => layer.key)]))
		.digest('hex');
	return context.store.tree('debian-root', key, async (dir) => {
		for (const layer of layers) writeEntries(dir, await collected(await layer.entries()));
	});
}

async function collected(entries: AsyncIterable<Entry> | Iterable<Entry>): Promise<Entry[]> {
	const all: Entry[] = [];
	for await (const entry of entries) all.push(entry);
	return all;
}

function writeEntries(dir: string, entries: Entry[]): void {
	// A hard link needs its target first.
	const order = (entry: Entry): number => (entry.type === 'hardlink' ? 1 : 0);
	for (const entry of entries.sort((a, b) => order(a) - order(b))) {
		const at = join(dir, entry.path);
		mkdirSync(entry.type === 'directory' ? at : dirname(at), { recursive: true });
		if (entry.type === 'file') writeContent(at, entry);
		else if (entry.type === 'symlink') symlinkSync(inside(dir, at, entry.target), at);
		else if (entry.type === 'hardlink') linkOrCopy(join(dir, entry.target), at);
	}
}

/** An absolute link means a place in the image, not on this machine. */
function inside(dir: string, at: string, target: string): string {
	return isAbsolute(target) ? relative(dirname(at), join(dir, target)) : target;
}

function writeContent(at: string, { content, size, mode }: FileEntry): void {
	if (content.kind === 'bytes') writeFileSync(at, content.bytes, { mode });
	else if (content.offset === undefined) copyFileSync(content.path, at);
	else writeFileSync(at, slice(content.path, content.offset, size), { mode });
}

function slice(path: string, offset: number, size: number): Buffer {
	const fd = openSync(path, 'r');
	try {
		const buffer = Buffer.alloc(size);
		readSync(fd, buffer, 0, size, offset);
		return buffer;
	} finally {
		closeSync(fd);
	}
}

/** Some network file systems know no hard links. */
function linkOrCopy(from: string, to: string): void {
	try {
		linkSync(from, to);
	} catch (cause) {
		if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV', 'ENOSYS'].includes(errno(cause) ?? '')) throw cause;
		copyFileSync(from, to);
	}
}
