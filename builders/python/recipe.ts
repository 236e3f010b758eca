/** How the project is installed for its image elsewhere: extras and groups of a Dockerfile, Makefile or build script are taken over. */
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { recipesOf } from '../../src/builder/recipes/recipes.js';
import { leftOpen } from '../../src/builder/recipes/said.js';
import { isOpen, type Recipe } from '../../src/builder/recipes/words.js';
import { settingsOf } from './settings.js';

export interface PythonRecipe {
	/** With the extras and groups, where the user names none. */
	readonly request: PlanRequest;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

interface Wishes {
	readonly extras: readonly string[];
	readonly groups: readonly string[];
}

/** Options of the tools that take a name, by what the name is. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, keyof Wishes>>>> = {
	uv: { '--extra': 'extras', '--group': 'groups', '--only-group': 'groups' },
	poetry: { '--extras': 'extras', '-E': 'extras', '--with': 'groups' },
	pdm: { '-G': 'groups', '--group': 'groups' },
	pipenv: { '--categories': 'groups' },
};
const INSTALLS = /^(?:install|sync|export|pip)$/;
/** What an image does not need. */
const DEVELOPMENT = /^(?:dev|develop|development|test|tests|testing|lint|docs?|typing|ci|packages|default)$/i;

export function pythonRecipe(request: PlanRequest): PythonRecipe {
	const { extras, groups } = settingsOf(request);
	// What runs in continuous integration installs what tests need.
	const recipes = recipesOf(request.source, request.app).filter(({ file }) => !file.startsWith('.'));
	const found = recipes.map((recipe) => ({ recipe, ...wishesOf(recipe) })).filter((one) => one.extras.length + one.groups.length > 0);
	const [first] = found;
	if (first === undefined || extras.length > 0 || groups.length > 0) return { request, reasons: [], warnings: [] };
	const { recipe } = first;
	const place = { file: recipe.file, line: recipe.line };
	const known = (names: readonly string[]): readonly string[] => names.filter((name) => !isOpen(name) && !DEVELOPMENT.test(name));
	const taken = { extras: known(first.extras), groups: known(first.groups) };
	const words = [...taken.extras.map((name) => `extra ${name}`), ...taken.groups.map((name) => `group ${name}`)];
	return {
		request: words.length === 0 ? request : { ...request, settings: { ...request.settings, ...taken } },
		reasons: words.length === 0 ? [] : [{ ...place, says: `installed as there: ${words.join(', ')}` }],
		warnings: [...first.extras, ...first.groups].filter(isOpen).map((name) => leftOpen(recipe, name, 'set python: {extras: [...]} for it')),
	};
}

function wishesOf({ words }: Recipe): Wishes {
	const tool = words.find((word) => /^(?:uv|poetry|pdm|pipenv|pip3?)$/.test(word.slice(word.lastIndexOf('/') + 1)));
	const name = tool?.slice(tool.lastIndexOf('/') + 1).replace('pip3', 'pip') ?? '';
	const wishes = { extras: [] as string[], groups: [] as string[] };
	if (tool === undefined || !words.some((word) => INSTALLS.test(word))) return wishes;
	const options = OPTIONS[name] ?? {};
	for (const [at, word] of words.entries()) {
		const [option = '', value = words[at + 1] ?? ''] = /^(-{1,2}[\w-]+)=([\s\S]*)$/.exec(word)?.slice(1) ?? [word];
		const kind = Object.hasOwn(options, option) ? options[option] : undefined;
		if (kind !== undefined) wishes[kind].push(...value.split(/[\s,]+/).filter((one) => one !== ''));
		const local = /^\.?(?:\/[\w./-]*)?\[([^\]]+)\]$/.exec(word)?.[1];
		if ((name === 'pip' || name === 'uv') && local !== undefined) wishes.extras.push(...local.split(',').map((one) => one.trim()));
	}
	return wishes;
}
