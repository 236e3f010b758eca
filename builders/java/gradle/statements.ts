/** A build script of Gradle, in Groovy or Kotlin, as a tree of statements: enough to know those that everybody writes, and to see that there are others. */
import { TareError } from '../../../src/errors.js';

export interface Statement {
	/** What stands before the block, in one line. */
	readonly head: string;
	readonly body?: readonly Statement[];
	/** From 1. */
	readonly line: number;
}

interface Reader {
	readonly text: string;
	readonly file: string;
	at: number;
	depth: number;
	/** Of the place up to which lines are counted. */
	line: number;
	counted: number;
}

/** Deeper than any script that a person writes. */
const DEEPEST = 100;

/** @param text without comments @throws TareError MANIFEST_INVALID */
export function parseStatements(text: string, file: string): readonly Statement[] {
	return readBlock({ text, file, at: 0, depth: 0, line: 1, counted: 0 });
}

function readBlock(reader: Reader): readonly Statement[] {
	const statements: Statement[] = [];
	while (reader.at < reader.text.length) {
		const character = reader.text[reader.at] as string;
		if (character === '}') break;
		if (/[\s;]/.test(character)) reader.at++;
		else statements.push(readStatement(reader));
	}
	return statements;
}

function readStatement(reader: Reader): Statement {
	const from = reader.at;
	reader.line += reader.text.slice(reader.counted, from).split('\n').length - 1;
	reader.counted = from;
	const { line, file } = reader;
	const head = readHead(reader);
	if (reader.text[reader.at] !== '{') return { head, line };
	if (++reader.depth > DEEPEST)
		throw new TareError('MANIFEST_INVALID', `${file} has blocks that are nested more than ${DEEPEST} deep`, { hint: 'Correct the file.', at: { file, line } });
	reader.at++;
	const body = readBlock(reader);
	reader.at++;
	reader.depth--;
	return { head, body, line };
}

/** Up to the block or the statement's end: a line goes on inside brackets and after a comma or an operator. */
function readHead(reader: Reader): string {
	const from = reader.at;
	let depth = 0;
	for (; reader.at < reader.text.length; reader.at++) {
		const rest = reader.text.slice(reader.at, reader.at + 4096);
		const string = /^(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/.exec(rest)?.[0];
		const character = rest[0] as string;
		if (string !== undefined) reader.at += string.length - 1;
		else if (/[([]/.test(character)) depth++;
		else if (/[)\]]/.test(character)) depth--;
		else if (depth === 0 && /[{};]/.test(character)) break;
		else if (depth === 0 && character === '\n' && !/[,=+(]\s*$/.test(reader.text.slice(from, reader.at)) && !/^\s*(?:[.+]|\{)/.test(rest)) break;
	}
	return reader.text.slice(from, reader.at).replace(/\s+/g, ' ').trim();
}
