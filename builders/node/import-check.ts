/**
 * After the build: what the entry file's own code loads as it starts is in the image. Only what Node loads before anything else runs counts:
 * imports, and requires that stand at the beginning of a line outside of blocks. What is read wrongly is left alone: an app that works is never refused.
 */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { ShippedTree } from '../../src/builder/shipped-tree.js';
import { TareError } from '../../src/errors.js';
import { resolveEntry } from './entry-check.js';
import { isRecord } from './manifest.js';
import { entryFile } from './start/entry.js';

export interface ImportQuestion {
	readonly command: readonly string[];
	/** Folder that the command runs in, `/app/...`. */
	readonly workingDir: string;
	readonly tree: ShippedTree;
	/** Is this package installed where a file of the image finds it? `from` is the folder of the file. */
	readonly isInstalled: (name: string, from: string) => Promise<boolean>;
	/** Names of development dependencies, for the hint. */
	readonly development: ReadonlySet<string>;
}

interface Import {
	readonly specifier: string;
	readonly line: number;
	/** Of an ES module, where a path has its extension. */
	readonly exact: boolean;
}

const MOST_FILES = 400;
const LARGEST = 1024 * 1024;
const COMMONJS = ['.js', '.json', '.node'];
/** Programs and options after which Node resolves in another way. */
const HOOKS = /^(?:--(?:experimental-)?loader\b|--import\b|--require\b|-r$|--conditions\b|-C$|--experimental-(?:strip|transform)-types|--preserve-symlinks)/;
const BUILTIN = new Set(builtinModules);
const ESM = /^(?:import|export)\b[^'"`;()]*?\bfrom\s*['"]([^'"\n]+)['"]|^import\s*['"]([^'"\n]+)['"]/gm;
const REQUIRE = /^(?:(?:const|let|var)\s[^=;'"`]{1,400}=\s*|[\w.]+\s*=\s*)?(?:(?:\w+\.)?__import(?:Default|Star)\()?require\(\s*['"]([^'"\n]+)['"]/gm;

/** @throws TareError MODULE_MISSING */
export async function checkImports(question: ImportQuestion): Promise<void> {
	const { command, workingDir, tree } = question;
	const entry = command[0] === 'node' && !command.some((word) => HOOKS.test(word)) ? entryFile(command) : undefined;
	if (entry === undefined || entry.includes('node_modules/')) return;
	const first = resolveEntry(posix.join(workingDir, entry).slice(1), COMMONJS, tree);
	const seen = new Set(first === undefined ? [] : [first]);
	for (const file of seen) {
		for (const found of importsOf(file, tree)) {
			const target = await targetOf(found, file, question);
			if (target !== undefined && seen.size < MOST_FILES && /\.[cm]?js$/.test(target) && !target.includes('node_modules/')) seen.add(target);
		}
	}
}

function importsOf(file: string, tree: ShippedTree): readonly Import[] {
	const text = tree.text(file) ?? '';
	if (text.length > LARGEST) return [];
	const exact = file.endsWith('.mjs') || (file.endsWith('.js') && isModule(file, tree));
	return [...text.matchAll(exact ? ESM : REQUIRE)].flatMap(({ 1: first, 2: second, index }) => {
		const before = text.slice(0, index);
		return isCode(before) ? [{ specifier: first ?? second ?? '', line: before.split('\n').length, exact }] : [];
	});
}

/** False where a template, a comment or a block may be open. */
function isCode(before: string): boolean {
	const count = (pattern: RegExp): number => before.match(pattern)?.length ?? 0;
	return before.lastIndexOf('/*') <= before.lastIndexOf('*/') && count(/`/g) % 2 === 0 && count(/\{/g) === count(/\}/g);
}

function isModule(file: string, tree: ShippedTree): boolean {
	for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
		const text = tree.text(posix.join(folder, 'package.json'));
		if (text !== undefined) return manifestOf(text).type === 'module';
		if (folder === '.' || folder === '/') return false;
	}
}

/** @returns the file in the image, of one of the project's own @throws TareError MODULE_MISSING */
async function targetOf(found: Import, file: string, question: ImportQuestion): Promise<string | undefined> {
	const { specifier, exact } = found;
	const { tree } = question;
	if (/^\.{1,2}(?:\/|$)/.test(specifier)) {
		const path = posix.join(posix.dirname(file), specifier.split(/[?#]/)[0] ?? '');
		const target = exact ? (tree.kind(path) === 'file' ? path : undefined) : resolveEntry(path, COMMONJS, tree);
		if (target === undefined && isOwn(path, question)) throw missing(found, file, question);
		return target;
	}
	if (/^(?:[#/]|[a-z+.-]+:)/.test(specifier)) return undefined;
	const name = packageOf(specifier);
	if (BUILTIN.has(specifier) || BUILTIN.has(name) || ownName(file, tree) === name) return undefined;
	if (!(await question.isInstalled(name, posix.dirname(file)))) throw missing(found, file, question);
	return undefined;
}

/** In the app's own folder, not in a layer that is not read. */
function isOwn(path: string, { workingDir }: ImportQuestion): boolean {
	return path.startsWith(`${workingDir.slice(1).split('/')[0]}/`) && !path.includes('node_modules/');
}

function packageOf(specifier: string): string {
	const [scope = '', name] = specifier.split('/');
	return scope.startsWith('@') && name !== undefined ? `${scope}/${name}` : scope;
}

function ownName(file: string, tree: ShippedTree): unknown {
	for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
		const text = tree.text(posix.join(folder, 'package.json'));
		if (text !== undefined) return manifestOf(text).name;
	}
	return undefined;
}

function manifestOf(text: string): { readonly type?: unknown; readonly name?: unknown } {
	try {
		const json: unknown = JSON.parse(text);
		return isRecord(json) ? json : {};
	} catch {
		return {};
	}
}

function missing({ specifier, line }: Import, file: string, { workingDir, development }: ImportQuestion): TareError {
	const shown = posix.relative(workingDir.slice(1), file);
	const name = packageOf(specifier);
	const isPath = specifier.startsWith('.');
	const hint = isPath
		? 'Check the path and its upper and lower case, and see that no .dockerignore or .tareignore leaves the file out. In ES modules a path has its extension.'
		: development.has(name)
			? `${name} is a development dependency, which images leave out: move it to "dependencies".`
			: `Add ${name} to "dependencies" and update the lock file.`;
	return new TareError('MODULE_MISSING', `${shown} loads ${specifier} when it starts, which is not in the image`, { hint, at: { file: shown, line } });
}
