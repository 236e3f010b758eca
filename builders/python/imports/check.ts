/** What the start loads is there: its imports against the standard library, the project and what was installed. */
import { posix } from 'node:path';
import type { FileIndex } from '../../../src/source/file-index.js';
import { type First, type Loaded, type Missing, walkImports } from './loaded.js';
import { findModule, type Root, sourceRoots } from './search.js';
import { targetsOf } from './targets.js';

export interface ImportQuestion {
	readonly source: FileIndex;
	/** Files of the source that are shipped. */
	readonly shipped: readonly string[];
	/** The start command. */
	readonly command: readonly string[];
	/** Folder of the source where it starts. */
	readonly folder: string;
	/** Folders of the source on the import path. */
	readonly path: readonly string[];
	/** Commands of the project: `name` → `module:function`. */
	readonly scripts: Readonly<Record<string, string>>;
	/** The standard library and what is installed. */
	readonly others: readonly Root[];
	/** Modules that the user vouches for. */
	readonly given: readonly string[];
}

export interface Imports extends Pick<Loaded, 'imported'> {
	/** The start fails without them. */
	readonly fatal: readonly Missing[];
	readonly doubtful: readonly Missing[];
}

/** The code changes where modules are looked for, in ways that only running it would tell. */
const MOVES_PATH = /\bsys\.path\b|\bsite\.addsitedir\b|\bsys\.meta_path\b/;
/** A package that decides itself what is in it. */
const MAKES_NAMES = /\b__path__\b|\bsys\.modules\b|\b__getattr__\b|\bextend_path\b/;

export function checkImports(question: ImportQuestion): Imports {
	const { source, shipped, given } = question;
	const { first, lost, roots } = beginning(question);
	const texts = new Map<string, string | undefined>();
	const text = (file: string): string | undefined => {
		if (!texts.has(file)) texts.set(file, source.text(file));
		return texts.get(file);
	};
	const { missing, imported } = walkImports(first, { roots, text });
	const moved = [...texts.values()].some((one) => one !== undefined && MOVES_PATH.test(one));
	const found = [...lost, ...missing].filter(({ module, inOwn }) => {
		const isGiven = given.some((name) => module === name || module.startsWith(`${name}.`) || name.startsWith(`${module}.`));
		return !isGiven && !(inOwn !== undefined && MAKES_NAMES.test(source.text(inOwn) ?? '')) && !restored(module, roots);
	});
	const elsewhere = ({ module }: Missing): boolean => isElsewhere(module, shipped);
	return {
		imported,
		fatal: found.filter((one) => one.fails && !elsewhere(one)),
		doubtful: found.filter((one) => (elsewhere(one) ? one.fails && !moved : !one.fails)),
	};
}

/** setuptools brings back what Python has no more. */
function restored(module: string, roots: readonly Root[]): boolean {
	return module === 'distutils' && findModule('setuptools._distutils', roots).missing === undefined;
}

/** A file or folder of this name that no folder of the import path has. */
function isElsewhere(module: string, shipped: readonly string[]): boolean {
	const path = module.replaceAll('.', '/');
	return shipped.some((file) => file === `${path}.py` || file.endsWith(`/${path}.py`) || file.startsWith(`${path}/`) || file.includes(`/${path}/`));
}

function beginning({ shipped, command, folder, path, scripts, others }: ImportQuestion) {
	const files = new Set(shipped);
	const from = (name: string): string => posix.normalize(posix.join(folder, name)).replace(/^\.$/, '').replace(/\/$/, '');
	const { loads, folders } = targetsOf({ command, scripts, has: (name) => files.has(from(name)) });
	const own = [...folders.map((one) => (one.startsWith('/app') ? one.replace(/^\/app\/?/, '') : from(one))), folder, ...path];
	const rootOf = sourceRoots(shipped);
	const roots = [...new Set(own)].filter((one) => !one.startsWith('.') && !one.startsWith('/')).map(rootOf);
	const all = [...roots, ...others];
	const first: First[] = [];
	const lost: Missing[] = [];
	for (const { kind, name, main, call, sure } of loads) {
		const calls = call === undefined ? [] : [call];
		if (kind === 'file') {
			if (files.has(from(name))) first.push({ file: from(name), main, calls, sure: true });
			continue;
		}
		const found = findModule(name, all);
		first.push(...found.files.map((file, at) => ({ file, main: main && at === found.files.length - 1, calls, sure: true })));
		if (found.missing !== undefined && sure)
			lost.push({ module: found.missing, file: '', line: 0, fails: true, ...(found.inOwn !== undefined && { inOwn: found.inOwn }) });
	}
	return { first, lost, roots: all };
}
