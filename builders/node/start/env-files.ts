/** Files of variables that a start command names: images leave `.env` out, so the command must do without it. */
import { minVersion } from 'semver';
import { ignoreRules } from '../../../src/source/ignore.js';
import type { Option } from './options.js';
import type { Walk } from './walk.js';

/** The first Node with `--env-file-if-exists`. */
const IF_EXISTS = '22.9.0';
const RULES = ignoreRules([]);

export function isShipped(file: string, { project, found }: Walk): boolean {
	const path = [found.folder, file.replace(/^\.\//, '')].filter((part) => part !== '').join('/');
	return project.source.has(path) && !RULES.unshipped(path);
}

/** The words of `--env-file=FILE`, or of what stands in its place where the image lacks the file. */
export function envFileWords(option: Option, walk: Walk): readonly string[] {
	const file = option.value ?? '';
	if (isShipped(file, walk)) return option.words;
	const optional = hasOptionalFiles(walk.project.node);
	walk.found.notes.push(
		`${file} is not in the image: ${optional ? `${option.words.join(' ')} becomes --env-file-if-exists=${file}` : `left out "${option.words.join(' ')}"`}; give its variables to the container`,
	);
	return optional ? [`--env-file-if-exists=${file}`] : [];
}

export function hasOptionalFiles(range: string): boolean {
	const lowest = minVersion(range);
	return lowest !== null && lowest.compare(IF_EXISTS) >= 0;
}
