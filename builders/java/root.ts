/** The folder to read for a module of a larger project: its parent's, as far up as one lists the next. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const SETTINGS = ['settings.gradle', 'settings.gradle.kts'];

export function findRoot(dir: string): string | undefined {
	if (SETTINGS.some((name) => existsSync(join(dir, name)))) return undefined;
	let root: string | undefined;
	let at = dir;
	// A repository ends the search: what lies above is another's.
	for (let above = dirname(dir); above !== dirname(above) && !existsSync(join(at, '.git')); above = dirname(above)) {
		if (!lists(above, relative(above, at).split(sep).join('/'))) continue;
		root = above;
		at = above;
	}
	return root;
}

function lists(folder: string, module: string): boolean {
	const pom = read(join(folder, 'pom.xml'));
	if (pom !== undefined) return [...pom.matchAll(/<module>\s*([^<]+?)\s*<\/module>/g)].some((match) => match[1]?.replace(/^\.\/|\/$/g, '') === module);
	const name = module.replaceAll('/', '[:/]');
	return SETTINGS.some((file) => new RegExp(`\\binclude\\b[^\\n]*["']:?${name}["']`).test(read(join(folder, file)) ?? ''));
}

function read(path: string): string | undefined {
	return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
