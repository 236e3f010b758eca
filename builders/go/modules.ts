/** go.mod and go.work, as far as decisions need them: https://go.dev/ref/mod#go-mod-file and #workspaces */
import { posix } from 'node:path';
import type { FileIndex } from '../../src/source/file-index.js';

export interface GoModule {
	/** Folder below the source's root, '' for the root. */
	readonly folder: string;
	/** Module path, e.g. example.com/shop; undefined without go.mod. */
	readonly path: string | undefined;
	/** Version of the `go` line, e.g. 1.24.0. */
	readonly go: string | undefined;
	readonly goLine: number | undefined;
	/** Module paths of the `require` lines. */
	readonly requires: readonly string[];
	/** Targets of `replace` that are folders, as written. */
	readonly replaces: readonly string[];
	/** Packages of Heroku's `// +heroku install` line. */
	readonly install: readonly string[];
}

interface Directive {
	readonly verb: string;
	readonly rest: string;
	readonly line: number;
}

export function parseGoMod(text: string, folder = ''): GoModule {
	const all = directives(text);
	const first = (verb: string): Directive | undefined => all.find((one) => one.verb === verb);
	return {
		folder,
		path: unquote(first('module')?.rest),
		go: first('go')?.rest,
		goLine: first('go')?.line,
		requires: all.filter(({ verb }) => verb === 'require').map(({ rest }) => unquote(rest.split(/\s+/)[0]) ?? ''),
		replaces: replacesOf(all),
		install: /^\/\/ \+heroku install (.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [],
	};
}

export interface GoWork extends Pick<GoModule, 'go' | 'goLine' | 'replaces'> {
	/** Folders of the `use` lines, as written. */
	readonly uses: readonly string[];
}

/** Where go.work is, above or in the app's folder. */
export function workFile(source: FileIndex, app: string): string | undefined {
	return aboveOf(app)
		.map((folder) => posix.join(folder, 'go.work'))
		.find((path) => source.has(path));
}

const aboveOf = (app: string): readonly string[] => {
	const parts = app.split('/');
	return [...parts.map((_, at) => parts.slice(0, parts.length - at).join('/')), ''];
};

export function parseGoWork(text: string): GoWork {
	const all = directives(text);
	const go = all.find(({ verb }) => verb === 'go');
	const uses = all.filter(({ verb }) => verb === 'use').map(({ rest }) => unquote(rest) ?? '');
	return { uses, replaces: replacesOf(all), go: go?.rest, goLine: go?.line };
}

/** The main modules: those of go.work, else the one that the app's folder is in. Without go.mod the folder itself. */
export function mainModules(source: FileIndex, app: string): readonly GoModule[] {
	const work = workFile(source, app);
	const nearest = aboveOf(app).find((folder) => source.has(posix.join(folder, 'go.mod'))) ?? '';
	const folders = work === undefined ? [nearest] : parseGoWork(source.text(work) ?? '').uses.map((use) => belowRoot(posix.join(dirname(work), use)));
	return folders.map((folder) => parseGoMod(source.text(posix.join(folder, 'go.mod')) ?? '', folder));
}

const dirname = (path: string): string => belowRoot(posix.dirname(path));

const belowRoot = (folder: string): string => (folder === '.' || folder === './' ? '' : folder.replace(/\/+$/, ''));

/** Targets that are folders. */
function replacesOf(all: readonly Directive[]): readonly string[] {
	return all
		.filter(({ verb }) => verb === 'replace')
		.map(({ rest }) => unquote(rest.split('=>')[1]?.trim()) ?? '')
		.filter((target) => /^\.{1,2}(?:\/|$)/.test(target));
}

/** One directive a line, those in parentheses with their block's word. */
function directives(text: string): Directive[] {
	const out: Directive[] = [];
	let block: string | undefined;
	for (const [at, raw] of text.split(/\r?\n/).entries()) {
		const line = raw.replace(/\/\/.*$/, '').trim();
		const opens = /^(\w+)\s*\($/.exec(line);
		if (opens !== null) block = opens[1];
		else if (line === ')') block = undefined;
		else if (line !== '') {
			const [, verb = '', rest = ''] = block === undefined ? (/^(\S+)\s*(.*)$/.exec(line) ?? []) : [line, block, line];
			out.push({ verb, rest: rest.trim(), line: at + 1 });
		}
	}
	return out;
}

function unquote(text: string | undefined): string | undefined {
	return text?.replace(/^["`]|["`]$/g, '');
}
