/** Folders outside the source that a manifest names: the smallest folder that holds them all is read, but never more than the repository. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { TareError } from '../errors.js';

export interface NamedFolder {
	/** Absolute. */
	readonly folder: string;
	/** As the manifest has it. */
	readonly written: string;
	/** The manifest, absolute, and its text. */
	readonly file: string;
	readonly text: string;
}

/** @throws TareError LINK_UNUSABLE for a folder outside the repository */
export function enclosing(start: string, named: readonly NamedFolder[]): string {
	const repository = repositoryOf(start);
	let root = resolve(start);
	for (const one of named) {
		while (!within(root, one.folder)) root = dirname(root);
		// A filesystem root is no project.
		if (root === dirname(root) || (repository !== undefined && !within(repository, root))) throw outside(start, one);
	}
	return root;
}

function outside(start: string, { written, file, text }: NamedFolder): TareError {
	const at = relative(start, file).split(sep).join('/');
	const line = text.split('\n').findIndex((each) => each.includes(written)) + 1;
	return new TareError('LINK_UNUSABLE', `${at} needs ${written}, which is outside the source folder and its repository`, {
		hint: `Move ${written} into the repository (a git submodule will do), or depend on a published version.`,
		at: { file: at, ...(line > 0 && { line }) },
	});
}

function repositoryOf(dir: string): string | undefined {
	for (let at = resolve(dir); ; at = dirname(at)) {
		if (existsSync(join(at, '.git'))) return at;
		if (dirname(at) === at) return undefined;
	}
}

function within(outer: string, inner: string): boolean {
	return relative(outer, inner).split(sep)[0] !== '..';
}
