/**
 * Shell command lines without a shell: words, quotes, leading assignments and lists, as far as they have one fixed meaning
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html). Everything else is reported, never guessed.
 * With `variables` the expansions $NAME, ${NAME} and ${NAME:-default} are kept for a program that fills them in; a plain $ is then $$, and "$NAME" is ${NAME-}.
 * `known` gives the value of what the caller knows already: of a variable by its name, of a substitution `$(...)` by its command.
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

/** `assigns`: a name and = at its start are not quoted. */
type Token = { readonly kind: 'word'; readonly text: string; readonly assigns: boolean } | { readonly kind: 'operator'; readonly text: string };

class NeedsShell extends Error {}

export interface CommandLineOptions {
	readonly variables?: boolean;
	readonly known?: (name: string) => string | undefined;
}

/** Characters; no command that people write is longer. */
const LONGEST = 8192;

/** Words that begin or join compound commands where a command's name is expected. */
const RESERVED = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'case', 'esac', 'while', 'until', 'for', '{', '}', '!', '[', '[[', 'function']);

export function parseCommandLine(line: string, options: CommandLineOptions = {}): ParsedCommandLine {
	if (line.length > LONGEST) return { kind: 'needs-shell', construct: `a command of ${line.length} characters` };
	try {
		return { kind: 'commands', commands: split(tokens(line, options)).map(simple) };
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
		const token = list[at];
		const assignment = token?.kind === 'word' && token.assigns ? /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(token.text) : null;
		if (assignment === null) break;
		env[assignment[1] as string] = assignment[2] as string;
	}
	const words = list.slice(at).map((token) => token.text);
	if (RESERVED.has(words[0] ?? '')) throw new NeedsShell(`"${words[0]}"`);
	return { words: words[0] === 'exec' ? words.slice(1) : words, env };
}

function tokens(line: string, options: CommandLineOptions): Token[] {
	const out: Token[] = [];
	let at = 0;
	while (at < line.length) {
		const rest = line.slice(at);
		const space = /^[^\S\n]+/.exec(rest)?.[0];
		const operator = /^(?:&&|\|\||;|\||&|<|>|\(|\))/.exec(rest)?.[0];
		if (rest.startsWith('\n')) {
			out.push({ kind: 'operator', text: ';' });
			at++;
		} else if (space !== undefined) at += space.length;
		else if (rest.startsWith('#')) at += rest.search(/\n|$/);
		else if (operator !== undefined) {
			out.push({ kind: 'operator', text: operator });
			at += operator.length;
		} else {
			const word = readWord(rest, options);
			out.push({ kind: 'word', text: word.text, assigns: /^[A-Za-z_][A-Za-z0-9_]*=/.test(rest) });
			at += word.length;
		}
	}
	return out;
}

function readWord(input: string, options: CommandLineOptions): { text: string; length: number } {
	let text = '';
	let at = 0;
	while (at < input.length && !/[\s;|&<>()]/.test(input[at] as string)) {
		const part = readPart(input.slice(at), at === 0 || /[=:]$/.test(input.slice(0, at)), options);
		text += part.text;
		at += part.length;
	}
	return { text, length: at };
}

const EXPANSION = /\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*(?::?-[^}$`"'\\]*)?\})/;
const SUBSTITUTION = /^(?:\$\(([^()`$"'\\]*)\)|`([^`$"'\\]*)`)/;

/** @param atStart a tilde here would name a home folder */
function readPart(input: string, atStart: boolean, options: CommandLineOptions): { text: string; length: number } {
	const single = /^'([^']*)'/.exec(input);
	if (single !== null) return { text: literal(single[1] as string, options), length: single[0].length };
	const double = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(input);
	if (double !== null) return { text: readQuoted(double[1] as string, options), length: double[0].length };
	const expanded = readExpansion(input, options);
	// The shell would split such a value into words and look for files.
	if (expanded?.known === true && /[\s*?[]/.test(expanded.text)) throw new NeedsShell(`the value ${expanded.text}`);
	if (expanded !== undefined) return expanded;
	if (/^["']/.test(input)) throw new NeedsShell('an unclosed quote');
	if (atStart && input.startsWith('~')) throw new NeedsShell('"~"');
	if (input.startsWith('\\') && input.length > 1) return { text: input[1] === '\n' ? '' : literal(input[1] as string, options), length: 2 };
	const plain = (/^[^\s;|&<>()'"\\$`]+/.exec(input)?.[0] ?? (input[0] as string)).replace(/(?<=[=:])~[\s\S]*$/, '') || (input[0] as string);
	if (/[*?[]/.test(plain) && !plain.startsWith('-')) throw new NeedsShell(`the pattern ${plain}`);
	return { text: literal(plain, options), length: plain.length };
}

function literal(text: string, { variables = false }: CommandLineOptions): string {
	return variables ? text.replaceAll('$', '$$$$') : text;
}

function readQuoted(inner: string, options: CommandLineOptions): string {
	let text = '';
	for (let at = 0; at < inner.length; ) {
		const rest = inner.slice(at);
		const escaped = /^\\(["\\$`\n])/.exec(rest);
		const expanded = escaped === null ? readExpansion(rest, options) : undefined;
		text +=
			escaped === null
				? expanded === undefined
					? literal(rest[0] as string, options)
					: whole(expanded)
				: literal((escaped[1] as string).replace('\n', ''), options);
		at += escaped?.[0].length ?? expanded?.length ?? 1;
	}
	return text;
}

/** In quotes a variable is one word, though it be empty: `${NAME-}`. */
function whole({ text, known }: { readonly text: string; readonly known: boolean }): string {
	const name = known ? undefined : /^\$\{?(\w+)\}?$/.exec(text)?.[1];
	return name === undefined ? text : `\${${name}-}`;
}

/** A variable or a command's output at the start of the text; a dollar that begins neither stands for itself. */
function readExpansion(input: string, options: CommandLineOptions): { text: string; length: number; known: boolean } | undefined {
	const substitution = SUBSTITUTION.exec(input);
	const output = substitution === null ? undefined : options.known?.(`$(${(substitution[1] ?? substitution[2] ?? '').trim()})`);
	if (substitution !== null && output !== undefined) return { text: literal(output, options), length: substitution[0].length, known: true };
	if (input.startsWith('$(')) throw new NeedsShell('"$(...)"');
	if (input.startsWith('`')) throw new NeedsShell('"`...`"');
	const variable = EXPANSION.exec(input);
	if (variable?.index === 0) {
		const [text] = variable;
		const value = options.known?.(/\w+/.exec(text)?.[0] ?? '');
		if (value !== undefined) return { text: literal(value, options), length: text.length, known: true };
		if (options.variables === true) return { text, length: text.length, known: false };
		throw new NeedsShell(`the variable ${text}`);
	}
	const special = /^\$(?:\{[^}]*\}?|[\d?$!@*#-])/.exec(input)?.[0];
	if (special !== undefined) throw new NeedsShell(`the variable ${special}`);
	return undefined;
}
