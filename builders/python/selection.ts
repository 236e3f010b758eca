/** Extras and dependency groups beyond the main dependencies: those that tare.yaml names, and uv's default groups. */
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { normalName, parseRequirement } from './names.js';
import { requirementLine } from './poetry-requirement.js';
import { lineFinder } from './project.js';
import { at, list, readToml, type Table, table, text, texts } from './toml.js';

/** Names are normal. */
export interface Selection {
	readonly extras: readonly string[];
	readonly groups: readonly string[];
	/** Requirement lines of both. */
	readonly lines: readonly string[];
	readonly reasons: readonly Reason[];
}

export const NO_SELECTION: Selection = { extras: [], groups: [], lines: [], reasons: [] };

type Lists = Readonly<Record<string, readonly string[]>>;

/** @throws TareError CONFIG_INVALID for a name that the project does not have */
export function selectionOf(source: FileIndex, asked: Pick<Selection, 'extras' | 'groups'>): Selection {
	const toml = readToml(source, 'pyproject.toml') ?? {};
	const extras = extrasOf(toml, source);
	const groups = groupsOf(toml, source);
	const chosen = { extras: known('extras', asked.extras, extras), groups: known('groups', asked.groups, groups) };
	const reasons = (['extras', 'groups'] as const).flatMap((key) =>
		chosen[key].length === 0 ? [] : [{ says: `tare.yaml adds the ${key} ${chosen[key].join(', ')} to the dependencies (python.${key})` }],
	);
	return { ...chosen, lines: linesOf(chosen, extras, groups), reasons };
}

/**
 * `uv sync --no-dev` installs the default groups that the project names, but for `dev` (https://docs.astral.sh/uv/concepts/projects/dependencies/#default-groups).
 * @throws TareError CONFIG_INVALID
 */
export function withDefaultGroups(source: FileIndex, selection: Selection): Selection {
	const file = 'pyproject.toml';
	const toml = readToml(source, file) ?? {};
	const groups = groupsOf(toml, source);
	const wanted = at(toml, 'tool', 'uv')['default-groups'];
	const named =
		wanted === 'all'
			? Object.keys(groups)
			: texts(wanted)
					.map(normalName)
					.filter((name) => groups[name] !== undefined);
	const added = named.filter((name) => name !== 'dev' && !selection.groups.includes(name));
	if (added.length === 0) return selection;
	const chosen = { extras: selection.extras, groups: [...selection.groups, ...added] };
	const line = lineFinder(source.text(file) ?? '')('default-groups');
	const says = `default-groups of uv: ${added.join(', ')} ${added.length === 1 ? 'is' : 'are'} installed; dev never is`;
	return {
		...chosen,
		lines: linesOf(chosen, extrasOf(toml, source), groups),
		reasons: [...selection.reasons, { file, ...(line !== undefined && { line }), says }],
	};
}

function known(key: 'extras' | 'groups', asked: readonly string[], lists: Lists): readonly string[] {
	const names = asked.map(normalName);
	const missing = names.find((name) => lists[name] === undefined);
	if (missing === undefined) return names;
	const have = Object.keys(lists).join(', ');
	throw new TareError('CONFIG_INVALID', `python.${key} names "${missing}", which the project does not have`, {
		hint: have === '' ? `No file of the project defines ${key}.` : `It has ${have}.`,
	});
}

function linesOf({ extras, groups }: Pick<Selection, 'extras' | 'groups'>, extraLists: Lists, groupLists: Lists): readonly string[] {
	return [...new Set([...extras.flatMap((name) => extraLists[name] ?? []), ...groups.flatMap((name) => groupLists[name] ?? [])])];
}

function normalKeys(lists: Lists): Lists {
	return Object.fromEntries(Object.entries(lists).map(([name, lines]) => [normalName(name), lines]));
}

function extrasOf(toml: Table, source: FileIndex): Lists {
	const own = text(at(toml, 'project').name) ?? '';
	const standard = normalKeys(Object.fromEntries(Object.entries(at(toml, 'project', 'optional-dependencies')).map(([name, lines]) => [name, texts(lines)])));
	const poetry = at(toml, 'tool', 'poetry');
	const named = Object.entries(table(poetry.extras)).map(([name, packages]) => [name, texts(packages).flatMap((one) => poetryLine(one, poetry))]);
	return { ...setupExtras(source), ...normalKeys(Object.fromEntries(named)), ...expanded(standard, own) };
}

