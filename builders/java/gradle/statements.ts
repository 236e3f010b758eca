/** A build script of Gradle, in Groovy or Kotlin, as a tree of statements: enough to know those that everybody writes, and to see that there are others. */

export interface Statement {
	/** What stands before the block, in one line. */
	readonly head: string;
	readonly body?: readonly Statement[];
	/** From 1. */
	readonly line: number;
}

interface Reader {
	readonly text: string;
	at: number;
}

/** @param text without comments */
export function parseStatements(text: string): readonly Statement[] {
	return readBlock({ text, at: 0 });
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
	const line = reader.text.slice(0, from).split('\n').length;
	const head = readHead(reader);
	if (reader.text[reader.at] !== '{') return { head, line };
	reader.at++;
	const body = readBlock(reader);
	reader.at++;
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
