/** Packages that must stay packages: in a bundle their code would look for files, or for other code, in the wrong place. */
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface BundledFile {
	/** Absolute, links resolved. */
	readonly path: string;
	/** Files in the bundle that it imports, absolute. */
	readonly imports: readonly string[];
}

const HAZARD =
	/\b__dirname\b|\b__filename\b|\bimport\.meta\.(?:url|dirname|filename|resolve)\b|\brequire\.(?:resolve|main|cache|extensions)\b|\bcreateRequire\b|\bnew Worker\b|\bmodule\.(?:parent|paths)\b|\b(?:require|import)\(\s*(?!\s*["'`/)])[^)]/;

export function hazardOf(path: string): { readonly text: string; readonly line: number } | undefined {
	if (/\.(?:node|wasm)$/.test(path)) return { text: 'a binary', line: 1 };
	if (path.endsWith('.json')) return undefined;
	const text = withoutComments(readFileSync(path, 'utf8'));
	const match = HAZARD.exec(text);
	return match === null ? undefined : { text: match[0].trim(), line: text.slice(0, match.index).split('\n').length };
}

/** Lines keep their numbers. */
function withoutComments(text: string): string {
	return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')).replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** @returns names to leave out of the bundle, each what the entry file itself would find by that name; `stuck` is a package for which there is no such name */
export function packagesToLeave(files: readonly BundledFile[], entry: string): { readonly names: readonly string[]; readonly stuck?: string } {
	const folders = new Map<string, string>();
	for (const { path } of files) {
		const folder = packageFolder(path);
		if (folder !== undefined) folders.set(path, folder);
	}
	const unsafe = new Set([...folders].filter(([path]) => hazardOf(path) !== undefined).map(([, folder]) => folder));
	const names = new Set<string>();
	// A package that the entry would not find, or would find in another version, stays with those that import it.
	for (const folder of unsafe) {
		const name = packageName(folder);
		const found = foundBy(entry, name);
		const hidden = [...new Set(folders.values())].filter((other) => packageName(other) === name && other !== found);
		for (const importer of hidden.flatMap((other) => importersOf(other, files, folders))) {
			if (importer === undefined) return { names: [], stuck: folder };
			unsafe.add(importer);
		}
		if (found === folder) names.add(name);
	}
	return { names: [...names].sort() };
}

/** Undefined for a file of the app's own. */
function importersOf(folder: string, files: readonly BundledFile[], folders: ReadonlyMap<string, string>): readonly (string | undefined)[] {
	return files
		.filter(({ imports }) => imports.some((path) => folders.get(path) === folder))
		.map(({ path }) => folders.get(path))
		.filter((importer) => importer !== folder);
}

function foundBy(entry: string, name: string): string | undefined {
	for (const folder of createRequire(entry).resolve.paths(name) ?? []) {
		try {
			return realpathSync(join(folder, name));
		} catch {
			// Not in this node_modules.
		}
	}
	return undefined;
}

function packageFolder(path: string): string | undefined {
	return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

function packageName(folder: string): string {
	return folder.slice(folder.lastIndexOf('/node_modules/') + '/node_modules/'.length);
}
