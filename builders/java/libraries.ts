/** Jars that an application depends on, and which layer each belongs to. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { settledFiles } from './settle.js';
import { jarTree, type Placed, placedBytes, placedFile, type Tree } from './tree.js';
import { writeJar } from './zip.js';

/** `released` never changes under its name; `snapshot` may; `module` is built here. */
export type LibraryKind = 'released' | 'snapshot' | 'module';

export interface Library extends Placed {
	/** File name in the image. */
	readonly name: string;
	readonly kind: LibraryKind;
	/** The image's layer, where the project says which. */
	readonly layer?: string;
}

/** Paths of all jars that this build made; two modules may give theirs one name. */
export type BuiltJars = readonly string[];

/** As Maven writes versions that may change. */
const SNAPSHOT = /-SNAPSHOT(?:[.-]|$)|-\d{8}\.\d{6}-\d+\.jar$/;

/** A jar inside of another: the copy of one that was built is known by its bytes, whatever it is called there. */
export function libraryIn(tree: Tree, path: string, built: BuiltJars): Library {
	const name = basename(path);
	const placed = tree.content(path);
	const named = built.filter((jar) => basename(jar) === name);
	const copied = built.find((jar) => statSync(jar).size === placed.size && readFileSync(jar).equals(tree.read(path)));
	const own = copied ?? (named.length === 1 ? named[0] : undefined);
	return own === undefined ? foreign(name, placed) : { name, kind: 'module', ...settledJar(own) };
}

function foreign(name: string, placed: Placed): Library {
	return { name, kind: SNAPSHOT.test(name) ? 'snapshot' : 'released', ...placed };
}

export function settledJar(path: string): Placed {
	return placedBytes(writeJar(settledFiles(jarTree(path, path))));
}

/** Jars of a class path by their places on disk, each under a name of its own. */
export function librariesAt(paths: readonly string[], built: BuiltJars): readonly Library[] {
	const taken = new Set<string>();
	return [...new Set(paths)].map((path) => {
		const file = basename(path);
		const name = freeName(path, taken);
		taken.add(name);
		return built.includes(path) ? { name, kind: 'module' as const, ...settledJar(path) } : { ...foreign(file, placedFile(path)), name };
	});
}

/** In a repository the group stands three folders above, a module's folder two. */
function freeName(path: string, taken: ReadonlySet<string>): string {
	const parts = path.split('/');
	const file = parts.at(-1) as string;
	const grouped = `${parts.slice(-5, -3).join('.')}-${file}`;
	const candidates = [file, grouped];
	for (let count = 2; candidates.every((name) => taken.has(name)); count++) candidates.push(`${count}-${file}`);
	return candidates.find((name) => !taken.has(name)) as string;
}
