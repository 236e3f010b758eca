/** Lock files of Poetry, PDM and Pipenv, and pylock.toml, as pinned requirement lines; uv writes its own. */
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { normalName, parseRequirement } from './names.js';
import type { Selection } from './selection.js';
import { at, list, readToml, type Table, table, text, texts } from './toml.js';
import type { LockedFiles } from './wheels.js';

export interface PinnedLines {
	/** `name==version ; marker --hash=sha256:...` */
	readonly lines: readonly string[];
	readonly names: readonly string[];
	/** As far as the lock names them. */
	readonly files: readonly LockedFiles[];
}

/** Extras and groups beyond the main ones; names are normal. */
export type Chosen = Pick<Selection, 'extras' | 'groups'>;

const NOTHING: Chosen = { extras: [], groups: [] };

/** @param roots names of direct dependencies, for locks that do not say which group a package is for */
export function readPoetryLock(source: FileIndex, roots: readonly string[], { extras, groups }: Chosen = NOTHING): PinnedLines {
	const lock = readToml(source, 'poetry.lock') ?? {};
	const packages = list(lock.package).map(table);
	const grouped = packages.some((one) => Array.isArray(one.groups));
	const wanted = grouped ? undefined : reachable(packages, roots);
	const groupOf = (one: Table): string | undefined => texts(one.groups).find((name) => name === 'main' || groups.includes(normalName(name)));
	const chosen = packages.filter((one) => {
		if (wanted !== undefined) return wanted.has(nameOf(one));
		const group = groupOf(one);
		return group !== undefined && (one.optional !== true || asksFor(markerOf(one, group), extras));
	});
	const settled = chosen.map((one): Table => ({ ...one, marker: withExtras(markerOf(one, groupOf(one)), extras), markers: undefined }));
	return pinned(settled, (one) => poetryHashes(one, lock));
}

