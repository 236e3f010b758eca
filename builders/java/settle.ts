/** Files of a jar that a build made, without what differs from one machine and moment to the next. */
import { settledManifest } from './manifest.js';
import type { Tree } from './tree.js';
import type { JarFile } from './zip.js';

const MANIFEST = 'META-INF/MANIFEST.MF';
/** Written by java.util.Properties with the time as a comment. */
const DATED = /^META-INF\/maven\/.*\/pom\.properties$|(?:^|\/)(?:git|build-info)\.properties$/;

/** All files of the tree, the names of which `rename` answers; undefined leaves one out. */
export function settledFiles(tree: Tree, rename: (name: string) => string | undefined = (name) => name): readonly JarFile[] {
	const files = new Map<string, JarFile>();
	for (const name of tree.names) {
		const to = rename(name);
		// A name that stays what it was gives way to one that was moved here: the application's classes come first.
		if (to !== undefined && !(to === name && files.has(to))) files.set(to, { name: to, bytes: settled(to, tree.read(name)) });
	}
	return [...files.values()];
}

function settled(name: string, bytes: Buffer): Buffer {
	if (name === MANIFEST) return Buffer.from(settledManifest(bytes.toString('utf8')));
	if (DATED.test(name)) return Buffer.from(bytes.toString('latin1').replace(/^#.*\r?\n/gm, ''), 'latin1');
	return bytes;
}
