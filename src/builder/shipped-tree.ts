/** The files that layers put into an image, as a tree that can be asked what is where; links are followed. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Entry, FileEntry } from '../layers/entry.js';

export interface ShippedTree {
	/** Of what a path in the image (without a leading slash) leads to. */
	kind(path: string): 'file' | 'directory' | undefined;
	/** Text of a file, undefined where there is none. */
	text(path: string): string | undefined;
	/** Paths of all files, in the order of the layers. */
	readonly files: readonly string[];
}

/** As in Linux: more links than this are a circle. */
const MOST_LINKS = 40;

export function shippedTree(entries: Iterable<Entry>): ShippedTree {
	const byPath = new Map<string, Entry>();
	const folders = new Set<string>(['']);
	for (const entry of entries) {
		byPath.set(entry.path, entry);
		const parts = entry.path.split('/');
		for (let length = parts.length - 1; length > 0; length--) folders.add(parts.slice(0, length).join('/'));
		if (entry.type === 'directory') folders.add(entry.path);
	}
	const find = (path: string): Entry | 'directory' | undefined => follow(normal(path.split('/')), byPath, folders);
	return {
		kind: (path) => {
			const found = find(path);
			return found === undefined ? undefined : found === 'directory' || found.type === 'directory' ? 'directory' : 'file';
		},
		text: (path) => {
			const found = find(path);
			return found !== undefined && found !== 'directory' && found.type === 'file' ? textOf(found) : undefined;
		},
		files: [...byPath.values()].filter(({ type }) => type === 'file').map(({ path }) => path),
	};
}

function follow(path: readonly string[], byPath: ReadonlyMap<string, Entry>, folders: ReadonlySet<string>): Entry | 'directory' | undefined {
	let parts = path;
	for (let links = 0; links < MOST_LINKS; links++) {
		const at = parts.findIndex((_, place) => byPath.get(parts.slice(0, place + 1).join('/'))?.type === 'symlink');
		if (at < 0) return byPath.get(parts.join('/')) ?? (folders.has(parts.join('/')) ? 'directory' : undefined);
		const link = byPath.get(parts.slice(0, at + 1).join('/'));
		const target = link?.type === 'symlink' ? link.target : '';
		parts = normal([...(target.startsWith('/') ? [] : parts.slice(0, at)), ...target.split('/'), ...parts.slice(at + 1)]);
	}
	return undefined;
}

function normal(parts: readonly string[]): readonly string[] {
	const out: string[] = [];
	for (const part of parts) {
		if (part === '..') out.pop();
		else if (part !== '' && part !== '.') out.push(part);
	}
	return out;
}

function textOf({ content, size }: FileEntry): string {
	if (content.kind === 'bytes') return Buffer.from(content.bytes).toString('utf8');
	if (content.offset === undefined) return readFileSync(content.path, 'utf8');
	const bytes = Buffer.alloc(size);
	const fd = openSync(content.path, 'r');
	try {
		return bytes.subarray(0, readSync(fd, bytes, 0, size, content.offset)).toString('utf8');
	} finally {
		closeSync(fd);
	}
}
