/** Jars and unpacked jars that were built elsewhere: which one is the app, and the Java that its classes need. */

import { join } from 'node:path';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { boundedPattern } from '../../src/source/pattern.js';
import { readClass } from './class-file.js';
import { finishedJars } from './detect.js';
import { parseManifest } from './manifest.js';
import { folderTree, jarTree, readText, type Tree } from './tree.js';

/** @param named in a start command, perhaps with a pattern @throws TareError NO_START | AMBIGUOUS | MANIFEST_INVALID */
export function findJar(source: FileIndex, named: string | undefined): string {
	const all = finishedJars(source);
	const pattern =
		named === undefined
			? undefined
			: boundedPattern(
					`^${named
						.replace(/^(?:\.\/|\/app\/)/, '')
						.replace(/[.+^${}()|[\]\\]/g, '\\$&')
						.replace(/\*/g, '[^/]*')}$`,
				);
	const asked = pattern === undefined ? all : source.files.map(({ path }) => path).filter((path) => pattern.test(path));
	const startable = asked.filter((path) => {
		const manifest = parseManifest(readText(jarTree(join(source.root, path), path), 'META-INF/MANIFEST.MF') ?? '');
		return manifest.has('Start-Class') || manifest.has('Main-Class') || path.endsWith('.war');
	});
	const [only, ...others] = startable;
	if (only === undefined)
		throw new TareError('NO_START', `${named ?? all.join(', ')} cannot be started: no manifest names a Main-Class`, {
			hint: 'Build an executable jar, or name a jar and a class: --start "java -cp app.jar com.example.Main".',
		});
	if (others.length === 0) return only;
	throw new TareError('AMBIGUOUS', `more than one jar can be started: ${startable.join(', ')}`, {
		hint: `Name one: --start "java -jar ${only}".`,
		data: { candidates: startable },
	});
}

/** What is built already, as files. */
export function finishedTree(source: FileIndex, kind: 'jar' | 'exploded', file: string): Tree {
	return kind === 'jar' ? jarTree(join(source.root, file), file) : sourceTree(source);
}

export function sourceTree(source: FileIndex): Tree {
	const names = source.files.filter(({ type }) => type === 'file').map(({ path }) => path);
	return folderTree(source.root, names, 'META-INF/MANIFEST.MF');
}

/** Feature release that the class to start needs. */
export function neededBy(tree: Tree): number | undefined {
	const manifest = parseManifest(readText(tree, 'META-INF/MANIFEST.MF') ?? '');
	const name = `${(manifest.get('Start-Class') ?? manifest.get('Main-Class') ?? '').replaceAll('.', '/')}.class`;
	const path = [name, `BOOT-INF/classes/${name}`, `WEB-INF/classes/${name}`].find((one) => tree.has(one));
	return path === undefined ? undefined : readClass(tree.read(path))?.java;
}
