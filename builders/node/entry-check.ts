/** After the build: the file that the start command runs is in the image, resolved as the runtime resolves it. */
import { posix } from 'node:path';
import type { Reason } from '../../src/builder/contract.js';
import type { ShippedTree } from '../../src/builder/shipped-tree.js';
import { TareError } from '../../src/errors.js';
import { SERVER_ADAPTER } from './adapters.js';
import { isRecord } from './manifest.js';
import { entryFile } from './start/entry.js';

export interface EntryQuestion {
	readonly command: readonly string[];
	/** Folder that the command runs in, `/app/...`. */
	readonly workingDir: string;
	/** Files below `workingDir` that may be the entry instead, likeliest first: a rule named the one in the command, not the project. */
	readonly alternatives: readonly string[];
	readonly tree: ShippedTree;
	/** True for files that were there before the build. */
	readonly fromSource: (path: string) => boolean;
	readonly reason: Reason | undefined;
}

/** Node's main entry, also for ES modules: https://nodejs.org/api/modules.html#all-together */
const NODE = ['.js', '.json', '.node'];
/** What each adds: https://bun.com/docs/runtime/module-resolution, https://tsx.is/dev-api/entry-point */
const BUN = ['.tsx', '.ts', '.jsx', '.mts', '.mjs', '.cts', '.cjs', ...NODE];
const WITH_LOADER = ['.ts', '.tsx', '.mts', '.cts', '.jsx', ...NODE];

/** @returns the command with the entry that is there @throws TareError ENTRY_MISSING */
export function checkEntry(question: EntryQuestion): readonly string[] {
	const { command, workingDir, alternatives, tree } = question;
	const entry = command[1] === SERVER_ADAPTER.program ? command.at(-1) : entryFile(command);
	// A package's own program was looked up in the installed tree.
	if (entry === undefined || entry.includes('node_modules/')) return command;
	const there = (path: string): boolean => resolveEntry(place(workingDir, path), extensionsOf(command), tree) !== undefined;
	if (there(entry)) return command;
	const found = alternatives.find(there);
	if (found === undefined) throw missing(entry, question);
	return command.map((word) => (word.replace(/^\.\//, '') === entry ? found : word));
}

function place(workingDir: string, path: string): string {
	return posix.join(workingDir, path.startsWith('/') ? posix.relative(workingDir, path) : path).slice(1);
}

function extensionsOf(command: readonly string[]): readonly string[] {
	if (command[0] === 'bun') return BUN;
	return command.some((word) => /^(?:tsx|ts-node|@swc-node|@swc\/register|esbuild-register|jiti|@babel\/register|@esbuild-kit)\b/.test(word))
		? WITH_LOADER
		: NODE;
}

/** @param path in the image, without a leading slash @returns the file it stands for */
export function resolveEntry(path: string, extensions: readonly string[], tree: ShippedTree): string | undefined {
	const extended = (base: string): string | undefined => extensions.map((extension) => base + extension).find((name) => tree.kind(name) === 'file');
	const asFile = (base: string): string | undefined => (tree.kind(base) === 'file' ? base : extended(base));
	const file = path.endsWith('/') ? undefined : asFile(path);
	if (file !== undefined || tree.kind(path) !== 'directory') return file;
	const main = mainOf(tree.text(posix.join(path, 'package.json')));
	const target = posix.join(path, main ?? '').replace(/\/$/, '');
	const named = main === undefined ? undefined : (asFile(target) ?? extended(posix.join(target, 'index')));
	return named ?? extended(posix.join(path, 'index'));
}

function mainOf(text: string | undefined): string | undefined {
	try {
		const json: unknown = JSON.parse(text ?? '{}');
		return isRecord(json) && typeof json.main === 'string' ? json.main : undefined;
	} catch {
		// As Node: a manifest that cannot be read has no main.
		return undefined;
	}
}

function missing(entry: string, { workingDir, tree, fromSource, reason }: EntryQuestion): TareError {
	const root = `${workingDir.slice(1)}/`;
	const stem = posix.basename(entry).replace(/\.[^.]+$/, '');
	const isEntry = (path: string): boolean => posix.basename(path).replace(/\.[^.]+$/, '') === stem;
	const made = tree.files
		.filter((path) => /\.[cm]?[jt]sx?$/.test(path) && path.startsWith(root) && !path.includes('/node_modules/') && !fromSource(path))
		.map((path) => path.slice(root.length))
		.sort((a, b) => Number(isEntry(b)) - Number(isEntry(a)) || a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
	const shown = made.slice(0, 5).join(', ');
	const more = made.length > 5 ? `, and ${made.length - 5} more` : '';
	return new TareError('ENTRY_MISSING', `the start command runs ${entry}, which is not there after the build`, {
		hint:
			made.length === 0
				? 'The build made no JavaScript file. Name the script that makes it: "build: {script: NAME}" in tare.yaml, or correct the start command.'
				: `The build made ${shown}${more}. Correct the start command, or the output folder of the compiler.`,
		...(reason?.file !== undefined && { at: { file: reason.file, ...(reason.line !== undefined && { line: reason.line }) } }),
		data: { made: made.slice(0, 50) },
	});
}
