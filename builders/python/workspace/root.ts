/** Where the build of a project begins: its workspace, or the folder that holds it and the folders that it takes by path. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { enclosing, type NamedFolder } from '../../../src/builder/outside.js';
import { memberMatcher } from './members.js';
import { namedPaths } from './named.js';
import { readerOf } from './reader.js';

/** @returns undefined where the folder itself is the root @throws TareError LINK_UNUSABLE */
export function findRoot(dir: string): string | undefined {
	const own = resolve(dir);
	const root = enclosing(own, foldersFrom(own));
	return root === own ? undefined : root;
}

/** What the project needs, and what that needs in turn. */
function foldersFrom(own: string): readonly NamedFolder[] {
	const seen = new Set([own]);
	const named: NamedFolder[] = [];
	const queue = [own];
	for (const dir of queue) {
		const reader = readerOf(dir);
		const add = (folder: string, written: string, file: string): void => {
			named.push({ folder, written, file: join(dir, file), text: reader.text(file) ?? '' });
			if (seen.has(folder)) return;
			seen.add(folder);
			queue.push(folder);
		};
		for (const { path, written, file } of namedPaths(reader)) {
			const folder = folderOf(resolve(dir, path));
			// A lock has what development needs as well.
			if (existsSync(folder) || !/lock/.test(file)) add(folder, written, file);
		}
		const workspace = workspaceOf(dir);
		if (workspace !== undefined) add(workspace, relative(dir, workspace), 'pyproject.toml');
	}
	return named;
}

/** A wheel is a file. */
function folderOf(path: string): string {
	return existsSync(path) && statSync(path).isFile() ? dirname(path) : path;
}

/** The nearest folder above whose workspace has this one. */
export function workspaceOf(dir: string): string | undefined {
	for (let at = dirname(dir); ; at = dirname(at)) {
		const isMember = memberMatcher(readerOf(at).toml('pyproject.toml'));
		if (isMember !== undefined) return isMember(relative(at, dir).split(sep).join('/')) ? at : undefined;
		// A repository ends the search: what is above is another's.
		if (existsSync(join(at, '.git')) || existsSync(join(dir, '.git')) || dirname(at) === at) return undefined;
	}
}