/** `all = ["app[web,db]"]` names extras of the project itself. */
function expanded(lists: Lists, own: string): Lists {
	const lines = (name: string, seen: readonly string[]): readonly string[] =>
		(lists[name] ?? []).flatMap((line) => {
			const { name: to, extras = [] } = parseRequirement(line) ?? {};
			if (to !== normalName(own) || extras.length === 0) return [line];
			return extras.filter((extra) => !seen.includes(extra)).flatMap((extra) => lines(extra, [...seen, extra]));
		});
	return Object.fromEntries(Object.keys(lists).map((name) => [name, lines(name, [name])]));
}

function poetryLine(name: string, poetry: Table): readonly string[] {
	const found = Object.entries(at(poetry, 'dependencies')).find(([key]) => normalName(key) === normalName(name));
	const value = found?.[1];
	const line = requirementLine(found?.[0] ?? name, typeof value === 'object' && !Array.isArray(value) ? { ...value, optional: false } : (value ?? '*'));
	return line === undefined ? [] : [line];
}

/** https://setuptools.pypa.io/en/latest/userguide/declarative_config.html */
function setupExtras(source: FileIndex): Lists {
	const section = /^\[options\.extras_require\]\s*\n((?:(?!\[).*\n?)*)/m.exec(source.text('setup.cfg') ?? '')?.[1] ?? '';
	const entries = [...section.matchAll(/^([\w.-]+)[ \t]*=[ \t]*(.*(?:\n[ \t]+.*)*)/gm)];
	const lines = (value: string): readonly string[] => value.split(/\n|;(?!\s*(?:python|sys_|platform|os_|implementation))/).map((line) => line.trim());
	return normalKeys(Object.fromEntries(entries.map(([, name = '', value = '']) => [name, lines(value).filter((line) => line !== '')])));
}

function groupsOf(toml: Table, source: FileIndex): Lists {
	const poetry = at(toml, 'tool', 'poetry');
	const poetryGroups = Object.entries(at(poetry, 'group')).map(([name, value]) => [name, requirementLines(at(value, 'dependencies'))]);
	const old = at(poetry, 'dev-dependencies');
	const dev = texts(at(toml, 'tool', 'uv')['dev-dependencies']);
	return {
		...categories(source),
		...(Object.keys(old).length > 0 && { dev: requirementLines(old) }),
		...(dev.length > 0 && { dev }),
		...normalKeys(Object.fromEntries(Object.entries(at(toml, 'tool', 'pdm', 'dev-dependencies')).map(([name, lines]) => [name, texts(lines)]))),
		...normalKeys(Object.fromEntries(poetryGroups)),
		...standardGroups(at(toml, 'dependency-groups')),
	};
}

/** https://peps.python.org/pep-0735/: a group may include others. */
function standardGroups(groups: Table): Lists {
	const find = (name: string): unknown => Object.entries(groups).find(([key]) => normalName(key) === normalName(name))?.[1];
	const lines = (name: string, seen: readonly string[]): readonly string[] =>
		list(find(name)).flatMap((one) => {
			const included = text(table(one)['include-group']);
			if (included === undefined) return texts([one]);
			return seen.includes(normalName(included)) ? [] : lines(included, [...seen, normalName(included)]);
		});
	return Object.fromEntries(Object.keys(groups).map((name) => [normalName(name), lines(name, [normalName(name)])]));
}

function requirementLines(dependencies: Table): readonly string[] {
	return Object.entries(dependencies)
		.map(([name, value]) => requirementLine(name, value))
		.filter((line) => line !== undefined);
}

const NO_CATEGORY = ['packages', 'source', 'requires', 'scripts', 'pipenv'];

/** Pipenv's: `[dev-packages]`, and sections of other names. */
function categories(source: FileIndex): Lists {
	const found = Object.entries(readToml(source, 'Pipfile') ?? {}).filter(([name]) => !NO_CATEGORY.includes(name));
	return Object.fromEntries(found.map(([name, value]) => [name === 'dev-packages' ? 'dev' : normalName(name), requirementLines(table(value))]));
}
