/** Folders outside the source that a manifest names: the smallest folder that holds them all is read, but never more than the repository. */

import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { TareError } from '../errors.js';
import { repositoryOf } from '../project-file.js';
import { boundedPattern, escapePattern } from '../source/pattern.js';

export interface NamedFolder {
	/** Absolute. */
	readonly folder: string;
	/** As the manifest has it. */
	readonly written: string;
	/** The manifest, absolute, and its text. */
	readonly file: string;
	readonly text: string;
}

/** Files of a home folder. Without a repository they end the search: a home is no project. */
const HOME_FILES = ['.profile', '.bashrc', '.zshrc', '.ssh', '.cache', 'NTUSER.DAT'];

/**
 * @param start the folder whose manifest is read first
 * @throws TareError LINK_UNUSABLE for a folder that does not exist, or that is outside the repository
 */
export function enclosing(start: string, named: readonly NamedFolder[]): string {
	const repository = repositoryOf(resolve(start));
	let root = resolve(start);
	for (const one of named) {
		if (within(root, one.folder)) continue;
		if (!existsSync(one.folder)) throw missing(start, one);
		while (!within(root, one.folder)) root = dirname(root);
		if (repository === undefined ? isShared(root) : !within(repository, root)) throw outside(start, one, repository !== undefined);
	}
	return root;
}

/** Whether a folder holds the things of many projects: the root of the file system, a folder in it, or a home. */
function isShared(folder: string): boolean {
	const depth = folder.split(sep).filter((part) => part !== '').length;
	return depth < 2 || HOME_FILES.some((name) => existsSync(join(folder, name)));
}

function missing(start: string, one: NamedFolder): TareError {
	return new TareError('LINK_UNUSABLE', `${fileOf(start, one)} needs ${one.written}, which does not exist`, {
		hint: `Check the path. If ${one.written} comes from another repository, check it out there before the build.`,
		at: placeOf(start, one),
	});
}

function outside(start: string, one: NamedFolder, inRepository: boolean): TareError {
	const { written } = one;
	const where = inRepository ? 'outside the source folder and its repository' : 'outside the source folder, and there is no repository (.git) that holds both';
	return new TareError('LINK_UNUSABLE', `${fileOf(start, one)} needs ${written}, which is ${where}`, {
		hint: inRepository
			? `Move ${written} into the repository (a git submodule will do), or depend on a published version.`
			: `Put both in one repository or in a folder of their own, or depend on a published version.`,
		at: placeOf(start, one),
	});
}

function placeOf(start: string, one: NamedFolder): { readonly file: string; readonly line?: number } {
	const line = lineOf(one);
	return { file: fileOf(start, one), ...(line > 0 && { line }) };
}

const fileOf = (start: string, { file }: NamedFolder): string => relative(start, file).split(sep).join('/');

/** The line that has the path as a whole: `../lib` is not found in `../library`. 0 where none has. */
function lineOf({ text, written }: NamedFolder): number {
	const whole = boundedPattern(`(?<![\\w./-])${escapePattern(written)}(?![\\w.-])`);
	return text.split('\n').findIndex((line) => whole.test(line)) + 1;
}

function within(outer: string, inner: string): boolean {
	return relative(outer, inner).split(sep)[0] !== '..';
}
