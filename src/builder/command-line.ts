/**
 * Shell command lines without a shell: words, quotes, leading assignments and lists, as far as they have one fixed meaning
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html). Everything else is reported, never guessed.
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

export function parseCommandLine(line: string): ParsedCommandLine {
	try {
		return { kind: 'commands', commands: split(tokens(line)).map(simple) };
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

function tokens(line: string): Token[] {
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
			const word = readWord(rest);
			out.push({ kind: 'word', text: word.text });
			at += word.length;
		}
	}
	return out;
}

function readWord(input: string): { text: string; length: number } {
	let text = '';
	let at = 0;
	while (at < input.length && !/[\s;|&<>()]/.test(input[at] as string)) {
		const part = readPart(input.slice(at));
		text += part.text;
		at += part.length;
	}
	return { text, length: at };
}

function readPart(input: string): { text: string; length: number } {
	const single = /^'([^']*)'/.exec(input);
	if (single !== null) return { text: single[1] as string, length: single[0].length };
	const double = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(input);
	if (double !== null) {
		refuseExpansion(double[1] as string);
		return { text: (double[1] as string).replace(/\\(["\\$`])/g, '$1'), length: double[0].length };
	}
	if (input.startsWith('$(')) throw new NeedsShell('"$(...)"');
	if (/^["']/.test(input)) throw new NeedsShell('an unclosed quote');
	if (input.startsWith('\\') && input.length > 1) return { text: input[1] as string, length: 2 };
	const plain = /^[^\s;|&<>()'"\\]+/.exec(input)?.[0] ?? (input[0] as string);
	refuseExpansion(plain);
	if (/[*?[]/.test(plain) && !plain.startsWith('-')) throw new NeedsShell(`the pattern ${plain}`);
	return { text: plain, length: plain.length };
}

function refuseExpansion(text: string): void {
	const variable = /(?<!\\)\$(?:\{[^}]*\}|[A-Za-z_][A-Za-z0-9_]*|\()/.exec(text)?.[0];
	if (variable !== undefined) throw new NeedsShell(variable.endsWith('(') ? '"$(...)"' : `the variable ${variable}`);
	if (/(?<!\\)`/.test(text)) throw new NeedsShell('"`...`"');
}
