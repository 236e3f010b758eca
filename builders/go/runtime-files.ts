/**
 * Files that the program opens while it runs: templates, pages, migrations. Go has no list of them, but the program names them in its
 * strings. What `//go:embed` puts into the binary is not shipped again.
 */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type GoFile, stringLiterals } from './files.js';

export interface RuntimeFiles {
	/** The folder the program expects to be started in, below the source's root; it becomes /app. */
	readonly workdir: string;
	/** Files and folders below `workdir`; '' for everything in it. */
	readonly paths: readonly string[];
	readonly reasons: readonly Reason[];
}

/** Folders that frameworks and libraries open without being told. */
const CONVENTIONAL = ['templates', 'static', 'public', 'views', 'migrations', 'conf', 'config', 'configs', 'locales', 'i18n'];
/** What viper finds by its stem. */
const CONFIG_FILE = /^(?:config|app|application|settings)\.(?:ya?ml|json|toml|ini|properties)$/;
/** Words that are folders of a repository by chance. */
const BY_CHANCE = new Set(['docs', 'doc', 'test', 'tests', 'scripts', 'bin', 'build', 'examples', 'cmd', 'internal', 'pkg', 'vendor', 'tmp', 'node_modules']);
const NEVER = /(?:^|\/)(?:[^/]+\.go|go\.(?:mod|sum|work|work\.sum)|Makefile|Procfile|LICENSE|\.ko\.yaml)$|(?:^|\/)(?:vendor|testdata|kodata|node_modules)\//;
const SERVES_EVERYTHING = /(?:http\.Dir|os\.DirFS)\(\s*"\.?\/?"\s*\)/;
const READS_ANYWHERE = /\b(?:viper|beego|revel|iris)\b/;

/** May a file be one that a Go program opens? */
export function isData(path: string): boolean {
	return !NEVER.test(path);
}

/** @param roots folders the program may expect to be started in, the likeliest first @param files those that the program is made of */
export function findRuntimeFiles(source: FileIndex, roots: readonly string[], files: readonly GoFile[]): RuntimeFiles {
	const embedded = files.flatMap(embeds);
	const words = files.map((file) => ({ file, words: [...stringLiterals(file.text)].filter((text) => text.length < 200 && !/[\s<>{}|;]/.test(text)) }));
	for (const root of roots) {
		const found = filesUnder(dataIndex(source, root, embedded), words);
		if (found.paths.length > 0) return { workdir: root, ...found };
	}
	return { workdir: roots[0] ?? '', paths: [], reasons: [] };
}

interface Data {
	/** Relative to the working folder. */
	readonly files: ReadonlySet<string>;
	readonly folders: ReadonlySet<string>;
}

interface Words {
	readonly file: GoFile;
	readonly words: readonly string[];
}

function dataIndex(source: FileIndex, root: string, embedded: readonly string[]): Data {
	const prefix = root === '' ? '' : `${root}/`;
	const isEmbedded = (path: string): boolean => embedded.some((pattern) => path === pattern || path.startsWith(`${pattern}/`));
	const paths = source.files
		.map(({ path }) => path)
		.filter((path) => path.startsWith(prefix) && isData(path) && !isEmbedded(path))
		.map((path) => path.slice(prefix.length));
	const folders = paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)));
	return { files: new Set(paths), folders: new Set(folders) };
}

function filesUnder(data: Data, all: readonly Words[]): Pick<RuntimeFiles, 'paths' | 'reasons'> {
	const found = new Map<string, Reason>();
	for (const { file, words } of all) {
		if (SERVES_EVERYTHING.test(file.text) && data.files.has('index.html'))
			return { paths: [''], reasons: [{ file: file.path, says: 'serves its whole folder' }] };
		for (const word of words)
			for (const path of named(word, data))
				if (!found.has(path)) found.set(path, { file: file.path, says: `names ${path}${data.folders.has(path) ? '/' : ''}` });
	}
	const anywhere = all.some(({ file }) => READS_ANYWHERE.test(file.text));
	const usual = [...CONVENTIONAL.filter((name) => data.folders.has(name)), ...(anywhere ? [...data.files].filter((path) => CONFIG_FILE.test(path)) : [])];
	for (const path of usual) if (!found.has(path)) found.set(path, { says: `${path}: programs usually open it while they run` });
	const paths = [...found.keys()].filter((path) => ![...found.keys()].some((other) => path.startsWith(`${other}/`))).sort();
	return { paths, reasons: paths.flatMap((path) => found.get(path) ?? []) };
}

/** The files or the folder that a word of the program stands for. */
function named(word: string, { files, folders }: Data): readonly string[] {
	const path = word
		.replace(/^file:\/\//, '')
		.replace(/^\/app\//, '')
		.replace(/^(?:\.\/)+/, '')
		.replace(/\/+$/, '');
	if (path === '' || path.startsWith('/') || path.startsWith('..') || BY_CHANCE.has(path)) return [];
	const [fixed = ''] = path.split(/[*?[]/, 1);
	if (fixed !== path) {
		const folder = fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
		if (folder !== '') return folders.has(folder) ? [folder] : [];
		const tail = path.slice(path.lastIndexOf('*') + 1);
		return /^\*\.\w+$/.test(path) ? [...files].filter((file) => !file.includes('/') && file.endsWith(tail)) : [];
	}
	return files.has(path) || folders.has(path) ? [path] : [];
}

/** Paths from the source's root that a file embeds, without what patterns leave open. */
function embeds({ text, folder }: GoFile): string[] {
	const patterns = [...text.matchAll(/^\/\/go:embed (.+)$/gm)].flatMap((match) => (match[1] as string).trim().split(/\s+/));
	return patterns.map((raw) => {
		const pattern = raw.replace(/^["`]|["`]$/g, '').replace(/^all:/, '');
		const [fixed = ''] = pattern.split(/[*?[]/, 1);
		const whole = fixed === pattern ? pattern : fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
		return [folder, whole].filter((part) => part !== '').join('/');
	});
}
