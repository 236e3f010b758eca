/** Which file of a repository says that it holds several packages, and who reads it: package.json, pnpm-workspace.yaml, lerna.json or rush.json. */

import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { parse } from '../../../src/source/yaml.js';
import { isRecord } from '../manifest.js';
import { folderMatcher, type PatternReader, tooComplex } from './patterns.js';

/** The files in the root of the repository. */
export type RootFolder = Pick<FileIndex, 'has' | 'text'>;

export interface Declaration {
	readonly file: string;
	readonly line?: number;
	readonly patterns: readonly string[];
	/** Whether the package manager that installs the project links a folder to the others. */
	readonly links: (folder: string) => boolean;
	/** Why it links none, where the file is not the package manager's. */
	readonly unread?: string;
}

export const LOCKS: readonly (readonly [file: string, program: string])[] = [
	['package-lock.json', 'npm'],
	['npm-shrinkwrap.json', 'npm'],
	['pnpm-lock.yaml', 'pnpm'],
	['yarn.lock', 'yarn'],
	['bun.lock', 'bun'],
	['bun.lockb', 'bun'],
];

/** @returns undefined where nothing declares a workspace @throws TareError MANIFEST_INVALID for a pattern that could take hours */
export function readDeclaration(root: RootFolder): Declaration | undefined {
	const json = record(root.text('package.json'), JSON.parse);
	const program = programOf(json, root);
	const own = ownPatterns(json);
	if (program === 'pnpm') {
		const patterns = strings(record(root.text('pnpm-workspace.yaml'), parseYaml)?.packages);
		if (patterns.length > 0) return declared('pnpm-workspace.yaml', patterns, 'pnpm', root);
		if (own.length > 0) return unread('package.json', own, 'pnpm reads its patterns from pnpm-workspace.yaml only', root);
	} else if (own.length > 0) return declared('package.json', own, readerOf(program, json, root), root);
	return lernaDeclaration(root) ?? rushDeclaration(root);
}

function programOf(json: Readonly<Record<string, unknown>> | undefined, root: RootFolder): string {
	const pinned = /^(npm|pnpm|yarn|bun)@/.exec(String(json?.packageManager ?? ''))?.[1];
	const locked = LOCKS.find(([file]) => root.has(file))?.[1];
	return pinned ?? locked ?? (root.has('pnpm-workspace.yaml') ? 'pnpm' : 'npm');
}

function readerOf(program: string, json: Readonly<Record<string, unknown>> | undefined, root: RootFolder): PatternReader {
	if (program !== 'yarn') return program === 'bun' ? 'bun' : 'npm';
	const major = /^yarn@(\d+)/.exec(String(json?.packageManager ?? ''))?.[1];
	const isFirst = major === undefined ? !root.has('.yarnrc.yml') && !/^__metadata:/m.test(root.text('yarn.lock') ?? '') : major === '1';
	return isFirst ? 'yarn' : 'yarn-berry';
}

/** https://docs.npmjs.com/cli/v11/using-npm/workspaces; Yarn 1 also has `{ packages, nohoist }`. */
function ownPatterns(json: Readonly<Record<string, unknown>> | undefined): readonly string[] {
	return strings(isRecord(json?.workspaces) ? json.workspaces.packages : json?.workspaces);
}

/** Lerna linked packages by itself until version 7; where it leaves that to the package manager, the manifest has the patterns. */
function lernaDeclaration(root: RootFolder): Declaration | undefined {
	const patterns = strings(record(root.text('lerna.json'), JSON.parse)?.packages);
	return patterns.length === 0 ? undefined : unread('lerna.json', patterns, 'only `lerna bootstrap` linked them, which Lerna 7 has removed', root);
}

/** Its JSON has comments, which YAML would not take. */
function rushDeclaration(root: RootFolder): Declaration | undefined {
	const text = root.text('rush.json');
	if (text === undefined) return undefined;
	const patterns = [...text.matchAll(/"projectFolder"\s*:\s*"([^"*?{}[\]()!]+)"/g)].map(([, folder]) => folder as string);
	return patterns.length === 0 ? undefined : unread('rush.json', patterns, 'only `rush install` links them, which Tare does not run', root);
}

function declared(file: string, patterns: readonly string[], reader: PatternReader, root: RootFolder): Declaration {
	refuseComplex(file, patterns, root);
	return { file, ...lineIn(root.text(file), patterns[0]), patterns, links: folderMatcher(patterns, reader) };
}

function unread(file: string, patterns: readonly string[], why: string, root: RootFolder): Declaration {
	return { file, ...lineIn(root.text(file), patterns[0]), patterns, links: () => false, unread: why };
}

function refuseComplex(file: string, patterns: readonly string[], root: RootFolder): void {
	const pattern = tooComplex(patterns);
	if (pattern === undefined) return;
	throw new TareError('MANIFEST_INVALID', `${file}: the workspace pattern ${JSON.stringify(pattern.slice(0, 60))} is too complex`, {
		hint: 'Write several simple patterns, such as "apps/*" and "packages/*".',
		at: { file, ...lineIn(root.text(file), pattern) },
	});
}

function lineIn(text: string | undefined, pattern: string | undefined): { readonly line?: number } {
	const at = pattern === undefined ? -1 : (text ?? '').indexOf(pattern);
	return at < 0 ? {} : { line: (text ?? '').slice(0, at).split('\n').length };
}

function parseYaml(text: string): unknown {
	return parse(text, { maxAliasCount: 0 });
}

/** Whoever reads the file as a manifest reports a mistake in it, with its place. */
function record(text: string | undefined, read: (text: string) => unknown): Readonly<Record<string, unknown>> | undefined {
	try {
		const value = text === undefined ? undefined : read(text.replace(/^\uFEFF/, ''));
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function strings(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
