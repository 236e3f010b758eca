/** The modules that a start loads, through the project's own, and the imports among them that nothing provides. */
import { APP_MODULES, namedBySettings, settingsModules, wsgiApp } from './by-name.js';
import { type Import, type Reading, readImports, type When } from './read.js';
import { findModule, type Root } from './search.js';

export interface Missing {
	/** As far as it is nowhere: `google.cloud`. */
	readonly module: string;
	readonly file: string;
	readonly line: number;
	/** Certain: the start fails. */
	readonly fails: boolean;
	/** Of the package of the project that lacks it: its `__init__.py`. */
	readonly inOwn?: string;
	/** Folder of the source, off the import path, that has a module of this name. */
	readonly folder?: string;
}

export interface Loaded {
	readonly missing: readonly Missing[];
	/** Modules that are imported for certain. */
	readonly loaded: ReadonlySet<string>;
}

export interface Walk {
	readonly roots: readonly Root[];
	readonly text: (file: string) => string | undefined;
	/** Django's settings module, where a variable names it: what the code names as the default does not count then. */
	readonly settings?: string;
}

export interface First extends Reading {
	/** Relative to the source. */
	readonly file: string;
	readonly sure: boolean;
}

/** Larger files are data. */
const LIMIT = 1024 * 1024;

export function walkImports(first: readonly First[], { roots, text, settings }: Walk): Loaded {
	const seen = new Map<string, boolean>();
	const missing = new Map<string, Missing>();
	const loaded = new Set<string>();
	// What is certain comes first: a file is read again only where it was uncertain before.
	const queue: First[] = [...first.filter(({ sure }) => sure)];
	const later: First[] = [...first.filter(({ sure }) => !sure)];
	const load = (files: readonly string[], sure: boolean): void => {
		const next = files.map((file) => ({ file, sure, main: false, calls: [] }));
		(sure ? queue : later).push(...next);
	};
	const lacks = (found: Missing): void => {
		const known = missing.get(found.module);
		if (known === undefined || (found.fails && !known.fails)) missing.set(found.module, found);
	};
	for (let one = queue.shift() ?? later.shift(); one !== undefined; one = queue.shift() ?? later.shift()) {
		const { file, sure } = one;
		if (seen.get(file) === true || seen.get(file) === sure) continue;
		seen.set(file, sure);
		const content = text(file) ?? '';
		if (content.length > LIMIT || !file.endsWith('.py')) continue;
		for (const { files, when, module, line, inOwn } of wantedBy(file, content, one, roots, settings)) {
			const certain = sure && when === 'always';
			if (certain) loaded.add(module);
			load(files, certain);
			if (line !== undefined && when !== 'optional') lacks({ module, file, line, fails: certain, ...(inOwn !== undefined && { inOwn }) });
		}
	}
	return { missing: [...missing.values()], loaded };
}

interface Wanted {
	readonly files: readonly string[];
	readonly when: When;
	/** Name that is missing where `line` is given, else the one that was found. */
	readonly module: string;
	readonly line?: number;
	readonly inOwn?: string;
}

function wantedBy(file: string, content: string, reading: Reading, roots: readonly Root[], settings: string | undefined): readonly Wanted[] {
	const imports = readImports(content, reading).flatMap((one) => ofImport(one, file, roots));
	const defaults = settings === undefined ? settingsModules(content) : [];
	const configured = defaults.map(({ name, sure }): Wanted => ({ files: findModule(name, roots).files, when: sure ? 'always' : 'perhaps', module: name }));
	const app = wsgiApp(content);
	const served: readonly Wanted[] = app === undefined ? [] : [{ files: findModule(app, roots).files, when: 'always', module: app }];
	return [...imports, ...configured, ...served, ...namedBySettings(content).flatMap(({ name, line, loose }) => ofName(name, line, loose, roots))];
}

function ofImport({ module, level, names, line, when }: Import, file: string, roots: readonly Root[]): readonly Wanted[] {
	const name = level === 0 ? module : absolute(file, module, level, roots);
	if (name === undefined) return [];
	const found = name === '' ? { files: [], namespace: false } : findModule(name, roots);
	if (found.missing !== undefined) return [{ ...found, when, module: found.missing, line }];
	const inside = names.filter((one) => one !== '*').map((one) => [one, findModule(name === '' ? one : `${name}.${one}`, roots)] as const);
	return [
		{ files: found.files, when, module: name },
		...inside.map(([one, { files, missing }]): Wanted => {
			const lost = found.namespace && missing !== undefined;
			return { files, when, module: lost ? missing : `${name}.${one}`, ...(lost && { line }) };
		}),
	];
}

/** `.models` in `shop/views.py` → `shop.models`. Undefined where the file is on no search path. */
function absolute(file: string, module: string, level: number, roots: readonly Root[]): string | undefined {
	const parts = file.replace(/\.py$/, '').split('/');
	const owner = roots
		.map(({ own }) => own)
		.filter((own) => own !== undefined && (own === '' || file.startsWith(`${own}/`)))
		.sort((a, b) => (a ?? '').length - (b ?? '').length)
		.find((own) =>
			findModule(
				parts
					.slice(own === '' ? 0 : (own ?? '').split('/').length)
					.join('.')
					.replace(/\.__init__$/, ''),
				roots,
			).files.includes(file),
		);
	if (owner === undefined) return undefined;
	const inside = parts.slice(owner === '' ? 0 : owner.split('/').length, parts.length - level);
	const name = [...inside, ...(module === '' ? [] : [module])].join('.');
	return inside.length === 0 ? undefined : name;
}

/** A dotted text of settings: an app, or a class in a module. */
function ofName(name: string, line: number, loose: boolean, roots: readonly Root[]): readonly Wanted[] {
	const found = findModule(name, roots);
	const lost = found.missing !== undefined && (!loose || !found.missing.includes('.'));
	if (lost) return [{ files: found.files, when: 'always', module: found.missing as string, line }];
	const parts = name.split('.');
	const prefixes = found.files.length > 0 && loose ? parts.map((_, at) => parts.slice(0, at + 1).join('.')) : [];
	const more = prefixes.flatMap((app) => APP_MODULES.flatMap((one) => findModule(`${app}.${one}`, roots).files));
	return [{ files: [...found.files, ...more], when: 'always', module: name }];
}
