/** Lock files of Poetry, PDM and Pipenv as pinned requirement lines; uv writes its own. */
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { normalName } from './names.js';
import { at, list, readToml, type Table, table, text, texts } from './toml.js';

export interface PinnedLines {
	/** `name==version ; marker --hash=sha256:...` */
	readonly lines: readonly string[];
	readonly names: readonly string[];
}

/** @param roots names of direct dependencies, for locks that do not say which group a package is for */
export function readPoetryLock(source: FileIndex, roots: readonly string[]): PinnedLines {
	const lock = readToml(source, 'poetry.lock') ?? {};
	const packages = list(lock.package).map(table);
	const grouped = packages.some((one) => Array.isArray(one.groups));
	const wanted = grouped ? undefined : reachable(packages, roots);
	const chosen = packages.filter((one) => (wanted === undefined ? texts(one.groups).includes('main') && one.optional !== true : wanted.has(nameOf(one))));
	return pinned(chosen, (one) => poetryHashes(one, lock));
}

export function readPdmLock(source: FileIndex): PinnedLines {
	const lock = readToml(source, 'pdm.lock') ?? {};
	const packages = list(lock.package).map(table);
	return pinned(
		packages.filter((one) => one.groups === undefined || texts(one.groups).includes('default')),
		hashesOf,
	);
}

/** @throws TareError MANIFEST_INVALID */
export function readPipfileLock(source: FileIndex): PinnedLines {
	const file = 'Pipfile.lock';
	let lock: Table;
	try {
		lock = table(JSON.parse(source.text(file) ?? '{}'));
	} catch (cause) {
		throw new TareError('MANIFEST_INVALID', `${file} is not valid JSON: ${String(cause)}`, { hint: 'Run `pipenv lock` to make it anew.', at: { file }, cause });
	}
	const packages = Object.entries(at(lock, 'default')).map(([name, value]) => ({ name, ...table(value) }) as Table);
	return pinned(packages, (one) => texts(one.hashes));
}

/** Names of the packages of a uv.lock that the project itself needs, whatever the platform. */
export function uvLockNames(source: FileIndex): readonly string[] {
	const packages = list(readToml(source, 'uv.lock')?.package).map(table);
	const own = packages.filter((one) => ['editable', 'virtual'].some((kind) => text(at(one, 'source')[kind]) === '.'));
	return [...reachable(packages, (own.length > 0 ? own : packages).map(nameOf))].sort();
}

function nameOf(one: Table): string {
	return normalName(text(one.name) ?? '');
}

/** @param roots their extras are for those who ask for them, and nobody does */
function reachable(packages: readonly Table[], roots: readonly string[]): ReadonlySet<string> {
	const found = new Set<string>();
	const queue = [...roots];
	for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
		const named = packages.filter((one) => nameOf(one) === name);
		if (found.has(name) || named.length === 0) continue;
		found.add(name);
		for (const one of named) queue.push(...dependencyNames(one, !roots.includes(name)));
	}
	return found;
}

/** Poetry has a table by name, uv a list of tables. */
function dependencyNames({ dependencies, 'optional-dependencies': optional }: Table, extras: boolean): readonly string[] {
	if (!Array.isArray(dependencies) && dependencies !== undefined) return Object.keys(table(dependencies)).map(normalName);
	const more = extras ? Object.values(table(optional)).flatMap((extra) => list(extra)) : [];
	return [...list(dependencies), ...more].map((one) => nameOf(table(one)));
}

function pinned(packages: readonly Table[], hashes: (one: Table) => readonly string[]): PinnedLines {
	return { names: [...new Set(packages.map(nameOf))].sort(), lines: packages.map((one) => pinnedLine(one, hashes(one))).sort() };
}

function pinnedLine(one: Table, hashes: readonly string[]): string {
	const marker = markerOf(one);
	const condition = marker === undefined ? '' : ` ; ${marker}`;
	const origin = originOf(one);
	if (origin !== undefined) return `${origin}${condition}`;
	const version = (text(one.version) ?? '').replace(/^==/, '');
	const sums = [...new Set(hashes)].sort().map((hash) => ` --hash=${hash}`);
	return `${nameOf(one)}==${version}${condition}${sums.join('')}`;
}

/** Poetry ≥ 2 writes `markers`, by group where they differ; PDM `marker`; Pipenv `markers`. */
function markerOf({ markers, marker }: Table): string | undefined {
	return text(marker) ?? text(markers) ?? text(table(markers).main);
}

/** Not from an index: a repository at a commit, a folder, a file. */
function originOf(one: Table): string | undefined {
	const source = table(one.source);
	const git = text(one.git) ?? (source.type === 'git' ? text(source.url) : undefined);
	const commit = text(one.ref) ?? text(one.revision) ?? text(source.resolved_reference);
	if (git !== undefined) return `${nameOf(one)} @ git+${git}${commit === undefined ? '' : `@${commit}`}`;
	const path = text(one.path) ?? (source.type === 'directory' || source.type === 'file' ? text(source.url) : undefined);
	if (path !== undefined) return path.startsWith('.') ? path : `./${path}`;
	const url = source.type === 'url' ? text(source.url) : undefined;
	return url === undefined ? undefined : `${nameOf(one)} @ ${url}`;
}

function hashesOf({ files }: Table): readonly string[] {
	return list(files)
		.map((file) => text(table(file).hash))
		.filter((hash) => hash !== undefined);
}

/** Before Poetry 1.3 the files stood in the metadata. */
function poetryHashes(one: Table, lock: Table): readonly string[] {
	const own = hashesOf(one);
	return own.length > 0 ? own : hashesOf({ files: at(lock, 'metadata', 'files')[text(one.name) ?? ''] });
}
