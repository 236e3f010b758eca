/** The project's own file of ignore patterns: .tareignore, else .dockerignore as far as it speaks of sources. */
import { readProjectFile } from '../project-file.js';

export interface IgnoreFile {
	readonly file?: string;
	readonly patterns: readonly string[];
	/** It was written for a Dockerfile that copies what a build has made, and says nothing of a build. */
	readonly isForResults: boolean;
}

/** Folders that builds write to. */
const RESULT = /^!(?:\.?\/)?(?:target|build|dist|out)(?:\/|$)/;

/** @param asIs what is there is shipped, nothing built; .tareignore replaces .dockerignore where both are. */
export function readIgnoreFile(dir: string, asIs = false): IgnoreFile {
	const found = ['.tareignore', '.dockerignore']
		.map((name) => ({ file: name, text: readProjectFile(dir, name, { code: 'CONFIG_INVALID' }) }))
		.find(({ text }) => text !== undefined);
	if (found === undefined) return { patterns: [], isForResults: false };
	const { file } = found;
	const patterns = (found.text ?? '').split(/\r?\n/);
	const isForResults = !asIs && file === '.dockerignore' && letsOnlyResultsThrough(patterns);
	return { file, patterns: isForResults ? [] : patterns, isForResults };
}

/** Everything is ignored but the results of a build: Quarkus writes such a file into every project. */
export function letsOnlyResultsThrough(patterns: readonly string[]): boolean {
	const lines = patterns.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
	const exceptions = lines.filter((line) => line.startsWith('!'));
	return lines.some((line) => /^(?:\.?\/)?\*\*?(?:\/\*)?$/.test(line)) && exceptions.length > 0 && exceptions.every((line) => RESULT.test(line));
}
