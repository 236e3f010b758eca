/** The folder to read for a module of a larger project: the smallest one that holds all that Maven or Gradle reads for it. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { enclosing, type NamedFolder } from '../../src/builder/outside.js';
import { readProjectFile } from '../../src/project-file.js';
import { gradleFolders, settingsFolder } from './gradle/files.js';
import type { Pom } from './maven/pom.js';
import { folderOf, readProject } from './maven/project.js';
import { childOf } from './xml.js';

/** @returns undefined where the folder itself is the root @throws TareError LINK_UNUSABLE | MANIFEST_INVALID */
export function findRoot(dir: string): string | undefined {
	const own = resolve(dir);
	const root = mavenRoot(own) ?? gradleRoot(own);
	return root === own ? undefined : root;
}

/** Undefined where the folder has no pom. */
function mavenRoot(own: string): string | undefined {
	const top = topOf(own);
	const read = reader(top);
	const project = readProject({ text: read }, below(top, own));
	if (project === undefined) return undefined;
	const { entry, poms } = project;
	const start: NamedFolder = { folder: join(top, entry.folder), written: '<modules>', file: join(top, entry.file), text: read(entry.file) ?? '' };
	return enclosing(own, [start, ...poms.flatMap((pom) => namedBy(pom, top, read))]);
}

/** The repository, which ends the search; without one the whole disk. */
function topOf(own: string): string {
	for (let at = own; ; at = dirname(at)) if (existsSync(join(at, '.git')) || dirname(at) === at) return at;
}

type Read = (path: string) => string | undefined;

/** A folder where a file may be is none. */
function reader(top: string): Read {
	return (path) => (statSync(join(top, path), { throwIfNoEntry: false })?.isDirectory() === true ? undefined : readProjectFile(top, path));
}

function below(top: string, folder: string): string {
	return relative(top, folder).split(sep).join('/');
}

/** Folders of the parent and of the modules. */
function namedBy({ file, folder, xml, parent, modules }: Pom, top: string, read: Read): readonly NamedFolder[] {
	const from = join(top, file);
	const text = read(file) ?? '';
	const named = (target: string, written: string): NamedFolder => ({ folder: join(top, folderOf(target)), written, file: from, text });
	const ofParent = parent === undefined ? [] : [named(parent.file, childOf(xml, 'parent', 'relativePath')?.text.trim() || '../pom.xml')];
	const ofModules = modules.filter((module) => existsSync(join(top, module))).map((module) => named(module, posix.relative(folder, folderOf(module))));
	return [...ofParent, ...ofModules];
}

function gradleRoot(own: string): string {
	const top = topOf(own);
	const read = reader(top);
	const start = settingsFolder(read, below(top, own));
	const named = gradleFolders(read, start).map(({ folder, written, file }) => ({
		folder: join(top, folder),
		written,
		file: join(top, file),
		text: read(file) ?? '',
	}));
	return enclosing(
		join(top, start),
		named.filter(({ folder }) => existsSync(folder)),
	);
}
