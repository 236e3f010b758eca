/** Is this a Java project, and of which kind? */
import type { Detection, Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { BUILD, isGradle, SETTINGS } from './gradle/files.js';
import { isPolyglot, POMS, refuseOtherPoms } from './maven/polyglot.js';

/** `jar`: built elsewhere; `exploded`: a jar that was unpacked; `source`: files for javac alone. */
export type Kind = 'maven' | 'gradle' | 'jar' | 'exploded' | 'source';

export interface Found {
	readonly kind: Kind;
	readonly file: string;
}

const MANIFEST = 'META-INF/MANIFEST.MF';
/** Where finished jars are put: beside the Dockerfile that they had, or where the build tool left them. */
const FINISHED = /^(?:(?:target|build|build\/libs|out|dist)\/)?[^/]+\.[jw]ar$/;
const BESIDE = /[-.](?:sources|javadoc|tests|plain)\.jar$|^(?:.*\/)?original-/;

export function findKind(source: FileIndex): Found | undefined {
	// Spring's own samples have both; Maven needs no download of its own.
	const pom = source.first(...POMS);
	if (pom === 'pom.xml' || (pom !== undefined && isPolyglot(source))) return { kind: 'maven', file: pom };
	refuseOtherPoms(source);
	if (isGradle(source)) return { kind: 'gradle', file: source.first(...SETTINGS, ...BUILD) as string };
	if (source.has(MANIFEST) && /^(?:Main|Start)-Class:/m.test(source.text(MANIFEST) ?? '')) return { kind: 'exploded', file: MANIFEST };
	const [jar] = finishedJars(source);
	if (jar !== undefined) return { kind: 'jar', file: jar };
	const main = javaSources(source).find((path) => hasMain(source.text(path) ?? ''));
	return main === undefined ? undefined : { kind: 'source', file: main };
}

export function detectJava(source: FileIndex): Detection | undefined {
	const found = findKind(source);
	if (found === undefined) return undefined;
	const { kind, file } = found;
	const reasons: Reason[] = [{ file, says: kind === 'source' ? `${file} has a main method` : file }];
	if (kind === 'maven' && isGradle(source))
		reasons.push({ file: source.first(...BUILD, ...SETTINGS) as string, says: 'built with Maven, though Gradle files are there, too' });
	// A jar or a source file may only help an app of another language.
	return { builder: 'java', reasons, facts: { kind, file }, weak: kind === 'jar' || kind === 'source' };
}

export function finishedJars(source: FileIndex): readonly string[] {
	return source.files.map(({ path }) => path).filter((path) => FINISHED.test(path) && !BESIDE.test(path));
}

/** Java files without a build tool: at the root or in src, with the folders of their packages. */
export function javaSources(source: FileIndex): readonly string[] {
	const all = source.files.map(({ path }) => path).filter((path) => path.endsWith('.java') && !/(?:^|\/)(?:test|tests|examples?|docs?)\//.test(path));
	const top = all.filter((path) => !path.includes('/'));
	if (top.length === 0) return all.filter((path) => path.startsWith('src/'));
	const packages = new Set(top.flatMap((path) => importedPackages(source.text(path) ?? '')));
	return [...top, ...all.filter((path) => path.includes('/') && packages.has(path.split('/', 1)[0] as string))];
}

/** First parts of the packages that a file imports or names. */
function importedPackages(text: string): readonly string[] {
	return [...text.matchAll(/^[^\S\n]*import\s+(?:static\s+)?(\w+)\./gm)].map((match) => match[1] as string);
}

export function hasMain(text: string): boolean {
	return /\bstatic\s+(?:final\s+)?void\s+main\s*\(|^[^\S\n]*(?:public\s+)?void\s+main\s*\(/m.test(text);
}
