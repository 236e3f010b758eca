/** The files that an install reads: those that the tool knows by name, and those that manifests, lock file and settings name. */
import { posix } from 'node:path';
import type { FileIndex } from '../../../src/source/file-index.js';
import { isRecord, manifestText } from '../manifest.js';
import type { PackageManager } from './contract.js';

/** Fields of package.json whose values may name files. */
const FIELDS = ['pnpm', 'patchedDependencies', 'resolutions', 'overrides', 'dependencies', 'devDependencies', 'optionalDependencies', 'catalog', 'catalogs'];
const SETTINGS = ['.npmrc', '.yarnrc', '.yarnrc.yml', 'pnpm-workspace.yaml', 'bunfig.toml'];
/** Settings that name a folder of packages. */
const FOLDERS = /^\s*["']?(?:yarn-offline-mirror|cacheFolder|cache-folder|cache)["']?\s*[\s:=]\s*["']?([^"'\s#]+)/gm;
const PATCH = /[^\s"'#&!:]+\.(?:patch|diff)\b/g;

/** @param manifests paths of all package.json of the project @returns whether a file is read */
export function installReads(manager: PackageManager, source: FileIndex, manifests: Iterable<string>, lock: string | undefined): (path: string) => boolean {
	const files = new Set<string>();
	const folders: string[] = [];
	const add = (path: string): void => {
		if (!files.has(path) && source.has(path)) files.add(path);
	};
	for (const manifest of manifests) for (const path of namedBy(manifestText(source, manifest), posix.dirname(manifest))) add(path);
	for (const settings of SETTINGS) {
		const text = source.text(settings) ?? '';
		for (const word of text.split(/[\s"'=,[\]{}]+/)) add(normal(word));
		for (const [, folder = ''] of text.matchAll(FOLDERS)) folders.push(normal(folder));
	}
	if (lock !== undefined) for (const [path] of (source.text(lock) ?? '').matchAll(PATCH)) add(normal(path));
	for (const path of source.files.map((file) => file.path)) if (manager.reads(path)) files.add(path);
	for (const path of files) for (const needed of requiredBy(path, source)) files.add(needed);
	return (path) => files.has(path) || folders.some((folder) => folder !== '.' && path.startsWith(`${folder}/`));
}

/** Paths in a manifest are relative to its folder; yarn's `~/` means the root. */
function namedBy(text: string | undefined, folder: string): readonly string[] {
	const json: unknown = JSON.parse(text ?? '{}');
	if (!isRecord(json)) return [];
	return FIELDS.flatMap((field) => strings(json[field]))
		.flatMap((value) => value.split(/[#&]/))
		.flatMap((part) => [posix.join(folder, normal(part)), normal(part)]);
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
	if (!/\.[cm]?js$/.test(path) || path.startsWith('.yarn/')) return [];
	return [...(source.text(path) ?? '').matchAll(/(?:require\(|from\s+|import\s+|import\()\s*["'](\.{1,2}\/[^"']+)["']/g)].flatMap(([, name = '']) => {
		const file = posix.join(posix.dirname(path), name);
		const found = ['', '.js', '.cjs', '.mjs', '.json', '/index.js', '/index.cjs'].map((end) => `${file}${end}`).find((each) => source.has(each));
		return found === undefined ? [] : [found, ...requiredBy(found, source)];
	});
}

/** True where packages come from files of the project, so that not only its manifests decide what is installed. */
export function linksSource(text: string | undefined): boolean {
	const json: unknown = JSON.parse(text ?? '{}');
	return isRecord(json) && FIELDS.flatMap((field) => strings(json[field])).some((value) => /^(?:file|link|portal):|^\.{1,2}\//.test(value));
}
