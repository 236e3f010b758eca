/** Which modules of a project can be started, as far as their sources and build files tell. */
import { posix } from 'node:path';
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';

export interface Module {
	/** '' for the root. */
	readonly folder: string;
	/** Other names for it than its folder's. */
	readonly names: readonly string[];
	/** Folders of the modules it depends on. */
	readonly needs: readonly string[];
	/** What its build file says of a start. */
	readonly says?: Reason;
	/** False for one that packs nothing: a parent, a list of versions. */
	readonly packs: boolean;
}

export interface Startable {
	readonly folder: string;
	readonly reason: Reason;
}

const SOURCES = /^src\/main\/(?:java|kotlin|scala|groovy)\/.*\.(?:java|kt|scala|groovy)$/;
const MAIN: Readonly<Record<string, RegExp>> = {
	java: /\bstatic\s+(?:final\s+)?void\s+main\s*\(|^[^\S\n]*(?:public\s+)?void\s+main\s*\(/m,
	kt: /^[^\S\n]*(?:suspend\s+)?fun\s+main\s*\(|@JvmStatic\s+(?:public\s+)?fun\s+main\s*\(/m,
	scala: /\bdef\s+main\s*\(|\bextends\s+(?:[\w.]+\s+with\s+)*App\b|@main\b/,
	groovy: /\bstatic\s+(?:\w+\s+)?main\s*\(/,
};

/** Modules that another one of them takes as a library are none, unless their build file says so. */
export function startable(modules: readonly Module[], source: FileIndex): readonly Startable[] {
	const found = modules.flatMap((module) => {
		const reason = module.packs ? (module.says ?? mainIn(module.folder, modules, source)) : undefined;
		return reason === undefined ? [] : [{ module, reason }];
	});
	const libraries = new Set(found.flatMap(({ module }) => [...neededBy(module, modules)]));
	return found
		.filter(({ module }) => module.says !== undefined || !libraries.has(module.folder))
		.map(({ module, reason }) => ({ folder: module.folder, reason }));
}

/** Folders of all modules that one depends on. */
export function neededBy(module: Module, modules: readonly Module[]): ReadonlySet<string> {
	const found = new Set(module.needs);
	for (const folder of found) for (const next of modules.find((one) => one.folder === folder)?.needs ?? []) found.add(next);
	found.delete(module.folder);
	return found;
}

function mainIn(folder: string, modules: readonly Module[], source: FileIndex): Reason | undefined {
	const prefix = folder === '' ? '' : `${folder}/`;
	const inner = modules.map((one) => `${one.folder}/`).filter((other) => other.length > prefix.length && other.startsWith(prefix));
	for (const { path, size } of source.files) {
		if (!path.startsWith(prefix) || size > 1 << 20 || !SOURCES.test(path.slice(prefix.length)) || inner.some((other) => path.startsWith(other))) continue;
		const text = source.text(path) ?? '';
		const match = MAIN[path.slice(path.lastIndexOf('.') + 1)]?.exec(text);
		if (match != null) return { file: path, line: text.slice(0, match.index + match[0].length).split('\n').length, says: `${path} has a main method` };
	}
	return undefined;
}

export interface ModuleChoice {
	/** Undefined where only the build can tell. */
	readonly folder?: string;
	readonly reasons: readonly Reason[];
}

/**
 * The user's name for a module is its folder, the end of that, or a name of its own.
 * @throws TareError AMBIGUOUS | NO_START
 */
export function chooseApp(modules: readonly Module[], { main, app, source }: Pick<PlanRequest, 'main' | 'app' | 'source'>): ModuleChoice {
	if (main !== undefined) return { folder: named(modules, main, app).folder, reasons: [] };
	const [single] = modules;
	if (modules.length === 1) return single === undefined || single.folder === '' ? { reasons: [] } : { folder: single.folder, reasons: [] };
	const found = startable(modules, source);
	const [only] = found;
	if (only === undefined) return { reasons: [] };
	if (found.length > 1) throw several(found);
	return { folder: only.folder, reasons: [{ ...only.reason, says: `${only.folder || 'the root'} is the app: ${only.reason.says}` }] };
}

function named(modules: readonly Module[], asked: string, app: string): Module {
	const path = posix.join(app, asked).replace(/\/+$/, '').replace(/^\.$/, '');
	const tests: readonly ((module: Module) => boolean)[] = [
		({ folder }) => folder === path,
		({ names }) => names.includes(asked),
		({ folder }) => folder.endsWith(`/${asked}`),
	];
	for (const test of tests) {
		const found = modules.filter(test);
		if (found.length === 1) return found[0] as Module;
		if (found.length > 1) throw several(found);
	}
	const folders = modules.filter(({ packs }) => packs).map(({ folder }) => folder || '.');
	throw new TareError('NO_START', `there is no module "${asked}"`, {
		hint: folders.length === 1 ? 'The project has one module: leave --main out.' : `Modules: ${folders.join(', ')}.`,
		data: { modules: folders },
	});
}

function several(candidates: readonly { readonly folder: string }[]): TareError {
	const folders = candidates.map(({ folder }) => folder || '.').sort();
	return new TareError('AMBIGUOUS', `more than one module can be started: ${folders.join(', ')}`, {
		hint: `Name one: --main ${folders[0]}. Or build each one: --all.`,
		data: { candidates: folders },
	});
}
