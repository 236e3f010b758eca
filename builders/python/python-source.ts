/** Python source read without running it: statements with their place, names that imports bind. No more than start detection needs. */

export interface Statement {
	/** Without comments; inner line breaks are blanks, texts of three quotes are empty. */
	readonly text: string;
	/** Columns before it: 0 for the top level. */
	readonly indent: number;
	/** From 1. */
	readonly line: number;
}

/** Reads a comment, a string, or one character at the head of `input`. */
const TOKEN = /#[^\n]*|("""|''')(?:\\[\s\S]|(?!\1)[\s\S])*\1|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|\\\r?\n|\r?\n|[^#"'\\\r\n()[\]{}]+|[\s\S]/y;

export function statements(source: string): readonly Statement[] {
	const out: Statement[] = [];
	let [text, blank, depth, line, began] = ['', true, 0, 1, 1];
	const add = (part: string): void => {
		text += part;
		// Of the part alone: a long list of data is one statement.
		blank &&= part.trim() === '';
	};
	const end = (): void => {
		if (!blank) out.push({ text: text.trim(), indent: indentOf(text), line: began });
		[text, blank] = ['', true];
	};
	TOKEN.lastIndex = 0;
	for (let match = TOKEN.exec(source); match !== null; match = TOKEN.exec(source)) {
		const [token, triple] = match;
		if (blank) began = line;
		if (/^\r?\n$/.test(token)) {
			if (depth === 0) end();
			else add(' ');
		} else if (triple !== undefined) add('""');
		else if (/^\\\r?\n$/.test(token)) add(' ');
		else if (!token.startsWith('#')) add(token);
		if ('([{'.includes(token)) depth++;
		else if (')]}'.includes(token)) depth = Math.max(0, depth - 1);
		line += token.split('\n').length - 1;
	}
	end();
	return out;
}

function indentOf(text: string): number {
	return (/^[ \t]*/.exec(text)?.[0] ?? '').replace(/\t/g, '        ').length;
}

export interface Imports {
	/** Local name → what it stands for: `Flask` → `flask.Flask`. */
	readonly names: ReadonlyMap<string, string>;
	/** Modules whose names are all imported. */
	readonly stars: readonly string[];
	/** Absolute modules, whole: `app.routers`. */
	readonly modules: readonly string[];
	/** The most dots that a relative import begins with. */
	readonly level: number;
}

export function importsOf(all: readonly Statement[]): Imports {
	const names = new Map<string, string>();
	const stars: string[] = [];
	const modules: string[] = [];
	let level = 0;
	for (const { text } of all) {
		const from = /^from\s+(\.*)\s*([\w.]*)\s+import\s+\(?\s*([^)]*)\)?/.exec(text);
		if (from !== null) {
			const [, dots = '', module = '', list = ''] = from;
			level = Math.max(level, dots.length);
			if (dots === '') modules.push(module);
			for (const [name, alias] of aliases(list)) {
				if (name === '*') stars.push(module);
				else names.set(alias, `${dots}${module}.${name}`);
			}
		} else if (text.startsWith('import ')) {
			for (const [name, alias] of aliases(text.slice('import '.length))) {
				modules.push(name);
				names.set(alias, alias === name ? name : name);
			}
		}
	}
	return { names, stars, modules, level };
}

function aliases(list: string): (readonly [string, string])[] {
	return list
		.split(',')
		.map((part) => /^\s*([\w.*]+)(?:\s+as\s+(\w+))?/.exec(part))
		.filter((match) => match !== null)
		.map(([, name = '', alias = name]) => [name, alias] as const);
}

/** What a dotted name in the source stands for: `Flask` or `flask.Flask` → `flask.Flask`. */
export function resolveName(name: string, { names, stars }: Imports): string {
	const [head = '', ...rest] = name.split('.');
	const known = names.get(head);
	if (known !== undefined) return [known, ...rest].join('.');
	const [star] = stars;
	return star !== undefined && rest.length === 0 ? `${star}.${name}` : name;
}