const EXTRA = /\bextra\s*==\s*(["'])([^"']*)\1/g;

/** Poetry writes with an optional package which extras ask for it. */
function asksFor(marker: string | undefined, extras: readonly string[]): boolean {
	return [...(marker ?? '').matchAll(EXTRA)].some((match) => extras.includes(normalName(match[2] as string)));
}

/** An installer is not told which extras were asked for. */
function withExtras(marker: string | undefined, extras: readonly string[]): string | undefined {
	return marker?.replace(EXTRA, (_all, _quote, extra: string) => condition(extras.includes(normalName(extra))));
}

/** @param roots requirement lines of the project, for locks that do not say which group a package is for */
export function readPdmLock(source: FileIndex, roots: readonly string[], { extras, groups }: Chosen = NOTHING): PinnedLines {
	const packages = list(readToml(source, 'pdm.lock')?.package).map(table);
	if (packages.some((one) => Array.isArray(one.groups)))
		return pinned(
			packages.filter((one) => texts(one.groups).some((name) => name === 'default' || [...extras, ...groups].includes(normalName(name)))),
			hashesOf,
		);
	const needed = reachable(
		packages,
		roots.map((line) => parseRequirement(line)?.name ?? ''),
	);
	const chosen = packages.filter((one) => needed.has(nameOf(one)));
	const lines = [...roots, ...chosen.flatMap((one) => texts(one.dependencies))];
	return pinned(
		chosen.map((one) => ({ ...one, marker: text(one.marker) ?? conditionOf(nameOf(one), lines) })),
		hashesOf,
	);
}

/** Such a lock says with each dependency when it is needed, not with the package. Undefined when it always is. */
function conditionOf(name: string, lines: readonly string[]): string | undefined {
	const markers = lines.filter((line) => parseRequirement(line)?.name === name).map((line) => /;(.+)$/.exec(line)?.[1]?.trim());
	if (markers.length === 0 || markers.includes(undefined)) return undefined;
	return [...new Set(markers)].map((marker) => `(${marker})`).join(' or ');
}

/** https://packaging.python.org/en/latest/specifications/pylock-toml/: the default groups, and what was chosen. */
export function readPylock(source: FileIndex, chosen: Chosen = NOTHING): PinnedLines {
	const lock = readToml(source, 'pylock.toml') ?? {};
	const groups = [...texts(lock['default-groups']), ...chosen.groups];
	const packages = list(lock.packages).map(table);
	const named = packages.map((one) => ({ ...one, marker: withoutExtras(text(one.marker), groups, chosen.extras), ...pylockSource(one) }) as Table);
	return pinned(named, (one) => {
		const files = [...list(one.wheels), ...(one.sdist === undefined ? [] : [one.sdist])];
		return files.flatMap((file) => Object.entries(at(file, 'hashes')).map(([kind, hash]) => `${kind}:${text(hash) ?? ''}`));
	});
}

/** What only lock files ask for, as conditions that every installer knows. */
function withoutExtras(marker: string | undefined, groups: readonly string[], extras: readonly string[]): string | undefined {
	return marker
		?.replace(/(["'])([^"']*)\1\s+in\s+extras/g, (_all, _quote, extra: string) => condition(extras.includes(normalName(extra))))
		.replace(/(["'])([^"']*)\1\s+in\s+dependency_groups/g, (_all, _quote, group: string) => condition(groups.includes(group)));
}

function condition(holds: boolean): string {
	return `python_version ${holds ? '>=' : '<'} "3"`;
}

function pylockSource(one: Table): Table {
	const [vcs, directory, archive] = [table(one.vcs), table(one.directory), table(one.archive)];
	if (text(vcs.url) !== undefined) return { git: vcs.url, ref: vcs['commit-id'] };
	if (text(directory.path) !== undefined) return { path: directory.path };
	return text(archive.url) === undefined ? {} : { source: { type: 'url', url: archive.url } };
}

/** @throws TareError MANIFEST_INVALID */
export function readPipfileLock(source: FileIndex, { groups }: Chosen = NOTHING): PinnedLines {
	const file = 'Pipfile.lock';
	let lock: Table;
	try {
		lock = table(JSON.parse(source.text(file) ?? '{}'));
	} catch (cause) {
		throw new TareError('MANIFEST_INVALID', `${file} is not valid JSON: ${String(cause)}`, { hint: 'Run `pipenv lock` to make it anew.', at: { file }, cause });
	}
	const sections = ['default', ...groups.map((name) => (name === 'dev' ? 'develop' : name))];
	const packages = sections.flatMap((section) => Object.entries(at(lock, section))).map(([name, value]) => ({ name, ...table(value) }) as Table);
	return pinned(packages, (one) => texts(one.hashes));
}

export interface UvLock {
	/** Relative to the project's folder. */
	readonly file: string;
	/** The project's folder, as the lock has it: `.` for its own. */
	readonly member: string;
	/** Of the project in the lock. */
	readonly name?: string;
}

const MOST_FOLDERS = 8;

/** The project's own lock, else that of the workspace that it is a member of. */
export function findUvLock(source: FileIndex): UvLock | undefined {
	if (source.has('uv.lock')) return { file: 'uv.lock', member: '.' };
	const parts = source.root.split('/');
	for (let up = 1; up <= MOST_FOLDERS; up++) {
		const file = `${'../'.repeat(up)}uv.lock`;
		if (!source.has(file)) continue;
		const member = parts.slice(-up).join('/');
		const own = list(readToml(source, file)?.package)
			.map(table)
			.find((one) => folderOf(one) === member);
		return own === undefined ? undefined : { file, member, name: nameOf(own) };
	}
	return undefined;
}

function folderOf(one: Table): string | undefined {
	const source = at(one, 'source');
	return text(source.editable) ?? text(source.virtual);
}

/** The packages of a uv.lock that the project itself needs, whatever the platform. */
export function readUvLock(source: FileIndex, { file, member }: UvLock, { extras, groups }: Chosen = NOTHING): Omit<PinnedLines, 'lines'> {
	const packages = list(readToml(source, file)?.package).map(table);
	const own = packages.filter((one) => folderOf(one) === member);
	const more = own.flatMap((one) => [...listed(one, 'optional-dependencies', extras), ...listed(one, 'dev-dependencies', groups)]);
	const needed = reachable(packages, [...(own.length > 0 ? own : packages).map(nameOf), ...more]);
	return { names: [...needed].sort(), files: packages.filter((one) => needed.has(nameOf(one))).map(filesOf) };
}

/** Names that a package of uv.lock has under an extra or a group. */
function listed(one: Table, key: string, names: readonly string[]): readonly string[] {
	const chosen = Object.entries(table(one[key])).filter(([name]) => names.includes(normalName(name)));
	return chosen.flatMap(([, packages]) => list(packages).map((item) => nameOf(table(item))));
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

/** Poetry has a table by name, uv a list of tables, PDM requirement lines. */
function dependencyNames({ dependencies, 'optional-dependencies': optional }: Table, extras: boolean): readonly string[] {
	if (!Array.isArray(dependencies) && dependencies !== undefined) return Object.keys(table(dependencies)).map(normalName);
	const more = extras ? Object.values(table(optional)).flatMap((extra) => list(extra)) : [];
	return [...list(dependencies), ...more].map((one) => (typeof one === 'string' ? (parseRequirement(one)?.name ?? '') : nameOf(table(one))));
}

function pinned(packages: readonly Table[], hashes: (one: Table) => readonly string[]): PinnedLines {
	return {
		names: [...new Set(packages.map(nameOf))].sort(),
		lines: [...new Set(packages.map((one) => pinnedLine(one, hashes(one))))].sort(),
		files: packages.map(filesOf),
	};
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
function markerOf({ markers, marker }: Table, group = 'main'): string | undefined {
	return text(marker) ?? text(markers) ?? text(table(markers)[group]);
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

/** Poetry and PDM have the name of a file, uv its address. */
function filesOf(one: Table): LockedFiles {
	const entries = [...list(one.files), ...list(one.wheels)].map(table);
	const files = entries.map(({ file, url }) => text(file) ?? (text(url) ?? '').replace(/[?#].*$/, '').replace(/^.*\//, ''));
	return { name: nameOf(one), version: text(one.version) ?? '', files };
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
