/** How the project compiles its program elsewhere: tags, -X values and experiments that `go build` in a Dockerfile, Makefile or CI file has. */
import { posix } from 'node:path';
import type { Reason } from '../../src/builder/contract.js';
import { distinct, leftOpen, leftOut } from '../../src/builder/recipes/said.js';
import { isOpen, type Recipe } from '../../src/builder/recipes/words.js';
import type { GoModule } from './modules.js';

export interface GoRecipe {
	readonly tags: readonly string[];
	readonly ldflags: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** The command that these are of. */
	readonly place?: { readonly file: string; readonly line: number };
	readonly reasons: readonly Reason[];
	/** What is left out. */
	readonly warnings: readonly Reason[];
}

export const NO_RECIPE: GoRecipe = { tags: [], ldflags: [], env: {}, reasons: [], warnings: [] };

/** Flags of `go build` that have a value in the next word: https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies */
const WITH_VALUE = new Set(
	['o', 'p', 'tags', 'ldflags', 'gcflags', 'asmflags', 'gccgoflags', 'mod', 'modfile', 'overlay', 'pgo', 'pkgdir', 'installsuffix', 'C', 'buildmode'].concat([
		'compiler',
		'coverpkg',
		'covermode',
		'toolexec',
		'exec',
	]),
);
/** Flags that say how the work is done, not what the program is; Tare has its own. */
const OUR_OWN = /^(?:o|p|a|v|n|x|work|trimpath|mod|modcacherw|buildvcs|installsuffix|pkgdir|compiler|C|json)$/;
const OWN_LDFLAGS = /^-(?:s|w|v|extldflags|linkmode|buildid|B|d|compressdwarf)(?:=|$)/;
/** A developer's build is not the one that is shipped. */
const DEVELOPMENT = /(?:^|[-_./])(?:debug|dev|test|tests|race|cover|coverage|bench|lint|windows|darwin|macos|wasm|e2e|watch)(?:$|[-_./])/i;

interface GoCommand {
	readonly recipe: Recipe;
	readonly flags: ReadonlyMap<string, string>;
	/** Packages, as written. */
	readonly packages: readonly string[];
}

/** @param folder of the program, below the source's root */
export function goRecipe(recipes: readonly Recipe[], folder: string, module: GoModule): GoRecipe {
	const all = recipes.flatMap(readCommand).filter((command) => builds(command, folder, module));
	const file = all[0]?.recipe.file;
	const own = all.filter(({ recipe }) => recipe.file === file);
	if (own.length === 0) return NO_RECIPE;
	const parts = own.map(partsOf);
	const agreed = (key: string, of: (part: Parts) => readonly string[]): readonly string[] => {
		const [first, ...others] = parts.map((part) => of(part).join('\0'));
		if (others.every((other) => other === first)) return of(parts[0] as Parts);
		warnings.push(leftOut((own[0] as GoCommand).recipe, `${key}, which differ between its commands`));
		return [];
	};
	const warnings: Reason[] = distinct(parts.flatMap(({ warnings: some }) => some));
	const tags = agreed('-tags', (part) => part.tags);
	const ldflags = agreed('-X', (part) => part.ldflags);
	const experiment = agreed('GOEXPERIMENT', (part) => part.experiment);
	const { recipe } = own[0] as GoCommand;
	const env: Record<string, string> = experiment.length === 0 ? {} : { GOEXPERIMENT: experiment.join(',') };
	const found = { tags, ldflags, env, place: { file: recipe.file, line: recipe.line } };
	return { ...found, reasons: reasonsOf(found), warnings };
}

/** Without what the user gives. */
export function withoutAsked(recipe: GoRecipe, asked: { readonly tags: boolean; readonly '-X': boolean; readonly GOEXPERIMENT: boolean }): GoRecipe {
	const keeps = ({ says }: Reason): boolean => !(asked.tags && says.includes(' -tags')) && !(asked['-X'] && / -X|-ldflags/.test(says));
	const left = { ...recipe, tags: asked.tags ? [] : recipe.tags, ldflags: asked['-X'] ? [] : recipe.ldflags, env: asked.GOEXPERIMENT ? {} : recipe.env };
	return { ...left, reasons: reasonsOf(left), warnings: recipe.warnings.filter(keeps) };
}

function reasonsOf({ tags, ldflags, env, place }: Pick<GoRecipe, 'tags' | 'ldflags' | 'env' | 'place'>): readonly Reason[] {
	const taken = [
		...tags.map((tag) => `-tags ${tag}`),
		...ldflags.map((flag) => flag.replace(/^-X=/, '-X ')),
		...Object.entries(env).map(([name, value]) => `${name}=${value}`),
	];
	return taken.length === 0 || place === undefined ? [] : [{ ...place, says: `compiled as there: ${taken.join(', ')}` }];
}

