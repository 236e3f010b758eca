/** Where the build of a folder begins: the workspace, or the module that the folder is a package of. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { enclosing } from '../../src/builder/outside.js';
import { parseGoMod, parseGoWork } from './modules.js';

/** @returns undefined where the folder itself is the root */
export function findRoot(dir: string): string | undefined {
	const module = upwards(dir, (at) => existsSync(join(at, 'go.mod')));
	const own = module ?? dir;
	const work = upwards(own, (at) => existsSync(join(at, 'go.work')) && usesOf(at).includes(resolve(own)));
	const root = work ?? (module === undefined ? dir : withReplaced(module));
	return resolve(root) === resolve(dir) ? undefined : root;
}

function upwards(dir: string, holds: (at: string) => boolean): string | undefined {
	for (let at = resolve(dir); ; at = dirname(at)) {
		if (holds(at)) return at;
		// A repository ends the search: what lies above is another's.
		if (existsSync(join(at, '.git')) || dirname(at) === at) return undefined;
	}
}

function usesOf(dir: string): readonly string[] {
	return parseGoWork(readFileSync(join(dir, 'go.work'), 'utf8')).uses.map((use) => resolve(dir, use));
}

/** The folder that holds the module and the folders that replace its requirements. */
function withReplaced(module: string): string {
	const file = join(resolve(module), 'go.mod');
	const text = readFileSync(file, 'utf8');
	const named = parseGoMod(text).replaces.map((written) => ({ folder: resolve(module, written), written, file, text }));
	return enclosing(
		module,
		named.filter(({ folder }) => existsSync(folder)),
	);
}
