/** Entries in the one order and shape that a layer has: sorted, every parent folder present, nothing twice. */
import { TareError } from '../errors.js';
import { type DirectoryEntry, type Entry, type ImagePath, pathOrder } from './entry.js';

/** What `normaliseEntries` has made, so that key and tar of one layer sort once. */
const NORMALISED = Symbol('normalised');

/** Sorted by path, byte order; hard links last, because a reader needs their target first. @throws TareError UNSAFE_PATH */
export async function normaliseEntries(entries: Iterable<Entry> | AsyncIterable<Entry>): Promise<readonly Entry[]> {
	if (NORMALISED in entries) return entries as unknown as readonly Entry[];
	const all: Entry[] = [];
	for await (const entry of entries) all.push(entry);
	const order = pathOrder(pathsOf(all));
	const byPath = (a: Entry, b: Entry): number => order(a.path, b.path);
	const kept = withoutDoubles(all.sort(byPath));
	const sorted = [...kept, ...missingParents(kept)].sort(byPath);
	const last = sorted.filter(({ type }) => type === 'hardlink');
	const result = last.length === 0 ? sorted : [...sorted.filter(({ type }) => type !== 'hardlink'), ...last];
	return Object.assign(result, { [NORMALISED]: true });
}

function* pathsOf(entries: readonly Entry[]): Generator<string> {
	for (const { path } of entries) yield path;
}

/** @param sorted equal paths are neighbours */
function withoutDoubles(sorted: readonly Entry[]): readonly Entry[] {
	return sorted.filter((entry, at) => {
		const before = sorted[at - 1];
		if (before === undefined || before.path !== entry.path) return true;
		if (before.type !== 'directory' || entry.type !== 'directory') throw new TareError('UNSAFE_PATH', `two files want the place /${entry.path} in one layer`);
		return false;
	});
}

function missingParents(entries: readonly Entry[]): readonly DirectoryEntry[] {
	const folders = new Set<string>();
	for (const { path } of entries) addParents(path, folders);
	const others: string[] = [];
	for (const { path, type } of entries) {
		if (!folders.has(path)) continue;
		if (type !== 'directory') others.push(path);
		folders.delete(path);
	}
	const [wrong] = others;
	if (wrong !== undefined) throw new TareError('UNSAFE_PATH', `something lies below /${wrong}, which is no folder`);
	return [...folders].map((path) => ({ type: 'directory', path: path as ImagePath, mode: 0o755 }));
}

function addParents(path: string, folders: Set<string>): void {
	for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
		const parent = path.slice(0, at);
		if (folders.has(parent)) return;
		folders.add(parent);
	}
}

/** Top-level names that are links into /usr on a merged base: a real entry there would hide the base's files. */
const MERGED = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']);

/** @throws TareError UNSAFE_PATH for an entry that would shadow the base */
export function refuseShadowing(entries: Iterable<Entry>): void {
	for (const { path } of entries) {
		const top = path.slice(0, path.indexOf('/') < 0 ? undefined : path.indexOf('/'));
		if (MERGED.has(top))
			throw new TareError('UNSAFE_PATH', `/${path} would hide the base's /${top}, which is a link to /usr/${top}`, {
				hint: `Put the file under /usr/${top} or /app.`,
			});
	}
}
