/** Quarkus' own folder: its runner names all jars, the application's own are apart from the libraries (https://quarkus.io/guides/maven-tooling#fast-jar). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { Application } from './application.js';
import { type Library, settledJar } from './libraries.js';
import { withStableKeys } from './quarkus-keys.js';
import { settledFiles } from './settle.js';
import { jarTree, placedBytes, placedFile } from './tree.js';
import { writeJar } from './zip.js';

const RUNNER = 'quarkus-run.jar';
/** What build steps recorded. */
const RECORDED = 'quarkus/generated-bytecode.jar';
const SNAPSHOT = /-SNAPSHOT/;

export function quarkusApplication(folder: string): Application {
	const files = listed(folder, '').filter((path) => !path.endsWith('.jar.original'));
	const libraries = files.filter((path) => path.startsWith('lib/'));
	return {
		main: { name: RUNNER, java: 0, namesPort: false },
		libraries: libraries.map((path): Library => ({ name: path, kind: SNAPSHOT.test(path) ? 'snapshot' : 'released', ...placedFile(join(folder, path)) })),
		own: files.filter((path) => !path.startsWith('lib/')).map((path) => toEntry(folder, path)),
		classPath: [],
		flags: [],
		jar: RUNNER,
	};
}

function toEntry(folder: string, path: string): Entry {
	const full = join(folder, path);
	const placed =
		path === RECORDED ? placedBytes(writeJar(withStableKeys(settledFiles(jarTree(full, path))))) : path.endsWith('.jar') ? settledJar(full) : placedFile(full);
	return { type: 'file', path: imagePath(`app/${path}`), mode: 0o644, ...placed };
}

function listed(folder: string, below: string): readonly string[] {
	return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
		const path = below === '' ? entry.name : `${below}/${entry.name}`;
		return entry.isDirectory() ? listed(folder, path) : [path];
	});
}
