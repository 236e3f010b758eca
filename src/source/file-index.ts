/** One walk of the source folder: what detectors ask and what the fingerprint is made of. */
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { errno, TareError } from '../errors.js';
import { pathOrder } from '../layers/entry.js';
import { readProjectFile } from '../project-file.js';
import { createFileTable } from './file-table.js';
import type { IgnoreRules } from './ignore.js';

export interface SourceFile {
	/** Relative to the root, with forward slashes. */
	readonly path: string;
	readonly type: 'file' | 'symlink';
	/** Bytes. */
	readonly size: number;
	readonly executable: boolean;
	readonly mtimeMs: number;
	readonly ctimeMs: number;
	readonly ino: number;
	/** Of a symlink, as written. */
	readonly target?: string;
}

export interface FileIndex {
	/** Absolute. */
	readonly root: string;
	/** Sorted by path, byte order. */
	readonly files: readonly SourceFile[];
	/** Sockets, pipes and devices that were passed over. */
	readonly skipped: readonly string[];
	has(path: string): boolean;
	get(path: string): SourceFile | undefined;
	/** Place in `files`, or undefined. */
	position(path: string): number | undefined;
	/** The first of `paths` that is a file. */
	first(...paths: readonly string[]): string | undefined;
	/** Text of a file, or undefined when there is none. @throws TareError MANIFEST_INVALID when larger than `limit` bytes */
	text(path: string, limit?: number): string | undefined;
}

/** The file under another name. Files are views without fields of their own, so that spreading one would lose all but the path. */
export function renamed(file: SourceFile, path: string): SourceFile {
	const { type, size, executable, mtimeMs, ctimeMs, ino, target } = file;
	return { path, type, size, executable, mtimeMs, ctimeMs, ino, ...(target !== undefined && { target }) };
}

const TEXT_LIMIT = 32 * 1024 * 1024;

/** @throws TareError SOURCE_NOT_FOUND */
export function readFileIndex(root: string, rules: IgnoreRules): FileIndex {
	const files: SourceFile[] = [];
	const skipped: string[] = [];
	const table = createFileTable();
	walk(root, '', rules, (file) => files.push(table.add(file)), skipped);
	const order = pathOrder(pathsOf(files));
	files.sort((a, b) => order(a.path, b.path));
	return createFileIndex(root, files, skipped, order);
}

function* pathsOf(files: readonly SourceFile[]): Generator<string> {
	for (const { path } of files) yield path;
}

function walk(root: string, folder: string, rules: IgnoreRules, onFile: (file: SourceFile) => void, skipped: string[]): void {
	const entries = list(join(root, folder), folder);
	// What a tool calls its cache is no source: https://bford.info/cachedir/
	if (folder !== '' && entries.some(({ name }) => name === 'CACHEDIR.TAG')) return;
	const made = outputFolders(entries.map(({ name }) => name));
	for (const entry of entries) {
		if (made.has(entry.name) && entry.isDirectory()) continue;
		const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
		if (entry.isDirectory()) {
			if (!rules.prunes(path)) walk(root, path, rules, onFile, skipped);
		} else if (!rules.ignores(path)) {
			const file = describe(root, path);
			if (file === undefined) skipped.push(path);
			else onFile(file);
		}
	}
}

/** Where Maven and Gradle put what they make: known by the file beside it, for the names alone say nothing. */
function outputFolders(names: readonly string[]): ReadonlySet<string> {
	const gradle = names.some((name) => /^(?:build|settings)\.gradle(?:\.kts)?$/.test(name));
	return new Set([...(names.includes('pom.xml') ? ['target'] : []), ...(gradle ? ['build', '.gradle'] : [])]);
}

function list(path: string, folder: string) {
	try {
		return readdirSync(path, { withFileTypes: true });
	} catch (cause) {
		const what = errno(cause) === 'ENOENT' ? 'does not exist' : errno(cause) === 'ENOTDIR' ? 'is not a folder' : 'cannot be read';
		throw new TareError('SOURCE_NOT_FOUND', `the source folder ${folder === '' ? path : `${folder}`} ${what}`, {
			hint: 'Name an existing folder: tare build DIR.',
			cause,
		});
	}
}

function describe(root: string, path: string): SourceFile | undefined {
	// `join` takes longer than the system does.
	const full = `${root}/${path}`;
	const stat = lstatSync(full, { throwIfNoEntry: false });
	if (stat === undefined) throw unnamed(path);
	if (stat.isSymbolicLink()) return { ...common(path, stat), type: 'symlink', executable: false, target: readlinkSync(full) };
	return stat.isFile() ? { ...common(path, stat), type: 'file', executable: (stat.mode & 0o111) !== 0 } : undefined;
}

/** Node gives names as text: one that is not UTF-8 cannot be asked for again, and no layer could hold it. */
function unnamed(path: string): TareError {
	return new TareError('UNSAFE_PATH', `the name of the file "${path}" is not UTF-8, or the file went away while the folder was read`, {
		hint: 'Rename it, or leave it out by a line in .dockerignore.',
		at: { file: path },
	});
}

function common(path: string, stat: Stats) {
	return { path, size: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, ino: stat.ino };
}

function createFileIndex(root: string, files: readonly SourceFile[], skipped: readonly string[], order: (a: string, b: string) => number): FileIndex {
	const position = (path: string): number | undefined => search(files, path, order);
	const has = (path: string): boolean => position(path) !== undefined;
	return {
		root,
		files,
		skipped,
		has,
		get: (path) => files[position(path) ?? -1],
		position,
		first: (...paths) => paths.find(has),
		text: (path, limit = TEXT_LIMIT) => (has(path) ? readProjectFile(root, path, { limit }) : undefined),
	};
}

/** Place of a path in the sorted files. */
function search(files: readonly SourceFile[], path: string, order: (a: string, b: string) => number): number | undefined {
	let [low, high] = [0, files.length - 1];
	while (low <= high) {
		const middle = (low + high) >> 1;
		const compared = order((files[middle] as SourceFile).path, path);
		if (compared === 0) return middle;
		if (compared < 0) low = middle + 1;
		else high = middle - 1;
	}
	return undefined;
}
