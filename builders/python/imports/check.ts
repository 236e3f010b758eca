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
	/** Django's settings module, where a variable names it. */
	readonly settings?: string;
}

export interface Imports extends Pick<Loaded, 'loaded'> {
	/** The start fails without them. */
	readonly fatal: readonly Missing[];
	readonly doubtful: readonly Missing[];
	/** A file that the start command runs and the image does not have. */
	readonly absent?: string;
}

/** The code changes where modules are looked for, in ways that only running it would tell. */
const MOVES_PATH = /\bsys\.path\b|\bsite\.addsitedir\b|\bsys\.meta_path\b/;
/** A package that decides itself what is in it. */
const MAKES_NAMES = /\b__path__\b|\bsys\.modules\b|\b__getattr__\b|\bextend_path\b/;

export function checkImports(question: ImportQuestion): Imports {
	const { source, shipped, given } = question;
	const settings = question.settings ?? settingOf(question.command);
	const { first, lost, roots, absent } = beginning({ ...question, ...(settings !== undefined && { settings }) });
	const texts = new Map<string, string | undefined>();
	const text = (file: string): string | undefined => {
		if (!texts.has(file)) texts.set(file, source.text(file));
		return texts.get(file);
	};
	const { missing, loaded } = walkImports(first, { roots, text, ...(settings !== undefined && { settings }) });
	const moved = [...texts.values()].some((one) => one !== undefined && MOVES_PATH.test(one));
	const found = [...lost, ...missing]
		.filter((one) => !isGiven(one, given) && !makesNames(one, source) && !restored(one, roots))
		.map((one) => ({ ...one, ...(one.inOwn === undefined && elsewhere(one, shipped)) }))
		.filter(({ folder }) => folder === undefined || !moved);
	return {
		loaded,
		fatal: found.filter(({ fails }) => fails),
		doubtful: found.filter(({ fails }) => !fails),
		...(absent !== undefined && { absent }),
	};
}

/** `DJANGO_SETTINGS_MODULE=site.settings` before the command. */
function settingOf(command: readonly string[]): string | undefined {
	return command.find((word) => word.startsWith('DJANGO_SETTINGS_MODULE='))?.split('=')[1];
}

function isGiven({ module }: Missing, given: readonly string[]): boolean {
	return given.some((name) => module === name || module.startsWith(`${name}.`) || name.startsWith(`${module}.`));
}

function makesNames({ inOwn }: Missing, source: FileIndex): boolean {
	return inOwn !== undefined && MAKES_NAMES.test(source.text(inOwn) ?? '');
}

/** setuptools brings back what Python has no more. */
function restored({ module }: Missing, roots: readonly Root[]): boolean {
	return module.split('.')[0] === 'distutils' && findModule('setuptools._distutils', roots).missing === undefined;
}

/** A folder of the project with a module of this name, that is not on the import path. */
function elsewhere({ module }: Missing, shipped: readonly string[]): Pick<Missing, 'folder'> {
	const path = module.replaceAll('.', '/');
	const file = shipped.find((one) => one.endsWith('.py') && (`/${one}`.endsWith(`/${path}.py`) || `/${one}`.includes(`/${path}/`)));
	return file === undefined ? {} : { folder: `/${file}`.slice(1, Math.max(1, `/${file}`.lastIndexOf(`/${path}`))) };
}

function beginning({ shipped, command, folder, path, scripts, others, settings }: ImportQuestion) {
	const files = new Set(shipped);
	const from = (name: string): string => posix.normalize(posix.join(folder, name)).replace(/^\.$/, '').replace(/\/$/, '');
	const { loads, folders } = targetsOf({ command, scripts, has: (name) => files.has(from(name)) });
	const own = [...folders.flatMap((one) => (one.startsWith('/app') ? [one.replace(/^\/app\/?/, '')] : packageRoots(from(one), files))), folder, ...path];
	const rootOf = sourceRoots(shipped);
	const roots = [...new Set(own)].filter((one) => !one.startsWith('.') && !one.startsWith('/')).map(rootOf);
	const all = [...roots, ...others];
	const first: First[] = [];
	const lost: Missing[] = [];
	let absent: string | undefined;
	const configured = settings === undefined ? [] : findModule(settings, all).files;
	first.push(...configured.map((file) => ({ file, main: false, calls: [], sure: true })));
	for (const { kind, name, main, call, sure } of loads) {
		const calls = call === undefined ? [] : [call];
		if (kind === 'file') {
			if (files.has(from(name))) first.push({ file: from(name), main, calls, sure: true });
			else if (sure && !/^\/|\$/.test(name)) absent = from(name);
			continue;
		}
		const found = findModule(name, all);
		first.push(...found.files.map((file, at) => ({ file, main: main && at === found.files.length - 1, calls, sure: true })));
		if (found.missing !== undefined && sure)
			lost.push({ module: found.missing, file: '', line: 0, fails: true, ...(found.inOwn !== undefined && { inOwn: found.inOwn }) });
	}
	return { first, lost, roots: all, absent };
}

/** Programs that are given a file of a package import it from above that package. */
function packageRoots(folder: string, files: ReadonlySet<string>): readonly string[] {
	const parts = folder.split('/');
	while (parts.length > 0 && files.has(`${parts.join('/')}/__init__.py`)) parts.pop();
	return [...new Set([folder, parts.join('/')])];
}
