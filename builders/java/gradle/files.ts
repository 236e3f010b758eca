/** Build scripts of Gradle, read as text: they are programs, and only Gradle can run them. */
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

/** All build scripts of the project: the root's first. */
export function gradleScripts(source: FileIndex): readonly GradleScript[] {
	return source.files
		.filter(({ path, size }) => /(?:^|\/)(?:build|settings)\.gradle(?:\.kts)?$/.test(path) && size < 1 << 20 && !path.startsWith('buildSrc/'))
		.map(({ path }) => ({ file: path, folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '', text: withoutComments(source.text(path) ?? '') }))
		.sort((a, b) => a.folder.split('/').length - b.folder.split('/').length);
}

/** Comments become spaces, so that lines stay where they are; strings are left alone. */
function withoutComments(text: string): string {
	return text.replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (whole, string: string | undefined) =>
		string === undefined ? whole.replace(/[^\n]/g, ' ') : string,
	);
}

export function lineOf(text: string, at: number): number {
	return text.slice(0, at).split('\n').length;
}
