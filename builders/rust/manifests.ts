/** Cargo.toml files as far as decisions need them: packages, their programs, workspaces. https://doc.rust-lang.org/cargo/reference/manifest.html */

import type { FileIndex } from '../../src/source/file-index.js';
import { boundedPattern } from '../../src/source/pattern.js';
import { parseTomlFile, type TomlTable } from '../../src/source/toml.js';

export interface CargoProgram {
	readonly name: string;
	/** The file that has main. */
	readonly file: string;
	/** Features without which cargo does not build it. */
	readonly requires: readonly string[];
}

export interface CargoPackage {
	/** Below the source's root, '' for the root. */
	readonly folder: string;
	readonly name: string;
	readonly defaultRun: string | undefined;
	readonly rustVersion: string | undefined;
	/** Programs by name, with the file that has main. */
	readonly programs: readonly CargoProgram[];
	/** File of the library, where the manifest names one. */
	readonly library: string | undefined;
	readonly features: readonly string[];
	/** Names of the crates it depends on. */
	readonly dependencies: readonly string[];
	/** Folders of `path` dependencies, as written. */
	readonly paths: readonly string[];
}

export interface Cargo {
	/** Folder of the workspace, or of the package that is none's: where cargo runs. */
	readonly folder: string;
	readonly packages: readonly CargoPackage[];
	/** Profiles that the root's manifest defines. */
	readonly profiles: readonly string[];
	/** Folders of `default-members`. */
	readonly defaults: readonly string[] | undefined;
}

/** @throws TareError MANIFEST_INVALID */
export function readCargo(source: FileIndex, app: string): Cargo {
	const folder = workspaceFolder(source, app);
	const root = readManifest(source, join(folder, 'Cargo.toml'));
	if (root === undefined) return { folder, packages: packagesOf(source, [folder]), profiles: [], defaults: undefined };
	const workspace = table(root.workspace);
	const inside = (key: string) => strings(workspace[key]).flatMap((pattern) => expand(source, join(folder, pattern)));
	const excluded = strings(workspace.exclude).map((one) => join(folder, one));
	const own = root.package === undefined ? [] : [folder];
	const folders = [...new Set([...own, ...inside('members')])].filter((one) => !excluded.some((out) => one === out || one.startsWith(`${out}/`)));
	const defaults = inside('default-members');
	return {
		folder,
		packages: packagesOf(source, folders),
		profiles: Object.keys(table(root.profile)),
		defaults: defaults.length > 0 ? defaults : undefined,
	};
}

/** The source may reach further up than the workspace, for what that takes by path. */
function workspaceFolder(source: FileIndex, app: string): string {
	const parts = app === '' ? [] : app.split('/');
	for (let length = parts.length; length >= 0; length--) {
		const folder = parts.slice(0, length).join('/');
		const workspace = readManifest(source, join(folder, 'Cargo.toml'))?.workspace;
		if (workspace === undefined) continue;
		const members = strings(table(workspace).members).flatMap((pattern) => expand(source, join(folder, pattern)));
		if (folder === app || members.includes(app)) return folder;
	}
	return app;
}

function join(folder: string, path: string): string {
	const inside = path.replace(/^(?:\.\/)+/, '').replace(/^\.$/, '');
	return [folder, inside].filter((part) => part !== '').join('/');
}

function packagesOf(source: FileIndex, folders: readonly string[]): readonly CargoPackage[] {
	return folders.flatMap((folder) => readPackage(source, folder) ?? []);
}

function readPackage(source: FileIndex, folder: string): CargoPackage | undefined {
	const at = (path: string): string => (folder === '' ? path : `${folder}/${path}`);
	const manifest = readManifest(source, at('Cargo.toml'));
	const { name, 'default-run': run, 'rust-version': version, autobins } = table(manifest?.package);
	if (manifest === undefined || typeof name !== 'string') return undefined;
	const library = table(manifest.lib).path;
	const groups = [manifest.dependencies, ...Object.values(table(manifest.target)).map((one) => table(one).dependencies)].map(table);
	return {
		folder,
		name,
		defaultRun: typeof run === 'string' ? run : undefined,
		rustVersion: typeof version === 'string' ? version : undefined,
		programs: programsOf(source, at, manifest, name, autobins !== false),
		library: typeof library === 'string' ? at(library) : undefined,
		features: Object.keys(table(manifest.features)).filter((one) => one !== 'default'),
		dependencies: groups.flatMap((group) => Object.entries(group).map(([key, value]) => String(table(value).package ?? key))),
		paths: groups.flatMap((group) => Object.values(group).map((value) => table(value).path)).filter((path) => typeof path === 'string'),
	};
}

/** https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery */
function programsOf(source: FileIndex, at: (path: string) => string, manifest: TomlTable, name: string, discovers: boolean): CargoPackage['programs'] {
	const programs = new Map<string, string>();
	const entries = (Array.isArray(manifest.bin) ? manifest.bin : []).map(table);
	const files = new Set(entries.map(({ path }) => path));
	if (discovers) {
		if (source.has(at('src/main.rs')) && !files.has('src/main.rs')) programs.set(name, at('src/main.rs'));
		for (const { path } of source.files) {
			const inside = path.startsWith(at('src/bin/')) ? path.slice(at('src/bin/').length) : '';
			const found = /^([^/]+)(?:\.rs|\/main\.rs)$/.exec(inside)?.[1];
			if (found !== undefined && !files.has(path.slice(at('').length))) programs.set(found, path);
		}
	}
	for (const { name: own, path } of entries) {
		if (typeof own !== 'string') continue;
		const usual = [`src/bin/${own}.rs`, `src/bin/${own}/main.rs`, 'src/main.rs'].map(at).find((file) => source.has(file));
		programs.set(own, typeof path === 'string' ? at(path) : (usual ?? at('src/main.rs')));
	}
	const requires = new Map(entries.map((entry) => [entry.name, strings(entry['required-features'])]));
	return [...programs].map(([program, file]) => ({ name: program, file, requires: requires.get(program) ?? [] }));
}

function readManifest(source: FileIndex, file: string): TomlTable | undefined {
	const text = source.text(file);
	return text === undefined ? undefined : parseTomlFile(text, file);
}

/** Folders with a Cargo.toml that a member pattern stands for. */
export function expand(source: Pick<FileIndex, 'files' | 'has'>, pattern: string): readonly string[] {
	const clean = pattern.replace(/^\.\//, '').replace(/\/+$/, '').replace(/^\.$/, '');
	if (!/[*?[]/.test(clean)) return [clean];
	const expression = memberPattern(clean);
	const folders = source.files.flatMap(({ path }) => (path.endsWith('/Cargo.toml') ? [path.slice(0, -'/Cargo.toml'.length)] : []));
	return folders.filter((folder) => expression.test(folder));
}

export function memberPattern(pattern: string): RegExp {
	const parts = pattern.split('/').map((part) =>
		part === '**'
			? '.*'
			: part
					.replace(/[.+^${}()|\\]/g, '\\$&')
					.replaceAll('*', '[^/]*')
					.replaceAll('?', '[^/]'),
	);
	return boundedPattern(`^${parts.join('/')}$`);
}

export function table(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function strings(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : typeof value === 'string' ? [value] : [];
}
