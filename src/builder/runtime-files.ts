/**
 * Files that a compiled program opens while it runs: templates, pages, migrations. No list of them exists, but the program names them
 * in its strings, and some names are convention.
 */
import { posix } from 'node:path';
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
	/** Files and folders that the program names from outside of it, `../pages`. */
	readonly outside: readonly Outside[];
	/** Some are opened in the folder that the program was compiled in. */
	readonly whereCompiled: boolean;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

export interface Outside {
	/** Below the source's root. */
	readonly from: string;
	/** Below the root of the image. */
	readonly to: string;
}

/** What one source file says. */
export interface Words {
	readonly file: string;
	/** Its strings. */
	readonly words: readonly string[];
	/** It serves the folder that it is started in. */
	readonly everything?: boolean;
	/** It joins them to the folder that it was compiled in. */
	readonly compiled?: CompiledIn;
}

export interface CompiledIn {
	/** Below the source's root. */
	readonly folder: string;
	readonly line: number;
	/** What gives the path: `runtime.Caller`. */
	readonly by: string;
	/** What to do where no file is found. */
	readonly instead: string;
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
		const found = filesUnder(root, question);
		if (found.paths.length + found.outside.length > 0) return { workdir: root, ...found };
	}
	const [root = ''] = question.roots;
	return { workdir: root, ...filesUnder(root, question), paths: [], outside: [], whereCompiled: false };
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

type Found = Omit<RuntimeFiles, 'workdir'>;

function filesUnder(root: string, question: RuntimeQuestion): Found {
	const data = dataIndex(question, root);
	const found = new Map<string, Reason>();
	const add = (path: string, reason: Reason): unknown => found.has(path) || found.set(path, reason);
	const whole = question.words.find(({ everything }) => everything === true && data.files.has('index.html'));
	if (whole !== undefined)
		return { paths: [''], outside: [], whereCompiled: false, reasons: [{ file: whole.file, says: 'serves its whole folder' }], warnings: [] };
	for (const { file, words } of question.words)
		for (const path of words.flatMap((word) => named(word, data))) add(path, { file, says: `names ${path}${data.folders.has(path) ? '/' : ''}` });
	const compiled = question.words.flatMap((words) => compiledPaths(words, root, data));
	for (const { path, reason } of compiled) if (path !== undefined) add(path, reason);
	for (const path of [...data.folders, ...data.files].filter(question.usual)) add(path, { says: `${path}: programs usually open it while they run` });
	const paths = [...found.keys()].filter((path) => ![...found.keys()].some((other) => path.startsWith(`${other}/`))).sort();
	const outside = outsidePaths(question);
	return {
		paths,
		outside: outside.flatMap(({ place }) => place ?? []),
		whereCompiled: compiled.some(({ path }) => path !== undefined),
		reasons: [...paths.flatMap((path) => found.get(path) ?? []), ...outside.flatMap(({ place, reason }) => (place === undefined ? [] : [reason]))],
		warnings: [
			...compiled.flatMap(({ path, reason }) => (path === undefined ? [reason] : [])),
			...outside.flatMap(({ place, reason }) => (place === undefined ? [reason] : [])),
		],
	};
}

/** What a program finds from the folder it was compiled in; no path: nothing of what it names is there. */
function compiledPaths({ file, words, compiled }: Words, root: string, data: Data): readonly { readonly path?: string; readonly reason: Reason }[] {
	if (compiled === undefined) return [];
	const { folder, line, by, instead } = compiled;
	const paths = words
		.map((word) => relativeTo(root, posix.join(folder, word.replace(/^\/+/, ''))))
		.filter((path) => path !== undefined && path !== '' && (data.files.has(path) || (data.folders.has(path) && !BY_CHANCE.has(path))));
	if (paths.length === 0)
		return [{ reason: { file, line, says: `takes files from the folder that it was compiled in (${by}), which is not in the image: ${instead}` } }];
	return paths.map((path) => ({ path, reason: { file, line, says: `opens ${path} in the folder that it was compiled in (${by})` } }));
}

function relativeTo(root: string, path: string): string | undefined {
	if (root === '') return path.startsWith('..') ? undefined : path.replace(/\/$/, '');
	return path.startsWith(`${root}/`) ? path.slice(root.length + 1).replace(/\/$/, '') : undefined;
}

/** Folders of the base, which no file of the app may hide. */
const OF_BASE = new Set([
	'app',
	'bin',
	'boot',
	'dev',
	'etc',
	'home',
	'lib',
	'lib64',
	'media',
	'mnt',
	'nodejs',
	'opt',
	'proc',
	'root',
	'run',
	'sbin',
	'srv',
	'sys',
	'tmp',
	'usr',
	'var',
]);

interface OutsidePath {
	/** None where the base has a folder of that name. */
	readonly place?: Outside;
	readonly reason: Reason;
}

/** The program is started in /app, whichever of the folders that was. */
function outsidePaths(question: RuntimeQuestion): readonly OutsidePath[] {
	const data = dataIndex(question, '');
	const found = new Map<string, OutsidePath>();
	for (const { file, words } of question.words) {
		for (const word of words.filter((one) => /^(?:\.\.\/)+[\w@.-]/.test(one) && one.length < 200)) {
			const from = question.roots.map((root) => posix.join(root, word).replace(/\/+$/, '')).find((path) => data.files.has(path) || data.folders.has(path));
			if (from === undefined) continue;
			const to = posix.join('/app', word).replace(/^\/|\/+$/g, '');
			const hides = OF_BASE.has(to.split('/')[0] ?? '');
			const reason = { file, says: hides ? `names ${word}, which cannot be at /${to} in the image: left out` : `names ${word}: shipped as /${to}` };
			found.set(from, hides ? { reason } : { place: { from, to }, reason });
		}
	}
	return [...found.values()];
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

/** The found files as entries below /app, or where the program looks for them. */
export function runtimeEntries(
	{ workdir, paths, outside = [] }: Pick<RuntimeFiles, 'workdir' | 'paths'> & Partial<Pick<RuntimeFiles, 'outside'>>,
	isData: (path: string) => boolean,
	tools: Toolchain,
): readonly Entry[] {
	const wanted = (path: string): boolean => paths.some((one) => one === '' || path === one || path.startsWith(`${one}/`));
	const others = outside.flatMap(({ from, to }) => {
		const parent = from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : '';
		const name = from.slice(parent === '' ? 0 : parent.length + 1);
		const into = to.includes('/') ? to.slice(0, to.lastIndexOf('/')) : '';
		return entriesOf(parent, (path) => path === name || path.startsWith(`${name}/`), into, isData, tools);
	});
	return [...entriesOf(workdir, wanted, 'app', isData, tools), ...others];
}

function entriesOf(
	folder: string,
	wanted: (path: string) => boolean,
	into: string,
	isData: (path: string) => boolean,
	{ source, rules, contentHash }: Toolchain,
): readonly Entry[] {
	const prefix = folder === '' ? '' : `${folder}/`;
	const files = source.files
		.filter(({ path }) => path.startsWith(prefix) && isData(path) && !rules.unshipped(path) && wanted(path.slice(prefix.length)))
		.map((file) => renamed(file, file.path.slice(prefix.length)));
	return sourceFileEntries(prefix === '' ? source.root : `${source.root}/${folder}`, files, { into, hash: (path) => contentHash(prefix + path) });
}
