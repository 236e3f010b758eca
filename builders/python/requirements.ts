/** requirements.txt: names and pins, with the files it includes (https://pip.pypa.io/en/stable/reference/requirements-file-format/). */
import { posix } from 'node:path';
import type { FileIndex } from '../../src/source/file-index.js';
import { parseRequirement, type Requirement } from './names.js';

export interface RequirementsFile {
	readonly requirements: readonly Requirement[];
	/** Every file that was read. */
	readonly files: readonly string[];
	/** Without options. */
	readonly lines: readonly string[];
	/** Every line has a hash: pip would take nothing else. */
	readonly hashed: boolean;
	/** Local folders, version control, URLs: their content is not in the text. */
	readonly local: boolean;
	/** Lines that say where packages are; paths are relative to the source. They may hold credentials. */
	readonly places: readonly string[];
}

export const PLACE = /^(?:-i|--index-url|--extra-index-url|-f|--find-links|--no-index)(?=[\s=]|$)/;
/** Options of the whole file; `-e` is a requirement. */
const OPTION = /^-(?!e\b|-editable\b)/;

export function readRequirements(source: FileIndex, file: string): RequirementsFile {
	const files: string[] = [];
	const all = collect(source, file, files, false);
	const lines = all.filter((line) => !OPTION.test(line));
	return {
		files,
		places: all.filter((line) => PLACE.test(line)),
		requirements: lines.map(parseRequirement).filter((one) => one !== undefined),
		lines,
		hashed: lines.length > 0 && lines.every((line) => line.includes('--hash=')),
		local: lines.some((line) => /^(?:-e|--editable|\.{1,2}(?:\/|$)|file:|[\w.-]+\/)/.test(line) || /@\s*(?:file:|\.)/.test(line)),
	};
}

/** Included files in place of their `-r` lines; constraints say no requirement. */
function collect(source: FileIndex, file: string, files: string[], constraint: boolean): string[] {
	const text = source.text(file);
	if (text === undefined || files.includes(file)) return [];
	files.push(file);
	return logicalLines(text).flatMap((line) => {
		const include = /^(-r|-c|--requirement|--constraint)[\s=]*(\S+)/.exec(line);
		if (include === null) return line === '' || constraint ? [] : [placed(line, posix.dirname(file))];
		const target = posix.normalize(posix.join(posix.dirname(file), include[2] as string));
		return collect(source, target, files, constraint || /^(?:-c|--constraint)$/.test(include[1] as string));
	});
}

/** Folders of packages are relative to the file that names them. */
function placed(line: string, folder: string): string {
	const [, option, path = ''] = /^(-f|--find-links)[\s=]+(\S+)$/.exec(line) ?? [];
	return option === undefined || /^(?:\w+:|\/)/.test(path) ? line : `--find-links ./${posix.normalize(posix.join(folder, path))}`;
}

function logicalLines(text: string): string[] {
	return readable(text)
		.replace(/\\\r?\n/g, ' ')
		.split(/\r?\n/)
		.map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
}

/** PowerShell's `pip freeze >` writes UTF-16: read as UTF-8, every other character is NUL. */
export function readable(text: string): string {
	return text.includes('\0') ? text.replace(/\0/g, '').replace(/^\uFFFD+/, '') : text;
}
