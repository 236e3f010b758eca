/** Where the build of a package begins: the folder that holds its workspace and what that takes by path, with the workspaces of those. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { enclosing, type NamedFolder } from '../../src/builder/outside.js';
import { readIfFile } from '../../src/project-file.js';
import { parseToml, type TomlTable } from '../../src/source/toml.js';
import { memberPattern, strings, table } from './manifests.js';

/** @returns undefined where the folder itself is the root */
export function findRoot(dir: string): string | undefined {
	const own = resolve(dir);
	if (read(own) === undefined) return undefined;
	const root = covering(workspaceOf(own) ?? own);
	return root === own ? undefined : root;
}

/** The folder of the workspace that a package is a member of. */
function workspaceOf(dir: string): string | undefined {
	if (read(dir)?.workspace !== undefined) return dir;
	for (let at = dirname(dir); ; at = dirname(at)) {
		const workspace = table(read(at)?.workspace);
		const path = relative(at, dir).split(sep).join('/');
		if (strings(workspace.members).some((member) => memberPattern(clean(member)).test(path))) return at;
		// A repository ends the search: what lies above is another's.
		if (existsSync(join(at, '.git')) || existsSync(join(dir, '.git')) || dirname(at) === at) return undefined;
	}
}

/** The folder below which all packages lie that cargo reads, from one workspace or package on. */
function covering(start: string): string {
	const seen = new Set([start]);
	const named: NamedFolder[] = [];
	for (const dir of seen) {
		const manifest = read(dir);
		if (manifest === undefined) continue;
		const workspace = workspaceOf(dir);
		const file = join(dir, 'Cargo.toml');
		const above = workspace === undefined ? [] : [relative(dir, workspace)];
		for (const written of [...pathsOf(manifest), ...membersOf(dir, manifest), ...above]) {
			const folder = resolve(dir, written);
			if (seen.has(folder)) continue;
			seen.add(folder);
			named.push({ folder, written, file, text: readIfFile(file) ?? '' });
		}
	}
	return enclosing(start, named);
}

/** Folders that dependencies and patches name. */
function pathsOf(manifest: TomlTable): readonly string[] {
	const targets = Object.values(table(manifest.target)).map(table);
	const groups = [manifest, table(manifest.workspace), ...targets].flatMap((one) => [one.dependencies, one['dev-dependencies'], one['build-dependencies']]);
	return [...groups, ...Object.values(table(manifest.patch))]
		.flatMap((group) => Object.values(table(group)).map((one) => table(one).path))
		.filter((path) => typeof path === 'string');
}

function membersOf(dir: string, manifest: TomlTable): readonly string[] {
	return strings(table(manifest.workspace).members).flatMap((member) => below(dir, clean(member).split('/')));
}

function below(dir: string, parts: readonly string[]): readonly string[] {
	const [part, ...rest] = parts;
	if (part === undefined) return [dir];
	if (!/[*?[]/.test(part)) return below(join(dir, part), rest);
	if (!existsSync(dir)) return [];
	const expression = memberPattern(part);
	const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory() && expression.test(entry.name));
	return folders.flatMap(({ name }) => below(join(dir, name), rest));
}

function clean(member: string): string {
	return member.replace(/^\.\//, '').replace(/\/+$/, '');
}

function read(dir: string): TomlTable | undefined {
	const text = readIfFile(join(dir, 'Cargo.toml'));
	try {
		return text === undefined ? undefined : parseToml(text);
	} catch {
		// Detection will complain of.
		return undefined;
	}
}
