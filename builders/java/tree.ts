/** Files of an application by name, whether they lie in a jar or in a folder. */
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryEntries } from '../../src/layers/directory.js';
import type { Content } from '../../src/layers/entry.js';
import { openZip, type ZipMember } from './zip.js';

export interface Tree {
	/** For messages. */
	readonly file: string;
	/** Files only, with forward slashes. */
	readonly names: readonly string[];
	has(name: string): boolean;
	/** @throws TareError MANIFEST_INVALID */
	read(name: string): Buffer;
	content(name: string): Placed;
}

export interface Placed {
	/** Bytes. */
	readonly size: number;
	readonly content: Content;
}

/** @param file its name for messages @throws TareError MANIFEST_INVALID */
export function jarTree(path: string, file: string): Tree {
	const zip = openZip(path, file);
	const names = zip.members.filter(({ name }) => !name.endsWith('/')).map(({ name }) => name);
	const member = (name: string): ZipMember => zip.get(name) as ZipMember;
	return {
		file,
		names: [...new Set(names)],
		has: (name) => zip.get(name) !== undefined,
		read: (name) => zip.read(member(name)),
		content: (name) => {
			const offset = zip.place(member(name));
			if (offset !== undefined) return { size: member(name).size, content: { kind: 'disk', path, offset } };
			const bytes = zip.read(member(name));
			return { size: bytes.length, content: { kind: 'bytes', bytes } };
		},
	};
}

/** @param names below `root` */
export function folderTree(root: string, names: readonly string[], file: string): Tree {
	const known = new Set(names);
	return {
		file,
		names,
		has: (name) => known.has(name),
		read: (name) => readFileSync(join(root, name)),
		content: (name) => placedFile(join(root, name)),
	};
}

/** Names below `dir`; none where it is not there. */
export function filesBelow(dir: string): readonly string[] {
	if (!existsSync(dir)) return [];
	return directoryEntries({ from: dir, into: 'c' }).flatMap((entry) => (entry.type === 'file' ? [entry.path.slice(2)] : []));
}

export function placedFile(path: string): Placed {
	return { size: lstatSync(path).size, content: { kind: 'disk', path } };
}

export function placedBytes(bytes: Buffer): Placed {
	return { size: bytes.length, content: { kind: 'bytes', bytes } };
}

export function readText(tree: Tree, name: string): string | undefined {
	return tree.has(name) ? tree.read(name).toString('utf8') : undefined;
}
