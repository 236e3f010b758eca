/** Entries in the one order and shape that a layer has: sorted, every parent folder present, nothing twice. */
import { TareError } from '../errors.js';
import type { DirectoryEntry, Entry, ImagePath } from './entry.js';

/** Sorted by path, byte order; hard links last, because a reader needs their target first. @throws TareError UNSAFE_PATH */
export async function normaliseEntries(entries: Iterable<Entry> | AsyncIterable<Entry>): Promise<readonly Entry[]> {
	const byPath = new Map<string, Entry>();
	for await (const entry of entries) {
		const other = byPath.get(entry.path);
		if (other !== undefined && !(other.type === 'directory' && entry.type === 'directory'))
			throw new TareError('UNSAFE_PATH', `two files want the place /${entry.path} in one layer`);
		byPath.set(entry.path, entry);
	}
	for (const path of [...byPath.keys()]) addParents(path, byPath);
	const key = new Map([...byPath.keys()].map((path) => [path, Buffer.from(path)]));
	const rank = (entry: Entry): number => (entry.type === 'hardlink' ? 1 : 0);
	return [...byPath.values()].sort((a, b) => rank(a) - rank(b) || Buffer.compare(key.get(a.path) as Buffer, key.get(b.path) as Buffer));
}

function addParents(path: string, byPath: Map<string, Entry>): void {
	for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
		const parent = path.slice(0, at);
		const there = byPath.get(parent);
		if (there !== undefined && there.type !== 'directory') throw new TareError('UNSAFE_PATH', `/${path} lies below /${parent}, which is no folder`);
		if (there !== undefined) return;
		const made: DirectoryEntry = { type: 'directory', path: parent as ImagePath, mode: 0o755 };
		byPath.set(parent, made);
	}
}

/** Top-level names that are links into /usr on a merged base: a real entry there would hide the base's files. */
const MERGED = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']);

/** @throws TareError UNSAFE_PATH for an entry that would shadow the base */
export function refuseShadowing(entries: Iterable<Entry>): void {
	for (const { path } of entries) {
		const top = path.split('/', 1)[0] ?? '';
		if (MERGED.has(top)) {
			throw new TareError('UNSAFE_PATH', `/${path} would hide the base's /${top}, which is a link to /usr/${top}`, {
				hint: `Put the file under /usr/${top} or /app.`,
			});
		}
	}
}
