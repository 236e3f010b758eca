/** Where the build of a package begins: its workspace, or the folder that holds it and the packages it takes by path. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseToml, type TomlTable } from '../../src/source/toml.js';
import { memberPattern, strings, table } from './manifests.js';

/** @returns undefined where the folder itself is the root */
export function findRoot(dir: string): string | undefined {
	const own = read(dir);
	if (own === undefined || own.workspace !== undefined) return undefined;
	for (let at = dirname(resolve(dir)); ; at = dirname(at)) {
		const workspace = table(read(at)?.workspace);
		const path = relative(at, resolve(dir)).split(sep).join('/');
		if (strings(workspace.members).some((member) => memberPattern(member.replace(/^\.\//, '').replace(/\/+$/, '')).test(path))) return at;
		// A repository ends the search: what lies above is another's.
		if (existsSync(join(at, '.git')) || existsSync(join(dir, '.git')) || dirname(at) === at) break;
	}
	const root = withPaths(resolve(dir), own);
	return root === resolve(dir) ? undefined : root;
}

function read(dir: string): TomlTable | undefined {
	try {
		return parseToml(readFileSync(join(dir, 'Cargo.toml'), 'utf8'));
	} catch {
		// None, or one that detection will complain of.
		return undefined;
	}
}

function withPaths(dir: string, manifest: TomlTable): string {
	let root = dir;
	for (const value of Object.values(table(manifest.dependencies))) {
		const { path } = table(value);
		if (typeof path !== 'string') continue;
		const target = resolve(dir, path);
		if (existsSync(target)) while (relative(root, target).split(sep)[0] === '..') root = dirname(root);
	}
	return root;
}
