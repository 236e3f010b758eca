/** After an install for the target: packages that say they are for other platforms. Not every version of every tool leaves them out. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Listener } from '../../src/events.js';
import { isRecord } from './manifest.js';
import { isInstalledOn, limitsOf } from './package-managers/platforms.js';

interface Installed {
	readonly folder: string;
	readonly name: string;
	readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Removes the optional ones, as the tool would have. A required one stays with a warning: what it says of itself may be wrong, and binaries of
 * another architecture in the image are an error in any case.
 * @param roots folders with a node_modules of their own @param architecture OCI name
 */
export function removeForeign(roots: readonly string[], architecture: string, emit: Listener): void {
	const folders = roots.map((root) => join(root, 'node_modules')).flatMap(modulesFolders);
	const installed = folders.flatMap(packagesIn);
	const foreign = installed.filter(({ json }) => !isInstalledOn(limitsOf(json), architecture));
	if (foreign.length === 0) return;
	const required = new Set([...roots.map((root) => manifestIn(root) ?? {}), ...installed.map(({ json }) => json)].flatMap(requiredBy));
	const [kept, removed] = [foreign.filter(({ name }) => required.has(name)), foreign.filter(({ name }) => !required.has(name))];
	for (const { folder } of removed) remove(folder);
	for (const folder of folders) removeDangling(folder);
	const names = [...new Set(removed.map(({ name }) => name))].sort();
	if (names.length > 0) emit({ type: 'note', says: `packages for other platforms than linux/${architecture} are left out: ${names.join(', ')}` });
	for (const { name } of kept)
		emit({
			type: 'warning',
			says: `${name} says that it is not for linux/${architecture}, and another package needs it: it is shipped`,
			hint: 'Where only some platforms need it, it belongs into "optionalDependencies".',
		});
}

/** A node_modules folder, those of the packages in it, and those of a store inside it (`.pnpm`, `.bun`). */
function modulesFolders(folder: string): readonly string[] {
	if (!existsSync(folder)) return [];
	const inside = subfolders(folder).flatMap((name) => {
		const path = join(folder, name);
		const packages = /^(?:@|\.pnpm$|\.bun$)/.test(name) ? subfolders(path).map((each) => join(path, each)) : [];
		return [path, ...packages].flatMap((each) => modulesFolders(join(each, 'node_modules')));
	});
	return [folder, ...inside];
}

function packagesIn(folder: string): readonly Installed[] {
	return subfolders(folder).flatMap((name) => {
		const names = name.startsWith('@') ? subfolders(join(folder, name)).map((each) => `${name}/${each}`) : [name];
		return names.flatMap((each) => {
			const json = manifestIn(join(folder, each));
			return json === undefined ? [] : [{ folder: join(folder, each), name: each, json }];
		});
	});
}

/** Links are not followed: what they lead to is met in its own place. */
function subfolders(folder: string): readonly string[] {
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name);
}

function manifestIn(folder: string): Readonly<Record<string, unknown>> | undefined {
	const path = join(folder, 'package.json');
	if (!existsSync(path)) return undefined;
	try {
		const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
		return isRecord(json) ? json : undefined;
	} catch {
		// Test data of a package, with which no tool has anything to do.
		return undefined;
	}
}

/** Some packages name an optional dependency in both lists; then it is optional. */
function requiredBy(json: Readonly<Record<string, unknown>>): readonly string[] {
	const optional = isRecord(json.optionalDependencies) ? json.optionalDependencies : {};
	return isRecord(json.dependencies) ? Object.keys(json.dependencies).filter((name) => !(name in optional)) : [];
}

function remove(folder: string): void {
	rmSync(folder, { recursive: true });
	// Its scope, and its place in a store, are nothing without it.
	for (let parent = dirname(folder); readdirSync(parent).length === 0; parent = dirname(parent)) rmdirSync(parent);
}

/** Links to what was removed, in the folder, its scopes and `.bin`. */
function removeDangling(folder: string): void {
	if (!existsSync(folder)) return;
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isSymbolicLink() && !existsSync(path)) rmSync(path);
		else if (entry.isDirectory() && /^(?:@|\.bin$)/.test(entry.name)) removeDangling(path);
	}
}
