/** Jars that an application depends on, and which layer each belongs to. */
import { settledFiles } from './settle.js';
import { jarTree, type Placed, placedBytes, placedFile } from './tree.js';
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

/** Jars that this build made: path on disk by file name. */
export type BuiltJars = ReadonlyMap<string, string>;

/** As Maven writes versions that may change. */
const SNAPSHOT = /-SNAPSHOT(?:[.-]|$)|-\d{8}\.\d{6}-\d+\.jar$/;

/** @param place answers where the bytes of a foreign jar are */
export function toLibrary(name: string, built: BuiltJars, place: () => Placed): Library {
	const own = built.get(name);
	if (own !== undefined) return { name, kind: 'module', ...settledJar(own) };
	return { name, kind: SNAPSHOT.test(name) ? 'snapshot' : 'released', ...place() };
}

export function settledJar(path: string): Placed {
	return placedBytes(writeJar(settledFiles(jarTree(path, path))));
}

/** Jars of a class path by their places on disk, each under a name of its own. */
export function librariesAt(paths: readonly string[], built: BuiltJars): readonly Library[] {
	const taken = new Set<string>();
	return [...new Set(paths)].map((path) => {
		const parts = path.split('/');
		const file = parts.at(-1) as string;
		// In a repository the group stands three folders above.
		const name = taken.has(file) ? `${parts.slice(-5, -3).join('.')}-${file}` : file;
		taken.add(name);
		return { ...toLibrary(file, new Map([...built].filter(([, at]) => at === path)), () => placedFile(path)), name };
	});
}
