/** One look at every Go file of the project: what it belongs to, what it embeds, and the words it is written with. */
import type { FileIndex } from '../../src/source/file-index.js';
import { buildsOnLinux, tagsAskedFor } from './constraints.js';

export interface GoFile {
	readonly path: string;
	/** Folder, '' for the root. */
	readonly folder: string;
	readonly package: string;
	readonly hasMain: boolean;
	readonly text: string;
}

/** Generated tables and the like have nothing to say. */
const LIMIT = 1024 * 1024;
const PACKAGE = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*package\s+(\w+)/;

/**
 * Files that count for Linux.
 * @param folders of the main modules; a folder with a go.mod of its own is another's
 * @param app the folder that the user named: what go leaves out of patterns counts there
 * @param tags that the build is given
 */
export function goFiles(source: FileIndex, folders: readonly string[], app = '', tags: readonly string[] = []): readonly GoFile[] {
	const given = new Set(tags);
	const foreign = source.files
		.map(({ path }) => path)
		.filter((path) => path.endsWith('/go.mod'))
		.map(folderOf)
		.filter((folder) => !folders.includes(folder));
	const counts = (folder: string): boolean =>
		!(`${folder}/`.startsWith(`${app}/`) ? folder.slice(app.length) : folder)
			.split('/')
			.some((part) => part === 'vendor' || part === 'testdata' || /^[._]/.test(part)) &&
		!foreign.some((other) => folder === other || folder.startsWith(`${other}/`)) &&
		folders.some((module) => module === '' || folder === module || folder.startsWith(`${module}/`));
	return source.files
		.filter(({ path, type, size }) => path.endsWith('.go') && !path.endsWith('_test.go') && type === 'file' && size < LIMIT && counts(folderOf(path)))
		.flatMap(({ path }) => read(source, path, given));
}

function read(source: FileIndex, path: string, tags: ReadonlySet<string>): GoFile[] {
	const text = source.text(path) ?? '';
	const clause = PACKAGE.exec(text);
	const name = path.slice(path.lastIndexOf('/') + 1);
	if (clause === null || !buildsOnLinux(name, clause[0], tags)) return [];
	const own = clause[1] as string;
	return [{ path, folder: folderOf(path), package: own, hasMain: own === 'main' && /^func main\(\s*\)/m.test(text), text }];
}

/** Programs that only a build tag brings in, with the tags they ask for. */
export function taggedMains(source: FileIndex): readonly { readonly path: string; readonly tags: readonly string[] }[] {
	return source.files.flatMap(({ path, type, size }) => {
		const text = path.endsWith('.go') && !path.endsWith('_test.go') && type === 'file' && size < LIMIT ? (source.text(path) ?? '') : '';
		const clause = PACKAGE.exec(text);
		const tags = clause?.[1] === 'main' && /^func main\(\s*\)/m.test(text) ? tagsAskedFor(clause[0]) : [];
		return tags.length === 0 ? [] : [{ path, tags }];
	});
}

export function folderOf(path: string): string {
	return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** Values of string literals; escapes are left as written. Comments and runes are stepped over. */
export function* stringLiterals(text: string): Generator<string> {
	for (const match of text.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)+'|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`/g)) {
		const value = match[1] ?? match[2];
		if (value !== undefined) yield value;
	}
}

/** Import paths. */
export function importsOf(text: string): readonly string[] {
	const blocks = [...text.matchAll(/^import\s*\(([\s\S]*?)^[^\S\n]*\)/gm)].map((match) => match[1] as string);
	const lines = [...text.matchAll(/^import\s+(.*"[^"]+".*)$/gm)].map((match) => match[1] as string);
	return [...blocks, ...lines].flatMap((part) => [...part.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string));
}
