/** Where the build of a folder begins: the folder that holds its module or workspace, and all that these take by path. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { enclosing, type NamedFolder } from '../../src/builder/outside.js';
import { readIfFile } from '../../src/project-file.js';
import { parseGoMod, parseGoWork } from './modules.js';

/** @returns undefined where the folder itself is the root @throws TareError LINK_UNUSABLE */
export function findRoot(dir: string): string | undefined {
	const module = upwards(dir, (at) => existsSync(join(at, 'go.mod')));
	const own = module ?? resolve(dir);
	const work = upwards(own, (at) => existsSync(join(at, 'go.work')) && (at === resolve(dir) || usesOf(at).some(({ folder }) => folder === own)));
	const uses = work === undefined ? [] : usesOf(work);
	const mains = work === undefined ? [own] : uses.map(({ folder }) => folder);
	const replaced = [...mains.map((main) => join(main, 'go.mod')), ...(work === undefined ? [] : [join(work, 'go.work')])].flatMap(replacedBy);
	const root = enclosing(work ?? own, [...uses, ...replaced]);
	return root === resolve(dir) ? undefined : root;
}

function upwards(dir: string, holds: (at: string) => boolean): string | undefined {
	for (let at = resolve(dir); ; at = dirname(at)) {
		if (holds(at)) return at;
		// A repository ends the search: what is above is another's.
		if (existsSync(join(at, '.git')) || dirname(at) === at) return undefined;
	}
}

function usesOf(dir: string): readonly NamedFolder[] {
	const file = join(dir, 'go.work');
	const text = readIfFile(file) ?? '';
	return parseGoWork(text).uses.map((written) => ({ folder: resolve(dir, written), written, file, text }));
}

/** @param file go.mod or go.work */
function replacedBy(file: string): readonly NamedFolder[] {
	const text = readIfFile(file);
	if (text === undefined) return [];
	const { replaces } = file.endsWith('go.work') ? parseGoWork(text) : parseGoMod(text);
	return replaces.map((written) => ({ folder: resolve(dirname(file), written), written, file, text }));
}
