/**
 * A copy of the source that outlives the build: the next one copies only what has changed. Making hundreds of files takes longer than
 * compiling them where as many were just deleted (ext4 does not use an inode again at once).
 */
import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { ancestors } from '../source/ancestors.js';
import type { FileIndex, SourceFile } from '../source/file-index.js';
import type { Store } from '../store/contract.js';
import { copySource } from './workspace.js';

const KIND = 'source';

/** What a file was a copy of, and what the system then said of it: what was changed since is not that copy any more. */
type Row = readonly [content: string, executable: boolean, size: number, mtimeMs: number, ctimeMs: number, ino: number];

export interface KeptSource {
	/** For the next build of the same project. */
	giveBack(): Promise<void>;
}

export interface KeptSourceOptions {
	readonly source: FileIndex;
	/** Hex sha256 of a source file. */
	readonly hashOf: (path: string) => string | undefined;
	readonly store: Store;
	/** Does not exist yet. */
	readonly dir: string;
}

/** Makes `dir` the copy of all files that `copySource` would make. */
export async function openKeptSource({ source, hashOf, store, dir }: KeptSourceOptions): Promise<KeptSource> {
	const key = source.root;
	if (!(await store.takeTree(KIND, key, dir))) mkdirSync(dir);
	const before = (await store.record<Readonly<Record<string, Row>>>(KIND, key)) ?? {};
	const kept = new Set(removeOthers(dir, source, (file, stat) => isCopy(before[file.path], file, hashOf(file.path), stat)));
	const missing = source.files.filter(({ path }) => !kept.has(path));
	await copySource(source, missing, dir);
	if (missing.length > 0 || Object.keys(before).length !== source.files.length) await store.setRecord(KIND, key, rowsOf(source, hashOf, dir));
	return { giveBack: () => store.giveTree(KIND, key, dir) };
}

function isCopy(row: Row | undefined, file: SourceFile, content: string | undefined, stat: Stats): boolean {
	if (row === undefined || content === undefined) return false;
	const now = rowOf(file, content, stat);
	return row.every((value, at) => value === now[at]);
}

/** @returns paths of what could stay */
function removeOthers(dir: string, source: FileIndex, isKept: (file: SourceFile, stat: Stats) => boolean): readonly string[] {
	const folders = new Set(source.files.flatMap(({ path }) => ancestors(path)));
	const stays: string[] = [];
	const walk = (folder: string): void => {
		for (const entry of readdirSync(join(dir, folder), { withFileTypes: true })) {
			const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
			const full = join(dir, path);
			const file = source.get(path);
			if (entry.isDirectory() && folders.has(path)) walk(path);
			else if (entry.isFile() && file?.type === 'file' && isKept(file, lstatSync(full))) stays.push(path);
			else if (entry.isSymbolicLink() && file?.type === 'symlink' && readlinkSync(full) === file.target) stays.push(path);
			else rmSync(full, { recursive: true });
		}
	};
	walk('');
	return stays;
}

function rowsOf({ files }: FileIndex, hashOf: (path: string) => string | undefined, dir: string): Readonly<Record<string, Row>> {
	return Object.fromEntries(files.map((file) => [file.path, rowOf(file, hashOf(file.path) ?? '', lstatSync(join(dir, file.path)))]));
}

function rowOf({ executable }: SourceFile, content: string, { size, mtimeMs, ctimeMs, ino }: Stats): Row {
	return [content, executable, size, mtimeMs, ctimeMs, ino];
}
