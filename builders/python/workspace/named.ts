/** Folders of other projects that a project's files name: as path dependencies, in requirements, in locks. */
import { posix } from 'node:path';
import { requirementsFile } from '../dependencies.js';
import { normalName, parseRequirement } from '../names.js';
import { at, list, type Table, table, text, texts } from '../toml.js';
import type { SourceReader } from './reader.js';

export interface NamedPath {
	/** Relative to the project's folder. */
	readonly path: string;
	/** As its file has it. */
	readonly written: string;
	readonly file: string;
}

/** Paths that leave the folder. Groups for development count only where a lock has them: they are not installed. */
export function namedPaths(reader: SourceReader): readonly NamedPath[] {
	const found = [...ofPyproject(reader), ...ofRequirements(reader), ...ofPipfile(reader), ...ofLocks(reader)];
	return found.flatMap((one) => {
		const path = posix.normalize(one.path);
		return path.startsWith('..') ? [{ ...one, path }] : [];
	});
}

function ofPyproject(reader: SourceReader): readonly NamedPath[] {
	const file = 'pyproject.toml';
	const toml = reader.toml(file);
	const [project, poetry, uv] = [at(toml, 'project'), at(toml, 'tool', 'poetry'), at(toml, 'tool', 'uv')];
	const dependencies = texts(project.dependencies);
	const names = dependencies.map((line) => parseRequirement(line)?.name);
	const sources = Object.entries(at(uv, 'sources')).filter(([name]) => names.includes(normalName(name)));
	const specs = [...sources.map(([, one]) => one), ...Object.values(at(poetry, 'dependencies'))]
		.flatMap((one) => (Array.isArray(one) ? one : [one]))
		.filter((one) => table(one).optional !== true);
	const dynamic = at(toml, 'tool', 'setuptools', 'dynamic', 'dependencies').file;
	return named(file, [
		...dependencies.map(pathOfLine),
		...specs.map((one) => text(table(one).path)),
		...(typeof dynamic === 'string' ? [dynamic] : texts(dynamic)),
	]);
}

function ofPipfile(reader: SourceReader): readonly NamedPath[] {
	return named(
		'Pipfile',
		Object.values(at(reader.toml('Pipfile'), 'packages')).map((one) => text(table(one).path)),
	);
}

/** Included files are read in their place, and their own paths begin at the folder that is built. */
function ofRequirements(reader: SourceReader): readonly NamedPath[] {
	const first = requirementsFile({ first: (...files) => files.find((file) => reader.text(file) !== undefined) });
	const queue = first === undefined ? [] : [first];
	const out: NamedPath[] = [];
	for (const file of queue) {
		for (const line of (reader.text(file) ?? '').replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
			const [, option, target = ''] = /^\s*(-[rcf]|--requirement|--constraint|--find-links)[\s=]+(\S+)/.exec(line) ?? [];
			if (option === undefined) out.push(...named(file, [pathOfLine(line)]));
			else if (!/^\w+:|^\//.test(target)) {
				const path = posix.join(posix.dirname(file), target);
				const isFile = /^(?:-[rc]|--requirement|--constraint)$/.test(option);
				if (isFile && !queue.includes(path)) queue.push(path);
				if (path.startsWith('..')) out.push({ path: isFile ? posix.dirname(path) : path, written: target, file });
			}
		}
	}
	return out;
}

/** A lock has what dependencies of dependencies name. */
function ofLocks(reader: SourceReader): readonly NamedPath[] {
	// Locks are long: one that names no folder above is not parsed.
	const packages = (file: string, key = 'package'): readonly Table[] =>
		reader.text(file)?.includes('../') === true ? list(reader.toml(file)?.[key]).map(table) : [];
	const uv = packages('uv.lock').flatMap(({ source }) => ['editable', 'directory', 'path'].map((kind) => text(table(source)[kind])));
	const poetry = packages('poetry.lock').map(({ source }) =>
		['directory', 'file'].includes(text(table(source).type) ?? '') ? text(table(source).url) : undefined,
	);
	const pdm = packages('pdm.lock').map((one) => text(one.path));
	const pylock = packages('pylock.toml', 'packages').map((one) => text(at(one, 'directory').path));
	return [...named('uv.lock', uv), ...named('poetry.lock', poetry), ...named('pdm.lock', pdm), ...named('pylock.toml', pylock)];
}

function named(file: string, paths: readonly (string | undefined)[]): readonly NamedPath[] {
	return paths.filter((path) => path !== undefined && !/^(?:\w+:|\/)/.test(path)).map((path) => ({ path: path as string, written: path as string, file }));
}

/** `-e ../x`, `../x[extra]`, `file:../x`, `x @ file:../x`, `x @ file:///${PROJECT_ROOT}/../x`, `x @ {root:uri}/../x` */
export function pathOfLine(line: string): string | undefined {
	const plain = line
		.replace(/(?:^|\s)#.*$/, '')
		.replace(/\s;.*$/, '')
		.trim()
		.replace(/^(?:-e|--editable)[\s=]+/, '');
	const place = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*@\s*(.+)$/.exec(plain)?.[1] ?? plain;
	const path = place
		.replace(/^file:(?:\/\/)?/, '')
		.replace(/^\/?\$\{PROJECT_ROOT\}\/?/, './')
		.replace(/^\{root(:parent)*:uri\}\/?/, (all) => `./${'../'.repeat(all.split(':parent').length - 1)}`)
		.replace(/\[[^\]]*\]$/, '');
	return /^\.{1,2}(?:\/|$)/.test(path) ? path : undefined;
}
