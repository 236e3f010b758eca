/**
 * Files that a compiled program opens while it runs: templates, pages, migrations. No list of them exists, but the program names them
 * in its strings, and some names are convention.
 */
import type { Entry } from '../layers/entry.js';
import { sourceFileEntries } from '../source/entries.js';
import { type FileIndex, renamed } from '../source/file-index.js';
import type { Toolchain } from '../toolchain/contract.js';
import type { Reason } from './contract.js';

export interface RuntimeFiles {
	/** The folder the program expects to be started in, below the source's root; it becomes /app. */
	readonly workdir: string;
	/** Files and folders below `workdir`; '' for everything in it. */
	readonly paths: readonly string[];
	readonly reasons: readonly Reason[];
}

/** What one source file says. */
export interface Words {
	readonly file: string;
	/** Its strings. */
	readonly words: readonly string[];
	/** It serves the folder that it is started in. */
	readonly everything?: boolean;
}

export interface RuntimeQuestion {
	readonly source: FileIndex;
	/** Folders the program may expect to be started in, the likeliest first. */
	readonly roots: readonly string[];
	readonly words: readonly Words[];
	/** May this file be one that a program opens? */
	readonly isData: (path: string) => boolean;
	/** Files and folders that frameworks open without being told. */
	readonly usual: (path: string) => boolean;
	/** Paths from the source's root that are in the binary already. */
	readonly embedded: readonly string[];
}

export const USUAL_FOLDERS = ['templates', 'static', 'public', 'views', 'migrations', 'conf', 'config', 'configs', 'locales', 'i18n'];
/** Words that are folders of a repository by chance. */
const BY_CHANCE = new Set(['docs', 'doc', 'test', 'tests', 'scripts', 'bin', 'build', 'examples', 'cmd', 'internal', 'pkg', 'src', 'vendor', 'target', 'tmp']);

export function findRuntimeFiles(question: RuntimeQuestion): RuntimeFiles {
	for (const root of question.roots) {
		const found = filesUnder(dataIndex(question, root), question);
		if (found.paths.length > 0) return { workdir: root, ...found };
	}
	return { workdir: question.roots[0] ?? '', paths: [], reasons: [] };
}

interface Data {
	/** Relative to the working folder. */
	readonly files: ReadonlySet<string>;
	readonly folders: ReadonlySet<string>;
}

function dataIndex({ source, isData, embedded }: RuntimeQuestion, root: string): Data {
	const prefix = root === '' ? '' : `${root}/`;
	const isEmbedded = (path: string): boolean => embedded.some((pattern) => path === pattern || path.startsWith(`${pattern}/`));
	const paths = source.files
		.map(({ path }) => path)
		.filter((path) => path.startsWith(prefix) && isData(path) && !isEmbedded(path))
		.map((path) => path.slice(prefix.length));
	const folders = paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)));
	return { files: new Set(paths), folders: new Set(folders) };
}

function filesUnder(data: Data, { words: all, usual }: RuntimeQuestion): Pick<RuntimeFiles, 'paths' | 'reasons'> {
	const found = new Map<string, Reason>();
	for (const { file, words, everything } of all) {
		if (everything === true && data.files.has('index.html')) return { paths: [''], reasons: [{ file, says: 'serves its whole folder' }] };
		for (const path of words.flatMap((word) => named(word, data)))
			if (!found.has(path)) found.set(path, { file, says: `names ${path}${data.folders.has(path) ? '/' : ''}` });
	}
	for (const path of [...data.folders, ...data.files].filter(usual))
		if (!found.has(path)) found.set(path, { says: `${path}: programs usually open it while they run` });
	const paths = [...found.keys()].filter((path) => ![...found.keys()].some((other) => path.startsWith(`${other}/`))).sort();
	return { paths, reasons: paths.flatMap((path) => found.get(path) ?? []) };
}

/** The files or the folder that a word of the program stands for. */
function named(word: string, { files, folders }: Data): readonly string[] {
	if (word.length > 200 || /[\s<>{}|;]/.test(word)) return [];
	const path = word
		.replace(/^file:\/\//, '')
		.replace(/^\/app\//, '')
		.replace(/^(?:\.\/)+/, '')
		.replace(/\/+$/, '');
	if (path === '' || path.startsWith('/') || path.startsWith('..') || BY_CHANCE.has(path)) return [];
	const [fixed = ''] = path.split(/[*?[]/, 1);
	if (fixed === path) return files.has(path) || folders.has(path) ? [path] : [];
	const folder = fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
	if (folder !== '') return folders.has(folder) ? [folder] : [];
	return /^\*\.\w+$/.test(path) ? [...files].filter((file) => !file.includes('/') && file.endsWith(path.slice(1))) : [];
}

/** The found files as entries below /app. */
export function runtimeEntries(
	{ workdir, paths }: Pick<RuntimeFiles, 'workdir' | 'paths'>,
	isData: (path: string) => boolean,
	{ source, rules, contentHash }: Toolchain,
): readonly Entry[] {
	const prefix = workdir === '' ? '' : `${workdir}/`;
	const wanted = (path: string): boolean => paths.some((one) => one === '' || path === one || path.startsWith(`${one}/`));
	const files = source.files
		.filter(({ path }) => path.startsWith(prefix) && isData(path) && !rules.unshipped(path) && wanted(path.slice(prefix.length)))
		.map((file) => renamed(file, file.path.slice(prefix.length)));
	return sourceFileEntries(prefix === '' ? source.root : `${source.root}/${workdir}`, files, { into: 'app', hash: (path) => contentHash(prefix + path) });
}
