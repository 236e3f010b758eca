/** The files that an install reads: those that the tool knows by name, and those that manifests, lock file and settings name. */
import { posix } from 'node:path';
import type { FileIndex } from '../../../src/source/file-index.js';
import { isRecord, manifestText } from '../manifest.js';
import type { PackageManager } from './contract.js';

/** Fields of package.json whose values may name files. */
const FIELDS = ['pnpm', 'patchedDependencies', 'resolutions', 'overrides', 'dependencies', 'devDependencies', 'optionalDependencies', 'catalog', 'catalogs'];
const SETTINGS = ['.npmrc', '.yarnrc', '.yarnrc.yml', 'pnpm-workspace.yaml', 'bunfig.toml'];
/** Settings that name a folder of packages. */
const FOLDERS = /^[^\S\n]*["']?(?:yarn-offline-mirror|cacheFolder|cache-folder|cache)["']?\s*[\s:=]\s*["']?([^"'\s#]+)/gm;
const IMPORT = /(?:require\(|from\s+|import\s+|import\()\s*["'](\.{1,2}\/[^"']+)["']/g;
const ENDS = ['', '.js', '.cjs', '.mjs', '.json', '/index.js', '/index.cjs'];
const PATCH = /[^\s"'#&!:]+\.(?:patch|diff)\b/g;

export interface InstallPlace {
	/** Paths of all package.json of the project. */
	readonly manifests: Iterable<string>;
	readonly lock: string | undefined;
	/** The folder in which the tool runs. */
	readonly home: string;
}

/** @param source with all paths from its root @returns whether a file is read */
export function installReads(manager: PackageManager, source: FileIndex, { manifests, lock, home }: InstallPlace): (path: string) => boolean {
	const at = (path: string): string => posix.join(home, path);
	const files = new Set<string>();
	const folders: string[] = [];
	// A set gives what is added while it is gone through, too.
	const add = (path: string): void => void (source.has(path) && files.add(path));
	for (const manifest of manifests) for (const path of namedBy(manifestText(source, manifest), posix.dirname(manifest), home)) add(path);
	for (const settings of SETTINGS) {
		const text = source.text(at(settings)) ?? '';
		for (const word of text.split(/[\s"'=,[\]{}]+/)) add(at(normal(word)));
		for (const [, folder = ''] of text.matchAll(FOLDERS)) folders.push(at(normal(folder)));
	}
	if (lock !== undefined) for (const [path] of (source.text(lock) ?? '').matchAll(PATCH)) add(at(normal(path)));
	const below = home === '' ? '' : `${home}/`;
	for (const { path } of source.files) if (path.startsWith(below) && manager.reads(path.slice(below.length))) files.add(path);
	for (const path of files) for (const needed of requiredBy(path, source)) add(needed);
	return (path) => files.has(path) || folders.some((folder) => folder !== '.' && path.startsWith(`${folder}/`));
}

/** Paths in a manifest are relative to its folder; yarn's `~/` means the root. */
function namedBy(text: string, folder: string, home: string): readonly string[] {
	const json: unknown = JSON.parse(text);
	if (!isRecord(json)) return [];
	return FIELDS.flatMap((field) => strings(json[field]))
		.flatMap((value) => value.split(/[#&]/))
		.flatMap((part) => [posix.join(folder, normal(part)), posix.join(home, normal(part))]);
}

function strings(value: unknown): readonly string[] {
	if (typeof value === 'string') return [value];
	return Array.isArray(value) || isRecord(value) ? Object.values(value).flatMap(strings) : [];
}

/** `optional!~/tools/a.patch::version=1` → `tools/a.patch` */
function normal(word: string): string {
	return posix.normalize(word.replace(/::.*$/, '').replace(/^(?:optional!|file:|~\/|\.\/)+/, ''));
}

/** A hook of pnpm may be made of several files. */
function requiredBy(path: string, source: FileIndex): readonly string[] {
	if (!/\.[cm]?js$/.test(path) || /(?:^|\/)\.yarn\//.test(path)) return [];
	return [...(source.text(path) ?? '').matchAll(IMPORT)].flatMap(([, name = '']) => {
		const file = posix.join(posix.dirname(path), name);
		return ENDS.map((end) => `${file}${end}`).find((each) => source.has(each)) ?? [];
	});
}

/** True where packages come from files of the project, so that not only its manifests decide what is installed. */
export function linksSource(text: string | undefined): boolean {
	const json: unknown = JSON.parse(text ?? '{}');
	return isRecord(json) && FIELDS.flatMap((field) => strings(json[field])).some((value) => /^(?:file|link|portal):|^\.{1,2}\//.test(value));
}
