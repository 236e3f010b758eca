/** Commands of a shell script as words. A value that is only known when the script runs stays as it is written: `$(git describe)`. */

export interface Recipe {
	readonly words: readonly string[];
	/** Variables that the command gets, of the file and its own. */
	readonly env: Readonly<Record<string, string>>;
	/** Folder below the source's root that a `cd` before it names. */
	readonly cwd: string;
	readonly file: string;
	readonly line: number;
	/** Of a Makefile. */
	readonly target?: string;
}

export interface Script {
	readonly text: string;
	readonly file: string;
	/** Line of the file where the text starts, from 1. */
	readonly line: number;
	readonly env: Readonly<Record<string, string>>;
	readonly target?: string;
}

/** A value that is not known before the command runs. */
export const isOpen = (word: string): boolean => /\$[({A-Za-z_]|`|\{\{/.test(word);

const PART = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|(\$\([^()]*(?:\([^()]*\)[^()]*)*\)|`[^`]*`|\$\{[^}]*\}|\{\{[^}]*\}\})|([^\s;&|<>()'"\\$`{]+|[${])/y;
const OPERATOR = /(?:&&|\|\||[;|&()]|\d*[<>]+&?\d*)/y;

export function scriptRecipes({ text, file, line, env, target }: Script): readonly Recipe[] {
	const recipes: Recipe[] = [];
	let variables = { ...env };
	let cwd = '';
	for (const { words, at } of commands(text)) {
		const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
		const own = assignments(first < 0 ? words : words.slice(0, first));
		const rest = withoutPrefix(first < 0 ? [] : words.slice(first).map((word) => filled(word, variables)));
		if (rest.length === 0) variables = { ...variables, ...own };
		else if (rest[0] === 'export') variables = { ...variables, ...assignments(rest.slice(1)) };
		else if (rest[0] === 'cd' && rest[1] !== undefined) cwd = rest[1].replace(/^\.\//, '').replace(/\/+$/, '');
		else recipes.push({ words: rest, env: { ...variables, ...own }, cwd, file, line: line + at, ...(target !== undefined && { target }) });
	}
	return recipes;
}

/** Words that run the command that follows them. */
function withoutPrefix(words: readonly string[]): readonly string[] {
	const [first = ''] = words;
	if (/^(?:time|exec|then|do|else|if|sudo|command|env|nice|@)$/.test(first)) return withoutPrefix(words.slice(1));
	return words;
}

function assignments(words: readonly string[]): Record<string, string> {
	const pairs = words.flatMap((word) => {
		const [, name, value = ''] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
		return name === undefined ? [] : [[name, value] as const];
	});
	return Object.fromEntries(pairs);
}

/** Variables whose value the file gives. */
export function filled(text: string, variables: Readonly<Record<string, string>>): string {
	return text.replace(
		/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-([^}]*))?\})/g,
		(all, plain: string | undefined, braced: string | undefined, other: string | undefined) => {
			const value = variables[plain ?? braced ?? ''] ?? other;
			return value === undefined || isOpen(value) ? all : value;
		},
	);
}

/** Simple commands with the number of line breaks before each. */
function* commands(text: string): Generator<{ readonly words: readonly string[]; readonly at: number }> {
	let words: string[] = [];
	let word: string | undefined;
	let at = 0;
	let started = 0;
	const end = (): void => {
		if (word !== undefined) words.push(word);
		word = undefined;
	};
	for (let index = 0; index < text.length; ) {
		const [whole, kind, value] = next(text, index);
		if (kind === 'part') {
			if (word === undefined && words.length === 0) started = at;
			word = (word ?? '') + value;
		} else end();
		if (kind === 'end') {
			if (words.length > 0) yield { words, at: started };
			words = [];
		}
		at += whole.split('\n').length - 1;
		index += whole.length;
	}
	end();
	if (words.length > 0) yield { words, at: started };
}

function next(text: string, index: number): readonly [whole: string, kind: 'part' | 'blank' | 'end', value: string] {
	const at = (pattern: RegExp): RegExpExecArray | null => {
		pattern.lastIndex = index;
		return pattern.exec(text);
	};
	const blank = at(/(?:[^\S\n]|\\\r?\n)+/y) ?? at(/#[^\n]*/y);
	if (blank !== null && (blank[0][0] !== '#' || /^$|[\s;&|]/.test(text[index - 1] ?? ''))) return [blank[0], 'blank', ''];
	const operator = at(/\n/y) ?? at(OPERATOR);
	if (operator !== null) return [operator[0], /[<>]/.test(operator[0]) ? 'blank' : 'end', ''];
	const part = at(PART);
	if (part === null) return [text[index] ?? '', 'part', text[index] ?? ''];
	const [whole, single, double, escaped, open, plain] = part;
	return [whole, 'part', single ?? double?.replace(/\\(["\\$`\n])/g, (_all, one: string) => (one === '\n' ? '' : one)) ?? escaped ?? open ?? plain ?? ''];
}
