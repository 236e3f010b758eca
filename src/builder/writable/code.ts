/** Folders and files that the app's own code creates or opens for writing, by the calls of its language. */
import { posix } from 'node:path';
import type { FileIndex } from '../../source/file-index.js';
import { literalPath, type Names } from './expression.js';
import type { FoundPlace } from './places.js';

export interface WritingCall {
	/** Ends just before the argument that is the path. */
	readonly before: RegExp;
	readonly kind: 'folder' | 'file';
	/** What the call's text has to hold as well, for calls that also read. */
	readonly when?: RegExp;
}

export interface CodeRules {
	/** Names of files of the language. */
	readonly files: RegExp;
	/** `NAME = EXPRESSION`, with the name as first group; ends just before the expression. */
	readonly assignment: RegExp;
	readonly calls: readonly WritingCall[];
	/** What stands before the path in the URL of a file, where it is not as in `sqlite:///data/app.db`. */
	readonly url?: RegExp;
	/** Folder, relative to the app's, of a source file when the app runs. */
	folderOf(path: string): string;
	/** False for files that the app does not load: tests, tools. */
	isOwn(path: string): boolean;
}

/** `logs/{time}.log`: a name that is filled in later. */
const PATTERN = /[^/]*(?<!\$)\{.*$/;
/** SQLAlchemy's form, which others took over: three slashes, then a relative path. */
const DATABASE_URL = /^(?:sqlite3?|file):(?:\/\/\/|\/\/(?=[^/]))?/;
const FILE_LIMIT = 256 * 1024;
const TOTAL_LIMIT = 8 * 1024 * 1024;
const SPAN = 400;
/** Databases in memory, and what only the running app knows. */
const NO_PLACE = /^$|^:memory:$|[*?<>|\n${}]|^\w+:(?!\/{0,3}[./\w])/;

export function writtenPlaces(source: FileIndex, rules: CodeRules): readonly FoundPlace[] {
	const out: FoundPlace[] = [];
	let total = 0;
	for (const { path, size, type } of source.files) {
		if (type !== 'file' || size > FILE_LIMIT || !rules.files.test(path) || !rules.isOwn(path)) continue;
		total += size;
		if (total > TOTAL_LIMIT) break;
		const text = source.text(path) ?? '';
		if (rules.calls.some(({ before }) => before.test(text))) out.push(...placesIn(path, text, rules));
	}
	return out;
}

function placesIn(file: string, text: string, rules: CodeRules): readonly FoundPlace[] {
	const names = namesIn(text, rules.assignment);
	return rules.calls.flatMap(({ before, kind, when }) =>
		[...text.matchAll(new RegExp(before.source, 'g'))].flatMap((match): FoundPlace[] => {
			const at = match.index + match[0].length;
			const call = text.slice(at, at + SPAN);
			if (when !== undefined && !when.test(statement(call))) return [];
			const found = literalPath(call, names);
			if (found === undefined) return [];
			const written = found.path
				.replace(rules.url ?? DATABASE_URL, '')
				.replace(/\?.*$/, '')
				.replace(PATTERN, '');
			if (NO_PLACE.test(written)) return [];
			const path = found.from === 'file' && !written.startsWith('/') ? posix.join(rules.folderOf(file), written) : written;
			const line = text.slice(0, match.index).split('\n').length;
			// A folder and an unknown name in it.
			const isFolder = kind === 'folder' || path.endsWith('/');
			return [{ path, kind: isFolder ? 'folder' : 'file', reason: { file, line, says: `${file} ${kind === 'folder' ? 'makes' : 'writes'} ${path}` } }];
		}),
	);
}

function statement(call: string): string {
	return call.split(/[;\n]/)[0] ?? '';
}

/** Expressions of a file by the names they are assigned to. @param assignment as in the rules */
export function namesIn(text: string, assignment: RegExp): Names {
	const names = new Map<string, string>();
	for (const match of text.matchAll(new RegExp(assignment.source, 'gm'))) {
		const at = match.index + match[0].length;
		const name = match[1] ?? '';
		const expression = expressionAt(text, at);
		// The first says what it is; later ones change it, but for `if dir == "" { dir = "data" }`.
		const known = names.get(name);
		if (known === undefined || (!/['"`]/.test(known.replace(/env\w*\([^)]*\)/gi, '')) && /^["'`]/.test(expression))) names.set(name, expression);
	}
	return names;
}

/** To the end of the statement: the first line end outside of brackets. */
function expressionAt(text: string, from: number): string {
	let depth = 0;
	const end = Math.min(text.length, from + SPAN);
	for (let at = from; at < end; at++) {
		const character = text[at] as string;
		if ('([{'.includes(character)) depth++;
		else if (')]}'.includes(character)) depth--;
		else if ((character === '\n' && depth <= 0 && !/(?:\|\||\?\?|\+|=|\()\s*$/.test(text.slice(from, at))) || (character === ';' && depth <= 0))
			return text.slice(from, at);
		if (depth < 0) return text.slice(from, at);
	}
	return text.slice(from, end);
}
