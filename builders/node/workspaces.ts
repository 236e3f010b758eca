/** A repository of several packages: which there are, and which of them one app needs. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parse } from 'yaml';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { allDependencies, isRecord, type Manifest, type PackageJson, readManifest } from './manifest.js';

export interface Member {
	/** Relative to the root. */
	readonly folder: string;
	readonly manifest: Manifest;
}

/** @returns every package that the root's patterns name, by folder @throws TareError MANIFEST_INVALID */
export function workspaceMembers(source: FileIndex): readonly Member[] {
	const patterns = workspacePatterns(source.text('package.json'), source.text('pnpm-workspace.yaml'));
	if (patterns.length === 0) return [];
	return source.files.flatMap(({ path }) => {
		if (!path.endsWith('/package.json')) return [];
		const folder = dirname(path);
		const manifest = belongs(folder, patterns) ? readManifest(source, path) : undefined;
		return manifest === undefined ? [] : [{ folder, manifest }];
	});
}

/** https://docs.npmjs.com/cli/v11/using-npm/workspaces and https://pnpm.io/pnpm-workspace_yaml */
function workspacePatterns(packageJson: string | undefined, pnpmWorkspace: string | undefined): readonly string[] {
	const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []);
	if (pnpmWorkspace !== undefined) {
		const value = quietly(() => parse(pnpmWorkspace, { maxAliasCount: 0 }) as unknown);
		return isRecord(value) ? strings(value.packages) : [];
	}
	const json = packageJson === undefined ? undefined : quietly(() => JSON.parse(packageJson) as unknown);
	if (!isRecord(json)) return [];
	return strings(isRecord(json.workspaces) ? json.workspaces.packages : json.workspaces);
}

function quietly<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch {
		// Whoever reads the file as a manifest reports it, with its place.
		return undefined;
	}
}

function belongs(folder: string, patterns: readonly string[]): boolean {
	const test = (pattern: string): boolean => toRegExp(pattern).test(folder);
	const [excluded, included] = [patterns.filter((each) => each.startsWith('!')), patterns.filter((each) => !each.startsWith('!'))];
	return included.some(test) && !excluded.some((each) => test(each.slice(1)));
}

function toRegExp(pattern: string): RegExp {
	const parts = pattern
		.replace(/^\.\//, '')
		.replace(/\/(?:package\.json)?$/, '')
		.split('/');
	const source = parts.map((part) => (part === '**' ? '.+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*'))).join('/');
	return new RegExp(`^${source.replace('.+/', '(?:.+/)?')}$`);
}

/** The nearest folder above `dir` whose workspace has `dir` as a member. */
export function findWorkspaceRoot(dir: string): string | undefined {
	for (let root = dirname(dir); root !== dirname(root); root = dirname(root)) {
		const read = (name: string): string | undefined => (existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : undefined);
		const patterns = workspacePatterns(read('package.json'), read('pnpm-workspace.yaml'));
		if (belongs(relative(root, dir), patterns)) return root;
		// A repository ends where its version control does.
		if (existsSync(join(root, '.git'))) return undefined;
	}
	return undefined;
}

/** What `member` needs of the others, dependencies before dependents. @throws TareError WORKSPACE_CIRCULAR */
export function neededMembers(of: Manifest, members: readonly Member[]): readonly Member[] {
	const byName = new Map(members.map((member) => [member.manifest.json.name ?? '', member]));
	const done = new Set<Member>();
	const visit = (json: PackageJson, trail: readonly Member[]): void => {
		for (const name of Object.keys(allDependencies(json))) {
			const member = byName.get(name);
			// A package may name itself.
			if (member === undefined || done.has(member) || member.manifest.json === json) continue;
			if (trail.includes(member)) throw circular([...trail.slice(trail.indexOf(member)), member]);
			visit(member.manifest.json, [...trail, member]);
			done.add(member);
		}
	};
	visit(
		of.json,
		members.filter(({ manifest }) => manifest === of),
	);
	return [...done];
}

function circular(trail: readonly Member[]): TareError {
	const names = trail.map(({ manifest }) => manifest.json.name ?? manifest.file);
	const [first] = trail;
	return new TareError('WORKSPACE_CIRCULAR', `workspace packages depend on each other in a circle: ${names.join(' → ')}`, {
		hint: 'No order can build them: move what they share into a package of its own.',
		...(first !== undefined && { at: { file: first.manifest.file } }),
		data: { names },
	});
}
