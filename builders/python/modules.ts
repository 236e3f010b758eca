/** Python files of the project that may hold the app, and the name each is imported by. */
import { posix } from 'node:path';
import type { FileIndex } from '../../src/source/file-index.js';
import { type Imports, importsOf, type Statement, statements } from './python-source.js';

export interface Module {
	readonly file: string;
	/** Dotted name, as imported from `root`. */
	readonly name: string;
	/** Folder of the source that must be on the import path, '' for the source itself. */
	readonly root: string;
	readonly statements: readonly Statement[];
	readonly imports: Imports;
}

const LIMIT = 512 * 1024;
/** Conventional names in the order in which they are believed. */
const STEMS = ['main', 'app', 'server', 'asgi', 'wsgi', 'application', 'api', 'run', 'index', 'web', 'hello', 'start'];
const FOLDERS = ['', 'src/', 'app/', 'backend/', 'api/', 'server/', 'src/app/', 'backend/app/'];
/** What is never the app: tests, migrations, examples, tooling, installed packages. */
const ASIDE =
	/(?:^|\/)(?:tests?|testing|migrations|examples?|docs?|scripts|tools|alembic|node_modules|site-packages|venv|env|\.[^/]+)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest|setup|manage|noxfile|fabfile|tasks|gunicorn[^/]*|settings|config|locustfile)\.py$/;

export interface Project {
	/** In order of belief: conventional files, packages, then the others of the root. */
	readonly conventional: readonly string[];
	readonly others: readonly string[];
}

export function candidateFiles(source: FileIndex): Project {
	const python = source.files.filter(({ path, type, size }) => type === 'file' && path.endsWith('.py') && size <= LIMIT).map(({ path }) => path);
	const named = [...FOLDERS.flatMap((folder) => STEMS.map((stem) => `${folder}${stem}.py`))].filter((path) => source.has(path));
	const own = python.filter((path) => !ASIDE.test(path));
	const packages = own.filter((path) => /^(?:src\/)?[^/]+\/(?:__init__|main|app|server|asgi|wsgi|application|api|web)\.py$/.test(path));
	const conventional = [...new Set([...named, ...bySrcFirst(packages)])];
	const others = own.filter((path) => !conventional.includes(path) && path.split('/').length <= 3);
	return { conventional, others: others.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1)) };
}

/** `__main__.py` of packages that `python -m` runs. @param deep those of packages within packages, in place of those at the top */
export function runnablePackages(source: FileIndex, deep: boolean): readonly string[] {
	const all = source.files.map(({ path }) => path).filter((path) => path.endsWith('/__main__.py') && !ASIDE.test(path));
	return all.filter((path) => /^(?:src\/)?[^/]+\/__main__\.py$/.test(path) !== deep);
}

/** `main` of a package before its `__init__`. */
function bySrcFirst(paths: readonly string[]): string[] {
	const rank = (path: string): number =>
		['main', 'app', 'server', 'asgi', 'wsgi'].indexOf(posix.basename(path, '.py')) + (path.endsWith('__init__.py') ? 50 : 0);
	return [...paths].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

export function readModule(source: FileIndex, file: string): Module {
	const all = statements(source.text(file) ?? '');
	const imports = importsOf(all);
	const root = importRoot(source, file, imports);
	const inside = root === '' ? file : file.slice(root.length + 1);
	const name = inside
		.replace(/\.py$/, '')
		.replace(/\/__init__$/, '')
		.replaceAll('/', '.');
	return { file, name, root, statements: all, imports };
}

/** The folder from which the file's own imports are found: what it imports says where it expects to be run. */
function importRoot(source: FileIndex, file: string, { modules, level }: Imports): string {
	const folders = posix.dirname(file) === '.' ? [''] : ancestors(posix.dirname(file));
	const possible = folders.filter((_, at) => folders.length - 1 - at >= level || (level === 0 && at === folders.length - 1));
	const there = (folder: string, name: string): boolean => {
		const path = folder === '' ? name : `${folder}/${name}`;
		return source.has(`${path}.py`) || source.files.some((one) => one.path.startsWith(`${path}/`) && one.path.endsWith('.py'));
	};
	for (const module of modules) {
		const head = module.split('.')[0] ?? '';
		const found = possible.filter((folder) => there(folder, head));
		if (found.length === 1) return found[0] as string;
	}
	const src = possible.includes('src') && !source.has('src/__init__.py');
	return src ? 'src' : '';
}

/** `a/b` → '', `a`, `a/b`. */
function ancestors(folder: string): string[] {
	const parts = folder.split('/');
	return ['', ...parts.map((_, at) => parts.slice(0, at + 1).join('/'))];
}
