/** Artifacts that Maven found nowhere, and that are the project's own: a parent at another place, a module that nobody lists. */
import { posix } from 'node:path';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { POMS } from './polyglot.js';
import { type Pom, withParents } from './pom.js';
import { type PomFiles, readProject } from './project.js';

const PARENT = /Non-resolvable (?:parent POM|import POM|parent)[^\n]*?(?:for ([\w.-]+:[\w.-]+:\S+?))?:[^\n]*?([\w.-]+):([\w.-]+):pom:([\w.-]+)/;

const SYSTEM = /at specified path (\S+?\.jar)/;

/** @param folder of the pom that Maven was started with @returns undefined where the artifact is a stranger */
export function unresolvedOwn(output: string, artifact: string | undefined, folder: string, source: FileIndex): TareError | undefined {
	const place = SYSTEM.exec(output)?.[1];
	if (place !== undefined) return jarMissing(place, output);
	const poms = reachable(source, folder);
	const parent = PARENT.exec(output);
	if (parent !== null) {
		const [, , group, name, version] = parent;
		const child = poms.find(({ foreignParent }) => foreignParent?.group === group && foreignParent?.artifact === name);
		if (child !== undefined) return parentMissing(child, `${group}:${name}:${version}`, output, source);
	}
	const [group, name] = artifact?.split(':') ?? [];
	const other = name === undefined ? undefined : ownPoms(source).find((pom) => pom.artifact === name && pom.group === group);
	return other === undefined || artifact === undefined ? undefined : unlisted(other, artifact, output);
}

function parentMissing({ file, folder, foreignParent }: Pom, parent: string, output: string, source: FileIndex): TareError {
	const place = foreignParent?.place;
	const there = ownPoms(source).find((pom) => `${pom.group}:${pom.artifact}` === parent.replace(/:[^:]*$/, ''));
	const looked = place === undefined ? 'in no repository' : `neither at ${place} nor in a repository`;
	const elsewhere = there === undefined ? undefined : posix.relative(folder, there.file);
	return new TareError('INSTALL_FAILED', `${file} has the parent ${parent}, which is ${looked}`, {
		hint:
			elsewhere !== undefined
				? `${there?.file} has that name${there?.version === parent.split(':')[2] ? '' : ` and the version ${there?.version}`}: write <relativePath>${elsewhere}</relativePath> and the same version into <parent>.`
				: 'Put the parent where <relativePath> says, inside of the repository that is built, or publish it to a repository that the settings of Maven name.',
		at: { file, ...(foreignParent !== undefined && { line: foreignParent.line }) },
		data: { output, artifact: parent },
	});
}

function jarMissing(place: string, output: string): TareError {
	return new TareError('INSTALL_FAILED', `${place}, which a pom names with the scope system, is not in the source folder`, {
		hint: 'Put the jar there, or let .dockerignore or .tareignore not leave it out; or publish it to a repository and depend on it without systemPath.',
		data: { output },
	});
}

function unlisted({ file, folder }: Pom, artifact: string, output: string): TareError {
	return new TareError('INSTALL_FAILED', `Maven finds ${artifact} in no repository; ${file} is that project, and is not built along`, {
		hint: `List it as a module where the app is one, <module>${folder}</module>, with the same version, and build from there; or publish it first (mvn install).`,
		at: { file, line: 1 },
		data: { output, artifact },
	});
}

function reachable(source: PomFiles, folder: string): readonly Pom[] {
	return withParents(readProject(source, folder)?.reactor ?? []);
}

const MOST = 500;

function ownPoms(source: FileIndex): readonly Pom[] {
	const folders = source.files.filter(({ path }) => POMS.includes(posix.basename(path))).map(({ path }) => posix.dirname(path).replace(/^\.$/, ''));
	return folders.slice(0, MOST).flatMap((folder) => {
		try {
			return readProject(source, folder)?.own ?? [];
		} catch (error) {
			if (error instanceof TareError) return [];
			throw error;
		}
	});
}
