/** A folder on disk as entries of a layer. */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type Entry, imagePath } from './entry.js';

export interface DirectoryOptions {
	/** Absolute folder. */
	readonly from: string;
	/** Place in the image, e.g. `app`. */
	readonly into: string;
	/** Paths relative to `from`, with forward slashes; a folder that is skipped is not entered. */
	readonly skip?: (path: string, isFolder: boolean) => boolean;
	/** Known content hashes by relative path. */
	readonly hash?: (path: string) => string | undefined;
}

/** Files, links and empty folders; parents of files are the tar writer's work. Modes keep the x-bit only; devices and sockets are passed over. */
export function directoryEntries(options: DirectoryOptions): Entry[] {
	const out: Entry[] = [];
	visit('', options, out);
	return out;
}

function visit(folder: string, options: DirectoryOptions, out: Entry[]): void {
	const children = readdirSync(join(options.from, folder), { withFileTypes: true });
	if (children.length === 0 && folder !== '') out.push({ type: 'directory', path: imagePath(`${options.into}/${folder}`), mode: 0o755 });
	for (const child of children) {
		const path = folder === '' ? child.name : `${folder}/${child.name}`;
		if (options.skip?.(path, child.isDirectory()) === true) continue;
		if (child.isDirectory()) visit(path, options, out);
		else if (child.isSymbolicLink()) out.push(symlink(path, options));
		else if (child.isFile()) out.push(file(path, options));
	}
}

function symlink(path: string, { from, into }: DirectoryOptions): Entry {
	return { type: 'symlink', path: imagePath(`${into}/${path}`), mode: 0o777, target: portableTarget(from, join(from, path)) };
}

/** An absolute link into the folder would name a place of this machine: it becomes relative. */
function portableTarget(from: string, link: string): string {
	const target = readlinkSync(link);
	const absolute = resolve(dirname(link), target);
	const inside = absolute === from || absolute.startsWith(from + sep);
	return isAbsolute(target) && inside ? relative(dirname(link), absolute) : target;
}

function file(path: string, { from, into, hash }: DirectoryOptions): Entry {
	const full = join(from, path);
	const stat = lstatSync(full);
	const sha256 = hash?.(path);
	return {
		type: 'file',
		path: imagePath(`${into}/${path}`),
		mode: stat.mode & 0o111 ? 0o755 : 0o644,
		size: stat.size,
		content: { kind: 'disk', path: full },
		...(sha256 !== undefined && { sha256 }),
	};
}
