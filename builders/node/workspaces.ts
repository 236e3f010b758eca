/** A repository of several packages: which there are, and which of them one app needs. */
import { dirname } from 'node:path';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { allDependencies, type Manifest, type PackageJson, readManifest } from './manifest.js';
import { readDeclaration } from './workspace/declaration.js';

export interface Member {
	/** Relative to the root. */
	readonly folder: string;
	readonly manifest: Manifest;
}

/** @returns every package that the root's patterns name, by folder @throws TareError MANIFEST_INVALID */
export function workspaceMembers(source: FileIndex): readonly Member[] {
	const declaration = readDeclaration(source);
	if (declaration === undefined) return [];
	return source.files.flatMap(({ path }) => {
		if (!/\/package\.json5?$/.test(path)) return [];
		const folder = dirname(path);
		const manifest = declaration.links(folder) ? readManifest(source, path) : undefined;
		return manifest === undefined ? [] : [{ folder, manifest }];
	});
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
