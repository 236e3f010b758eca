/** Lists of the project that name a package and were not installed: what a missing import is told of. */
import type { FileIndex } from '../../../src/source/file-index.js';
import { parseRequirement } from '../names.js';
import { lineFinder } from '../project.js';
import { at, readToml, type Table, table, texts } from '../toml.js';

export interface Listed {
	readonly file: string;
	readonly line?: number;
	/** What to write in tare.yaml to have it installed. */
	readonly setting?: { readonly key: 'extras' | 'groups'; readonly name: string };
	/** `extra "web"` */
	readonly says: string;
}

/** @param fits does a requirement of this name bring the module? */
export function listedElsewhere(source: FileIndex, fits: (name: string) => boolean): Listed | undefined {
	return inPyproject(source, fits) ?? inPipfile(source, fits) ?? inFiles(source, fits);
}

function hit(lines: readonly string[], fits: (name: string) => boolean): string | undefined {
	return lines.find((line) => fits(parseRequirement(line)?.name ?? ''));
}

function inPyproject(source: FileIndex, fits: (name: string) => boolean): Listed | undefined {
	const file = 'pyproject.toml';
	const toml = readToml(source, file) ?? {};
	const place = lineFinder(source.text(file) ?? '');
	const of = (key: 'extras' | 'groups', what: string, groups: Readonly<Record<string, readonly string[]>>): Listed | undefined => {
		const found = Object.entries(groups).find(([, lines]) => hit(lines, fits) !== undefined);
		if (found === undefined) return undefined;
		const line = place(hit(found[1], fits) ?? '');
		return { file, ...(line !== undefined && { line }), setting: { key, name: found[0] }, says: `the ${what} "${found[0]}" of ${file}` };
	};
	const poetry = at(toml, 'tool', 'poetry');
	return (
		of('extras', 'extra', lineTables(at(toml, 'project', 'optional-dependencies'))) ??
		of('extras', 'extra', lineTables(table(poetry.extras))) ??
		of('groups', 'dependency group', lineTables(at(toml, 'dependency-groups'))) ??
		of('groups', 'dependency group', lineTables(at(toml, 'tool', 'pdm', 'dev-dependencies'))) ??
		of('groups', 'dependency group', { dev: texts(at(toml, 'tool', 'uv')['dev-dependencies']), ...poetryGroups(poetry) })
	);
}

function lineTables(groups: Table): Record<string, readonly string[]> {
	return Object.fromEntries(Object.entries(groups).map(([name, lines]) => [name, texts(lines)]));
}

function poetryGroups(poetry: Table): Record<string, readonly string[]> {
	const groups = Object.entries(at(poetry, 'group')).map(([name, value]) => [name, Object.keys(at(value, 'dependencies'))] as const);
	return { ...Object.fromEntries(groups), dev: [...Object.keys(at(poetry, 'dev-dependencies')), ...(groups.find(([name]) => name === 'dev')?.[1] ?? [])] };
}

function inPipfile(source: FileIndex, fits: (name: string) => boolean): Listed | undefined {
	const toml = readToml(source, 'Pipfile') ?? {};
	const found = Object.entries(toml).find(
		([key, value]) => !['packages', 'source', 'requires', 'scripts'].includes(key) && Object.keys(table(value)).some(fits),
	);
	if (found === undefined) return undefined;
	return { file: 'Pipfile', setting: { key: 'groups', name: found[0] === 'dev-packages' ? 'dev' : found[0] }, says: `[${found[0]}] of Pipfile` };
}

/** Requirements of other purposes, and conda's environments. */
const FILES = /(?:^|\/)(?:[\w.-]*requirements?[\w.-]*\.(?:txt|in)|requirements\/[\w.-]+\.(?:txt|in)|(?:environment|conda)[\w.-]*\.ya?ml|setup\.(?:cfg|py))$/i;
const DEPTH = 3;

function inFiles(source: FileIndex, fits: (name: string) => boolean): Listed | undefined {
	const files = source.files.map(({ path }) => path).filter((path) => FILES.test(path) && path.split('/').length <= DEPTH);
	for (const file of files) {
		const lines = (source.text(file) ?? '').split('\n');
		const at = lines.findIndex((line) => fits(parseRequirement(requirementIn(line))?.name ?? ''));
		if (at !== -1) return { file, line: at + 1, says: file };
	}
	return undefined;
}

/** `- numpy=1.26` of conda, `"numpy>=1",` of a list. */
function requirementIn(line: string): string {
	return line
		.trim()
		.replace(/^(?:-\s+|install_requires\s*=\s*\[?\s*|["'])+/, '')
		.replace(/["'],?\s*\]?,?\s*$/, '')
		.replace(/\s+#.*$/, '')
		.replace(/^([\w.-]+)=(?!=)/, '$1==');
}
