/** Dependencies that are folders or archives of the user's own: `file:`, `link:`, `portal:` and plain paths. */
import { posix } from 'node:path';
import { TareError } from '../../../src/errors.js';
import { ancestors } from '../../../src/source/ancestors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { allDependencies, isRecord, type Manifest, manifestFile, readManifest } from '../manifest.js';
import type { Member } from '../workspaces.js';

export interface Link {
	readonly name: string;
	/** As written. */
	readonly range: string;
	/** Relative to the root of the source, or absolute. */
	readonly path: string;
	readonly of: Manifest;
}

const LINK = /^(?:(file|link|portal):(?:\/\/(?=\/))?|(?=\.{1,2}(?:\/|$)|~?\/))/;

/** @param folder where the manifest is */
export function linksOf(manifest: Manifest, folder: string): readonly Link[] {
	const { json } = manifest;
	const replaced = [json.overrides, isRecord(json.pnpm) ? json.pnpm.overrides : undefined, json.resolutions].flatMap((each) =>
		isRecord(each) ? Object.entries(each) : [],
	);
	const all = [...Object.entries(allDependencies(json)), ...replaced.filter((pair): pair is [string, string] => typeof pair[1] === 'string')];
	return all.flatMap(([name, range]) => {
		const written = range.replace(LINK, '');
		// Yarn adds what the path is bound to.
		const path = written.replace(/(?:::|#).*$/, '');
		if (!LINK.test(range)) return [];
		return [{ name, range, path: /^[~/]/.test(path) ? path : posix.join(folder, path).replace(/(?<=.)\/$/, ''), of: manifest }];
	});
}

/** Folders that the packages link to, and those that these link to. */
export function linkedPackages(source: FileIndex, packages: readonly Member[]): readonly Member[] {
	const found = new Map<string, Member>();
	const open = [...packages];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		for (const { path } of linksOf(next.manifest, next.folder)) {
			const manifest = found.has(path) || packages.some(({ folder }) => folder === path) ? undefined : readManifest(source, manifestFile(path));
			if (manifest === undefined) continue;
			found.set(path, { folder: path, manifest });
			open.push({ folder: path, manifest });
		}
	}
	return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

export function isOutside(path: string): boolean {
	return /^(?:\.\.(?:\/|$)|[~/])/.test(path);
}

/** What is not in the source folder can neither be installed nor shipped. @throws TareError LINK_UNUSABLE */
export function refuseOutside(packages: readonly Member[]): void {
	const link = packages.flatMap(({ manifest, folder }) => linksOf(manifest, folder)).find(({ path }) => isOutside(path));
	if (link === undefined) return;
	throw unusable(link, `${link.name} is ${link.range}, which is outside the source folder`, [
		'Build from the folder that holds both: make both packages of a workspace ("workspaces" in a package.json there, or pnpm-workspace.yaml), or keep them in one git repository.',
		'Or publish the package and name its version.',
	]);
}

/**
 * Some tools link a folder as it is, and install nothing for it: npm outside of the project, pnpm and Yarn for `link:`. Others copy it.
 * @param packages folders of the app, its members and what they link to @param realPath of a path in the installation; undefined where there is nothing
 * @throws TareError LINK_UNUSABLE
 */
export function refuseUninstalled(source: FileIndex, packages: readonly string[], realPath: (path: string) => string | undefined): void {
	const manifestOf = (folder: string): Manifest | undefined => readManifest(source, manifestFile(folder));
	const found = (name: string, folder: string): string | undefined =>
		placesOf(name, folder)
			.map(realPath)
			.find((real) => real !== undefined);
	const links = packages.flatMap((folder) => {
		const manifest = manifestOf(folder);
		return manifest === undefined ? [] : linksOf(manifest, folder).map((link) => ({ ...link, from: folder }));
	});
	for (const { name, path, from } of links) {
		const manifest = found(name, from) === path ? manifestOf(path) : undefined;
		const missing = Object.keys(manifest?.json.dependencies ?? {}).filter((needed) => found(needed, path) === undefined);
		if (manifest === undefined || missing.length === 0) continue;
		const line = manifest.lineOf('dependencies', missing[0] ?? '');
		throw new TareError(
			'LINK_UNUSABLE',
			`${name} is a link to ${path}, and the package manager installs nothing that this folder depends on: ${missing.join(', ')}`,
			{
				hint: 'Make both packages of a workspace, which installs for all of them. With pnpm, file: in place of link: installs them, too.',
				at: { file: manifest.file, ...(line !== undefined && { line }) },
				data: { folder: path, missing },
			},
		);
	}
}

/** Where code in the folder looks for a package. */
function placesOf(name: string, folder: string): readonly string[] {
	return [folder, ...[...ancestors(folder)].reverse(), ''].map((place) => posix.join(place, 'node_modules', name));
}

function unusable({ name, range, path, of }: Link, message: string, hints: readonly string[]): TareError {
	const line = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides', 'resolutions']
		.map((list) => of.lineOf(list, name))
		.find((one) => one !== undefined);
	return new TareError('LINK_UNUSABLE', message, {
		hint: hints.join(' '),
		at: { file: of.file, ...(line !== undefined && { line }) },
		data: { name, range, path },
	});
}
