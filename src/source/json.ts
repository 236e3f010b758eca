/** JSON with positions: a value, and the line of any key, so that a decision can name its file and line. */
import { TareError } from '../errors.js';

export interface LocatedJson {
	readonly value: unknown;
	/** Line (from 1) of the key at the path, or undefined when it is not there. */
	lineOf(...path: readonly string[]): number | undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TareError MANIFEST_INVALID with the line of the mistake */
export function parseJson(text: string, file: string): LocatedJson {
	try {
		const value: unknown = JSON.parse(text);
		return { value, lineOf: (...path) => locate(text, path) };
	} catch (cause) {
		const line = lineOfMistake(text, cause);
		throw new TareError('MANIFEST_INVALID', `${file} is not valid JSON: ${cause instanceof Error ? cause.message : ''}`, {
			hint: `Correct ${file}${line === undefined ? '' : ` near line ${line}`}.`,
			at: { file, ...(line !== undefined && { line }) },
			cause,
		});
	}
}

function lineOfMistake(text: string, cause: unknown): number | undefined {
	const message = cause instanceof Error ? cause.message : '';
	const position = /position (\d+)/.exec(message)?.[1];
	if (position !== undefined) return lineAt(text, Number(position));
	return /end of JSON input/.test(message) ? lineAt(text, text.length) : undefined;
}

function lineAt(text: string, offset: number): number {
	return text.slice(0, offset).split('\n').length;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** Walks the tokens of valid JSON; the last part of the path is the current key of the innermost object. */
function locate(text: string, wanted: readonly string[]): number | undefined {
	const path: string[] = [];
	for (const match of text.matchAll(TOKEN)) {
		const token = match[0];
		if (token === '{' || token === '[') path.push('');
		else if (token === '}' || token === ']') path.pop();
		else if (token.startsWith('"') && isKey(text, match.index + token.length)) {
			path[path.length - 1] = JSON.parse(token) as string;
			if (path.length === wanted.length && wanted.every((part, at) => part === path[at])) return lineAt(text, match.index);
		}
	}
	return undefined;
}

function isKey(text: string, end: number): boolean {
	return /^\s*:/.test(text.slice(end, end + 64));
}
