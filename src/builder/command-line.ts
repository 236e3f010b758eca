/**
 * Shell command lines without a shell: words, quotes, leading assignments and lists, as far as they have one fixed meaning
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html). Everything else is reported, never guessed.
 * With `variables` the expansions $NAME, ${NAME} and ${NAME:-default} are kept for a program that fills them in; a plain $ is then $$.
 */

export interface SimpleCommand {
	readonly words: readonly string[];
	/** Leading NAME=value words. */
	readonly env: Readonly<Record<string, string>>;
}

export type ParsedCommandLine =
	/** Commands joined by `&&` or `;`: each runs when the one before has succeeded. */
	| { readonly kind: 'commands'; readonly commands: readonly SimpleCommand[] }
	/** `construct` names what needs a shell. */
	| { readonly kind: 'needs-shell'; readonly construct: string };

type Token = { readonly kind: 'word'; readonly text: string } | { readonly kind: 'operator'; readonly text: string };

class NeedsShell extends Error {}

export interface CommandLineOptions {
	readonly variables?: boolean;
}

export function parseCommandLine(line: string, { variables = false }: CommandLineOptions = {}): ParsedCommandLine {
	try {
		return { kind: 'commands', commands: split(tokens(line, variables)).map(simple) };
	} catch (error) {
		if (error instanceof NeedsShell) return { kind: 'needs-shell', construct: error.message };
		throw error;
	}
}

function split(all: readonly Token[]): Token[][] {
	const lists: Token[][] = [[]];
	for (const token of all) {
		if (token.kind === 'word') lists.at(-1)?.push(token);
		else if (token.text === '&&' || token.text === ';') lists.push([]);
		else throw new NeedsShell(`"${token.text}"`);
	}
	return lists.filter((list) => list.length > 0);
}

function simple(list: readonly Token[]): SimpleCommand {
	const env: Record<string, string> = {};
	let at = 0;
	for (; at < list.length; at++) {
		const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(list[at]?.text ?? '');
		if (assignment === null) break;
		env[assignment[1] as string] = assignment[2] as string;
	}
	const words = list.slice(at).map((token) => token.text);
	return { words: words[0] === 'exec' ? words.slice(1) : words, env };
}

function tokens(line: string, variables: boolean): Token[] {
	const out: Token[] = [];
	let at = 0;
	while (at < line.length) {
		const rest = line.slice(at);
		const space = /^\s+/.exec(rest)?.[0];
		const operator = /^(?:&&|\|\||;|\||&|<|>|\(|\))/.exec(rest)?.[0];
		if (space !== undefined) at += space.length;
		else if (rest.startsWith('#')) break;
		else if (operator !== undefined) {
			out.push({ kind: 'operator', text: operator });
			at += operator.length;
		} else {
			const word = readWord(rest, variables);
			out.push({ kind: 'word', text: word.text });
			at += word.length;
		}
	}
	return out;
}

function readWord(input: string, variables: boolean): { text: string; length: number } {
	let text = '';
	let at = 0;
	while (at < input.length && !/[\s;|&<>()]/.test(input[at] as string)) {
		const part = readPart(input.slice(at), variables);
		text += part.text;
		at += part.length;
	}
	return { text, length: at };
}

const EXPANSION = /\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*(?::?-[^}$`"'\\]*)?\})/;

function readPart(input: string, variables: boolean): { text: string; length: number } {
	const literal = (text: string): string => (variables ? text.replaceAll('$', '$$$$') : text);
	const single = /^'([^']*)'/.exec(input);
	if (single !== null) return { text: literal(single[1] as string), length: single[0].length };
	const double = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(input);
	if (double !== null) return { text: readQuoted(double[1] as string, variables), length: double[0].length };
	const expansion = variables ? EXPANSION.exec(input) : null;
	if (expansion?.index === 0) return { text: expansion[0], length: expansion[0].length };
	if (input.startsWith('$(')) throw new NeedsShell('"$(...)"');
	if (/^["']/.test(input)) throw new NeedsShell('an unclosed quote');
	if (input.startsWith('\\') && input.length > 1) return { text: literal(input[1] as string), length: 2 };
	const plain = /^[^\s;|&<>()'"\\]+/.exec(input)?.[0] ?? (input[0] as string);
	// What stands before a variable is a part of its own.
	const part = expansion !== null && expansion.index < plain.length ? plain.slice(0, expansion.index) : plain;
	refuseExpansion(part);
	if (/[*?[]/.test(part) && !part.startsWith('-')) throw new NeedsShell(`the pattern ${part}`);
	return { text: literal(part), length: part.length };
}

function readQuoted(inner: string, variables: boolean): string {
	refuseExpansion(variables ? inner.replace(new RegExp(EXPANSION, 'g'), '') : inner);
	return inner.replace(/\\(["\\$`])/g, (_, character: string) => (variables && character === '$' ? '$$' : character));
}

function refuseExpansion(text: string): void {
	const variable = /(?<!\\)\$(?:\{[^}]*\}|[A-Za-z_][A-Za-z0-9_]*|\()/.exec(text)?.[0];
	if (variable !== undefined) throw new NeedsShell(variable.endsWith('(') ? '"$(...)"' : `the variable ${variable}`);
	if (/(?<!\\)`/.test(text)) throw new NeedsShell('"`...`"');
}