function readCommand(recipe: Recipe): readonly GoCommand[] {
	const { words, env, target } = recipe;
	const [program = '', verb, ...rest] = words;
	if (!/(?:^|\/)go$/.test(program) && !/^\$[({]?\w*GO\w*[)}]?$/i.test(program)) return [];
	if (verb !== 'build' && verb !== 'install') return [];
	if (DEVELOPMENT.test(target ?? '') || (env.GOOS !== undefined && env.GOOS !== 'linux' && !isOpen(env.GOOS))) return [];
	const flags = new Map(goFlags((env.GOFLAGS ?? '').split(/\s+/)).flags);
	const own = goFlags(rest);
	for (const [name, value] of own.flags) flags.set(name, value);
	return flags.has('race') ? [] : [{ recipe, flags, packages: own.rest }];
}

function goFlags(words: readonly string[]): { readonly flags: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
	const flags = new Map<string, string>();
	for (let at = 0; at < words.length; at++) {
		const [, name, value] = /^--?([A-Za-z]\w*)(?:=([\s\S]*))?$/.exec(words[at] ?? '') ?? [];
		if (name === undefined) {
			if ((words[at] ?? '') !== '') return { flags, rest: words.slice(at).filter((word) => !word.startsWith('-')) };
		} else flags.set(name, value ?? (WITH_VALUE.has(name) ? (words[++at] ?? '') : 'true'));
	}
	return { flags, rest: [] };
}

/** Does the command compile the program in this folder? */
function builds({ recipe, flags, packages }: GoCommand, folder: string, { folder: module, path }: GoModule): boolean {
	const cwd = posix.join(recipe.cwd, flags.get('C') ?? '');
	const asked = packages.length === 0 ? ['.'] : packages;
	const inModule = folder === module ? '' : folder.slice(module === '' ? 0 : module.length + 1);
	return asked.some((written) => {
		if (isOpen(written)) return true;
		const local = written.endsWith('.go') ? posix.dirname(written) : written;
		const byImport = path !== undefined && (local === path || local.startsWith(`${path}/`));
		// The Dockerfile of a folder may be meant for the whole repository.
		const names = byImport ? [local.slice(path.length + 1)] : [posix.join(cwd, local), posix.normalize(local)];
		return names.some((name) => {
			const [start = '', rest] = name.split('...');
			const clean = start.replace(/^\.\/|\/+$/g, '').replace(/^\.$/, '');
			const places = [folder, inModule];
			if (rest !== undefined) return places.some((place) => clean === '' || place === clean || place.startsWith(`${clean}/`));
			return places.includes(clean);
		});
	});
}

interface Parts {
	readonly tags: readonly string[];
	readonly ldflags: readonly string[];
	readonly experiment: readonly string[];
	readonly warnings: readonly Reason[];
}

function partsOf(command: GoCommand): Parts {
	const { flags, recipe } = command;
	const asked = (flags.get('tags') ?? '').split(/[\s,]+/).filter((tag) => tag !== '');
	const links = linkerFlags(flags.get('ldflags') ?? '');
	const experiment = (recipe.env.GOEXPERIMENT ?? '').split(',').filter((one) => one !== '');
	const others = [...flags].filter(([name]) => !OUR_OWN.test(name) && name !== 'tags' && name !== 'ldflags');
	const open = [...asked.map((tag) => `-tags ${tag}`), ...links.map((flag) => flag.replace(/^-X=/, '-X ')), ...experiment].filter(isOpen);
	return {
		tags: asked.filter((tag) => !isOpen(tag)).sort(),
		ldflags: links.filter((flag) => !isOpen(flag) && isTaken(flag)),
		experiment: experiment.filter((one) => !isOpen(one)),
		warnings: [
			...open.map((flag) => leftOpen(recipe, flag, flag.startsWith('-X ') ? LDFLAGS : undefined)),
			...others.map(([name, value]) => leftOut(recipe, `-${name}${value === 'true' ? '' : `=${value}`}`, 'set go: {flags: [...]} for it')),
			...links.filter((flag) => !isOpen(flag) && !isTaken(flag)).map((flag) => leftOut(recipe, `-ldflags ${flag}`, LDFLAGS)),
		],
	};
}

const isTaken = (flag: string): boolean => flag.startsWith('-X=') || /^-checklinkname=/.test(flag);

const LDFLAGS = 'set go: {ldflags: [...]} for it';

/** `-X name=value` becomes one word; quotes group words as go's own reader has them. */
function linkerFlags(text: string): readonly string[] {
	const words = [...text.matchAll(/(?:\$\([^)]*\)|\$\{[^}]*\}|`[^`]*`|'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
		word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
	);
	const out: string[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] ?? '';
		if (word === '-X') out.push(`-X=${words[++at] ?? ''}`);
		else if (/^-(?:extldflags|linkmode|buildid|B|I|r|L|k)$/.test(word)) at++;
		else if (!OWN_LDFLAGS.test(word)) out.push(word);
	}
	return out;
}
