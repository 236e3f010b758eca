/** The folder to read for a module of a larger project: the smallest one that holds all that Maven or Gradle reads for it. */
import { existsSync } from 'node:fs';
import { join, parse, posix, relative, resolve, sep } from 'node:path';
import { enclosing, type NamedFolder } from '../../src/builder/outside.js';
import { readIfFile, repositoryOf } from '../../src/project-file.js';
import { gradleFolders, settingsFolder } from './gradle/files.js';
import type { Pom } from './maven/pom.js';
import { folderOf, readProject } from './maven/project.js';
import { childOf, textOf } from './xml.js';

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
	// A pom above the repository counts only where one of its poms asks for it.
	const project = readProject({ text: (path) => (path.startsWith('../') ? undefined : read(path)) }, below(top, own));
	if (project === undefined) return undefined;
	const { entry, poms } = project;
	const start: NamedFolder = { folder: join(top, entry.folder), written: '<modules>', file: join(top, entry.file), text: read(entry.file) ?? '' };
	return enclosing(own, [start, ...poms.flatMap((pom) => namedBy(pom, top, read))]);
}

/** The repository, which ends the search; without one the whole disk. */
function topOf(own: string): string {
	return repositoryOf(own) ?? parse(own).root;
}

type Read = (path: string) => string | undefined;

function reader(top: string): Read {
	return (path) => readIfFile(join(top, path));
}

function below(top: string, folder: string): string {
	return relative(top, folder).split(sep).join('/');
}

/** Folders of the parent and of the modules. */
function namedBy({ file, folder, xml, parent, modules }: Pom, top: string, read: Read): readonly NamedFolder[] {
	const from = join(top, file);
	const text = read(file) ?? '';
	const named = (target: string, written: string): NamedFolder => ({ folder: join(top, folderOf(target)), written, file: from, text });
	const written = childOf(xml, 'parent', 'relativePath')?.text.trim() ?? '';
	const outside = written === '' || parent !== undefined ? undefined : parentOutside(posix.join(folder, written), textOf(xml, 'parent', 'artifactId'), read);
	const asked = parent?.file ?? outside;
	const ofParent = asked === undefined ? [] : [named(asked, written === '' ? '../pom.xml' : written)];
	const ofModules = modules.filter((module) => existsSync(join(top, module))).map((module) => named(module, posix.relative(folder, folderOf(module))));
	return [...ofParent, ...ofModules];
}

/** Maven takes a parent from a repository where the file at its place is another's. */
function parentOutside(path: string, artifact: string | undefined, read: Read): string | undefined {
	if (!path.startsWith('../') || artifact === undefined) return undefined;
	return [path, posix.join(path, 'pom.xml')].find((file) => read(file)?.includes(`<artifactId>${artifact}</artifactId>`));
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
