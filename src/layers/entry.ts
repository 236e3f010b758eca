/** What a layer is made of, before it is a tar: entries with a normalised place in the image. */
import { TareError } from '../errors.js';

/** Posix path from the image root: no leading or trailing slash, no `.` or `..`; the root itself is never an entry. Made only by `imagePath`. */
export type ImagePath = string & { readonly __imagePath: never };

/** Bytes of a file: `size` bytes of a file on disk from `offset` (default 0), or bytes at hand. */
export type Content = { readonly kind: 'disk'; readonly path: string; readonly offset?: number } | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

interface EntryBase {
	readonly path: ImagePath;
	/** Permission bits only, e.g. 0o644. */
	readonly mode: number;
	/** Default 0. */
	readonly uid?: number;
	/** Default 0. */
	readonly gid?: number;
	/** Seconds since the epoch; default: the layer's own time. */
	readonly mtime?: number;
}

export interface FileEntry extends EntryBase {
	readonly type: 'file';
	/** Bytes. */
	readonly size: number;
	readonly content: Content;
	/** Hex sha256 of the content where it is already known; saves a read for the content key. */
	readonly sha256?: string;
	/** Extended attributes by name, `security.capability`; what unpacks the layer sets them as far as it may. */
	readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

export interface SymlinkEntry extends EntryBase {
	readonly type: 'symlink';
	/** As written in the link. */
	readonly target: string;
}

/** Only for files of Debian packages, whose links are the same on every machine; `target` must be in the same layer. */
export interface HardlinkEntry extends EntryBase {
	readonly type: 'hardlink';
	readonly target: ImagePath;
}

export interface DirectoryEntry extends EntryBase {
	readonly type: 'directory';
}

export type Entry = FileEntry | SymlinkEntry | HardlinkEntry | DirectoryEntry;

/**
 * Normalises a path to its place in the image.
 * @throws TareError UNSAFE_PATH for `..`, NUL, or an empty path
 */
export function imagePath(path: string): ImagePath {
	const parts = path.split('/').filter((part) => part !== '' && part !== '.');
	if (parts.length === 0 || parts.includes('..') || path.includes('\0')) {
		throw new TareError('UNSAFE_PATH', `"${path}" is not a path inside the image`);
	}
	return parts.join('/') as ImagePath;
}

/** Byte order, as `LC_ALL=C sort`: the same in every locale. */
export function comparePaths(a: string, b: string): number {
	return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A comparison by bytes for many paths. Strings compare by UTF-16 units, which is the same, and cheap, unless a name has surrogates. */
export function pathOrder(paths: Iterable<string>): (a: string, b: string) => number {
	for (const path of paths) if (/[\ud800-\udfff]/.test(path)) return comparePaths;
	return (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}
