/** Build scripts of Gradle, read as text: they are programs, and only Gradle can run them. */
import { posix } from 'node:path';
import type { FileIndex } from '../../../src/source/file-index.js';

export interface GradleScript {
	readonly file: string;
	/** '' for the root. */
	readonly folder: string;
	/** Without comments. */
	readonly text: string;
}

export const SETTINGS = ['settings.gradle', 'settings.gradle.kts'];
export const BUILD = ['build.gradle', 'build.gradle.kts'];

export function isGradle(source: FileIndex): boolean {
	return source.first(...SETTINGS, ...BUILD) !== undefined;
}

type Read = (path: string) => string | undefined;

/** The folder of the settings that list the folder as a project, as far up as one is found; else the folder itself. */
export function settingsFolder(read: Read, folder: string): string {
	if (SETTINGS.some((name) => read(posix.join(folder, name)) !== undefined)) return folder;
	for (let at = folder; at !== ''; ) {
		at = parentOf(at);
		const text = settingsText(read, at);
		if (text !== undefined && projectFolders(text).some((path) => posix.join(at, path) === folder)) return at;
	}
	return folder;
}

function settingsText(read: Read, folder: string): string | undefined {
	const text = SETTINGS.map((name) => read(posix.join(folder, name))).find((found) => found !== undefined);
	return text === undefined ? undefined : withoutComments(text);
}

const STRINGS = String.raw`((?:["'][^"'\n]+["'][\s,]*)+)`;
const PROJECT_DIR = /\bproject\s*\(\s*["']:?([^"'\n]+)["']\s*\)\s*\.\s*projectDir\s*=[^"'\n]*["'](?:\$\{?\w+\}?\/)?([^"'\n]+)["']/g;

/** Of the projects that settings include, relative to their folder. */
export function projectFolders(settings: string): readonly string[] {
	const moved = new Map([...settings.matchAll(PROJECT_DIR)].map(([, name = '', path = '']) => [name.replace(/^:/, ''), path]));
	const flat = called(settings, 'includeFlat').map((name) => `../${name}`);
	const named = called(settings, 'include').map((name) => name.replace(/^:/, ''));
	return [...named.map((name) => moved.get(name) ?? name.replaceAll(':', '/')), ...flat].map((path) => path.replace(/\/+$/, ''));
}

function called(text: string, name: string): readonly string[] {
	return [...text.matchAll(new RegExp(String.raw`\b${name}\b[\s(]*${STRINGS}`, 'g'))].flatMap(([, list = '']) =>
		[...list.matchAll(/["']([^"'\n]+)["']/g)].map((match) => match[1] as string),
	);
}

export interface GradleFolder {
	readonly folder: string;
	readonly written: string;
	/** The script that names it. */
	readonly file: string;
}

/** Folders beyond its own that a build reads: projects elsewhere, included builds and theirs, scripts that are applied. */
export function gradleFolders(read: Read, start: string): readonly GradleFolder[] {
	const found: GradleFolder[] = [];
	const builds = new Set([start]);
	for (const build of builds) {
		for (const name of [...SETTINGS, ...BUILD]) {
			const file = posix.join(build, name);
			const text = withoutComments(read(file) ?? '');
			const included = called(text, 'includeBuild');
			for (const path of included) builds.add(posix.join(build, path));
			const applied = [...text.matchAll(/\bfrom\s*[:=(]\s*(?:files\s*\(\s*)?["'](\.\.\/[^"'\n]+)["']/g)].map((match) => match[1] as string);
			const elsewhere = [...included, ...projectFolders(text)].filter((path) => path.startsWith('../'));
			found.push(...elsewhere.map((written) => ({ folder: posix.join(build, written), written, file })));
			found.push(...applied.map((written) => ({ folder: posix.join(build, posix.dirname(written)), written, file })));
		}
	}
	return found;
}

/** All build scripts of the project that has the folder: the root's first. */
export function gradleScripts(source: FileIndex, app: string): readonly GradleScript[] {
	const read: Read = (path) => (path.startsWith('../') ? undefined : source.text(path));
	const start = settingsFolder(read, app);
	const roots = [start, ...gradleFolders(read, start).map(({ folder }) => folder)];
	return source.files
		.filter(({ path, size }) => /(?:^|\/)(?:build|settings)\.gradle(?:\.kts)?$/.test(path) && size < 1 << 20 && !/(?:^|\/)buildSrc\//.test(path))
		.filter(({ path }) => roots.some((root) => root === '' || path.startsWith(`${root}/`)))
		.map(({ path }) => ({ file: path, folder: parentOf(path), text: withoutComments(source.text(path) ?? '') }))
		.sort((a, b) => Number(b.folder === start) - Number(a.folder === start) || a.folder.split('/').length - b.folder.split('/').length);
}

function parentOf(path: string): string {
	const folder = posix.dirname(path);
	return folder === '.' ? '' : folder;
}

/** Comments become spaces, so that lines stay where they are; strings are left alone. */
export function withoutComments(text: string): string {
	return text.replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (whole, string: string | undefined) =>
		string === undefined ? whole.replace(/[^\n]/g, ' ') : string,
	);
}

export function lineOf(text: string, at: number): number {
	return text.slice(0, at).split('\n').length;
}
