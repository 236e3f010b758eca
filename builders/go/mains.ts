/** The programs of a Go project, and which of them the image is for. */
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { folderOf, type GoFile } from './files.js';
import type { GoModule } from './modules.js';

export interface Main {
	/** Folder below the source's root, '' for the root. */
	readonly folder: string;
	/** Of the binary. */
	readonly name: string;
	readonly file: string;
}

export interface ChosenMain extends Main {
	readonly reason: Reason;
}

/** Folders whose programs help developers. */
const HELPERS =
	/(?:^|\/)(?:_?examples?|samples?|demos?|scripts?|tools?|hack|internal|test|tests|e2e|benchmarks?|migrations?|gen|generate|codegen|mocks?)(?:\/|$)/;
const CONVENTIONAL = ['server', 'web', 'app', 'main', 'api', 'http', 'service', 'serve'];
/** Folder names that say nothing about the program. */
const NAMELESS = new Set(['', 'cmd', 'src', 'main', '.']);

export function findMains(files: readonly GoFile[], modules: readonly GoModule[]): readonly Main[] {
	const mains = new Map<string, Main>();
	for (const { folder, path, hasMain } of files) if (hasMain && !mains.has(folder)) mains.set(folder, { folder, file: path, name: nameOf(folder, modules) });
	return [...mains.values()];
}

function nameOf(folder: string, modules: readonly GoModule[]): string {
	const last = folder.slice(folder.lastIndexOf('/') + 1);
	const module = modules.find((one) => one.folder === folder) ?? (NAMELESS.has(last) ? moduleOf(folder, modules) : undefined);
	return module === undefined ? last : (baseOfModule(module.path) ?? (NAMELESS.has(last) ? 'app' : last));
}

export function moduleOf(folder: string, modules: readonly GoModule[]): GoModule | undefined {
	return modules.filter((module) => module.folder === '' || `${folder}/`.startsWith(`${module.folder}/`)).sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** example.com/me/shop/v2 → shop, as `go build` names it. */
function baseOfModule(path: string | undefined): string | undefined {
	const parts = (path ?? '').split('/').filter((part) => part !== '' && !/^v\d+$/.test(part));
	return parts.at(-1);
}

export interface MainQuestion {
	readonly mains: readonly Main[];
	readonly modules: readonly GoModule[];
	/** --main, as given. */
	readonly asked: string | undefined;
	/** Name of a program that a process type or a start command names. */
	readonly named: { readonly name: string; readonly reason: Reason } | undefined;
	/** Folders that other files of the project name, with what names them. */
	readonly hints: readonly { readonly folder: string; readonly reason: Reason }[];
}

/** @throws TareError AMBIGUOUS | NO_START */
export function chooseMain(question: MainQuestion): ChosenMain {
	const { mains, asked, named, hints } = question;
	if (asked !== undefined) return askedMain(asked, question);
	const byName = named === undefined ? undefined : namedMain(mains, named.name);
	if (byName !== undefined && named !== undefined) return { ...byName, reason: named.reason };
	if (mains.length === 0) throw noMain();
	const root = mains.find(({ folder }) => folder === '');
	if (root !== undefined) return because(root, 'package main at the root');
	const hinted = hints.flatMap(({ folder, reason }) => mains.filter((main) => main.folder === folder).map((main) => ({ ...main, reason })));
	if (hinted[0] !== undefined) return hinted[0];
	const [only, second] = mains;
	if (only !== undefined && second === undefined) return because(only, 'the only package main');
	return conventional(question) ?? ambiguous(mains);
}

/** The program that a command calls by this name. */
export function namedMain(mains: readonly Main[], called: string): Main | undefined {
	return mains.find(({ name }) => name === called) ?? mains.find(({ folder }) => base(folder) === called);
}

function conventional({ mains, modules }: MainQuestion): ChosenMain | undefined {
	const serious = mains.filter(({ folder }) => !HELPERS.test(folder));
	const [only, second] = serious;
	if (only !== undefined && second === undefined) return because(only, 'the only package main beside those of helpers');
	const names = modules.map(({ path }) => baseOfModule(path)).filter((name) => name !== undefined);
	const moduleNamed = serious.filter(
		({ folder }) => modules.some(({ folder: at }) => folderOf(folder) === (at === '' ? 'cmd' : `${at}/cmd`)) && names.includes(base(folder)),
	);
	if (moduleNamed[0] !== undefined && moduleNamed.length === 1) return because(moduleNamed[0], 'the program that is named as the module is');
	const [usual, another] = serious.filter(({ folder }) => CONVENTIONAL.includes(base(folder)));
	return usual !== undefined && another === undefined ? because(usual, `conventional name ${base(usual.folder)}`) : undefined;
}

function because(main: Main, says: string): ChosenMain {
	return { ...main, reason: { file: main.file, says } };
}

function base(folder: string): string {
	return folder.slice(folder.lastIndexOf('/') + 1);
}

/** A folder, a file of it, its import path, or the program's name. @throws TareError NO_START */
export function askedMain(asked: string, { mains, modules }: Pick<MainQuestion, 'mains' | 'modules'>): ChosenMain {
	const folder = asked
		.replace(/^\.\//, '')
		.replace(/\/+$/, '')
		.replace(/^\.$/, '')
		.replace(/(?:^|\/)[^/]+\.go$/, '');
	const imported = modules.flatMap(({ path, folder: at }) =>
		path !== undefined && `${asked}/`.startsWith(`${path}/`) ? [[at, asked.slice(path.length + 1)].filter((part) => part !== '').join('/')] : [],
	);
	const found = mains.find((main) => main.folder === folder || imported.includes(main.folder)) ?? mains.find(({ name }) => name === asked);
	if (found !== undefined) return { ...found, reason: { file: found.file, says: `asked for ${asked}` } };
	throw new TareError('NO_START', `there is no package main in ${asked}`, { hint: `Programs: ${list(mains)}.`, data: { mains: mains.map(path) } });
}

function path({ folder }: Main): string {
	return folder === '' ? '.' : `./${folder}`;
}

function list(mains: readonly Main[]): string {
	return mains.length === 0 ? 'none' : mains.map(path).join(', ');
}

function noMain(): TareError {
	return new TareError('NO_START', 'no Go file of the project has "package main" with a func main: there is nothing to run', {
		hint: 'A program needs `package main` and `func main()`, for example in main.go or cmd/NAME/main.go. A library has no image.',
	});
}

function ambiguous(mains: readonly Main[]): never {
	throw new TareError('AMBIGUOUS', `the project has ${mains.length} programs: ${list(mains)}`, {
		hint: `Name one: --main ${path(mains[0] as Main)}, or \`main:\` in tare.yaml; name several for one image that has them. An image for each: tare build --all.`,
		data: { mains: mains.map(path) },
	});
}
