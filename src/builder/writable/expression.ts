/** Paths that code builds of literals: enough of JavaScript, Python and Java to say where a call writes, and no more. */
import { posix } from 'node:path';

/** `cwd`: relative to the folder that the app runs in. `file`: relative to the folder of the source file. */
export interface LiteralPath {
	readonly from: 'cwd' | 'file';
	/** Relative, or absolute in the image. */
	readonly path: string;
}

/** Expressions by the name they are assigned to. */
export type Names = ReadonlyMap<string, string>;

const TOKEN =
	/\s+|([rRbBuUfF]{0,2})(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")|`((?:[^`\\]|\\[\s\S])*)`|[\w$]+(?:(?:\.|::)[\w$]+)*|\|\||\?\?|[()+/,[\]{}:.=]|[\s\S]/y;
/** Longer text is not a path. */
const LONGEST = 2000;
const DEEPEST = 6;
const JOINS =
	/^(?:path\.(?:posix\.)?)?(?:join|resolve|normalize)$|^os\.path\.(?:join|abspath|realpath|normpath)$|^(?:pathlib\.)?(?:Pure)?(?:Posix)?Path$|^str$|^String$|^fileURLToPath$|^url\.fileURLToPath$|^require\.resolve$|^(?:java\.nio\.file\.)?(?:Paths\.get|Path\.of)$|^(?:java\.io\.)?File$|^(?:filepath|path)\.(?:Join|Clean|Abs)$|(?:^|::)(?:PathBuf::from|Path::new|String::from)$/;
/** Text with gaps: `fmt.Sprintf("data/%s", name)`, `format!("data/{name}")`. */
const FORMATS = /^(?:fmt\.Sprintf|format|String\.format)$/;
const FOLDER_OF_FILE = /^(?:__dirname|import\.meta\.dirname|import\.meta\.dir)$/;
const FILE_ITSELF = /^(?:__filename|__file__|import\.meta\.(?:filename|url|path))$/;
const WORKING_FOLDER = /^(?:process\.cwd|os\.getcwd|Path\.cwd|pathlib\.Path\.cwd)$/;
const PROPERTY = /^System\.getProperty$/;
const VARIABLE_WITH_DEFAULT = /^(?:os\.)?(?:environ\.get|getenv)$|^(?:config|env)$|^(?:\w+\.)?[A-Za-z]*[eE]nv[A-Za-z]*$/;

/** @param text begins with the expression; what follows it is not read */
export function literalPath(text: string, names: Names, depth = 0): LiteralPath | undefined {
	if (depth > DEEPEST) return undefined;
	return new Reader(text.slice(0, LONGEST), names, depth).expression();
}

class Reader {
	readonly #tokens: readonly Token[];
	readonly #names: Names;
	readonly #depth: number;
	#at = 0;

	constructor(text: string, names: Names, depth: number) {
		this.#tokens = tokens(text);
		this.#names = names;
		this.#depth = depth;
	}

	/** The last alternative that is known: `dirOfSettings || './data'`. */
	expression(): LiteralPath | undefined {
		this.#skipClosure();
		let value = this.#sum();
		while (this.#is('||') || this.#is('??') || this.#is('or') || this.#isElvis()) {
			this.#at += this.#isElvis() ? 2 : 1;
			value = this.#sum() ?? value;
		}
		return value;
	}

	#sum(): LiteralPath | undefined {
		let value = this.#term();
		while (this.#is('+') || this.#is('/')) {
			const joins = this.#is('/');
			this.#at++;
			const next = this.#term();
			// What is unknown can only be a name in the folder that is known.
			if (value === undefined || next === undefined) value = value === undefined ? undefined : { ...value, path: folderPart(value.path) };
			else value = joins ? joined([value, next]) : { from: value.from, path: `${value.path}${next.path}` };
		}
		return value;
	}

	#term(): LiteralPath | undefined {
		const token = this.#tokens[this.#at];
		if (token === undefined) return undefined;
		this.#at++;
		if (token.literal !== undefined) return token.kind === 'template' ? this.#template(token.literal) : { from: 'cwd', path: token.literal };
		if (token.text === '(') {
			const value = this.expression();
			if (this.#is(')')) this.#at++;
			return this.#suffixes(value);
		}
		if (/^(?:new|await|&|mut|\*)$/.test(token.text)) return this.#term();
		return /^[\w$]/.test(token.text) ? this.#suffixes(this.#named(token.text)) : undefined;
	}

	#named(name: string): LiteralPath | undefined {
		// Rust's macros.
		if (this.#is('!') && this.#tokens[this.#at + 1]?.text === '(') this.#at++;
		const call = this.#is('(') ? this.#arguments() : undefined;
		// `Path(__file__).parent.parent` is one token after the call; `BASE.parent` is one with the name.
		if (call === undefined) return this.#constant(name);
		if (WORKING_FOLDER.test(name) || (PROPERTY.test(name) && call[0]?.path === 'user.dir')) return { from: 'cwd', path: '.' };
		if (/(?:^|\.)dirname$/.test(name)) return call[0] === undefined ? undefined : up(call[0]);
		if (name === 'URL') return call[0] === undefined ? undefined : { from: 'file', path: call[0].path };
		if (FORMATS.test(name)) return call[0] === undefined ? undefined : withoutGaps(call[0]);
		if (VARIABLE_WITH_DEFAULT.test(name) || PROPERTY.test(name)) return call[1];
		if (JOINS.test(name)) return joined(call);
		const base = /^(\w+)\.(?:join|resolve|joinpath)$/.exec(name)?.[1];
		return base !== undefined && this.#names.has(base) ? joined([this.#constant(base), ...call]) : undefined;
	}

	#constant(name: string): LiteralPath | undefined {
		if (FOLDER_OF_FILE.test(name)) return { from: 'file', path: '' };
		if (FILE_ITSELF.test(name)) return { from: 'file', path: 'FILE' };
		const [first = '', ...rest] = name.split('.');
		const text = this.#names.get(name) ?? (rest.every((part) => part === 'parent') ? this.#names.get(first) : undefined);
		const value = text === undefined ? undefined : literalPath(text, this.#names, this.#depth + 1);
		return this.#names.has(name) ? value : ups(value, rest.length);
	}

	#arguments(): readonly (LiteralPath | undefined)[] {
		const out: (LiteralPath | undefined)[] = [];
		this.#at++;
		while (this.#at < this.#tokens.length && !this.#is(')')) {
			out.push(this.expression());
			this.#skipTo();
			if (this.#is(',')) this.#at++;
		}
		this.#at++;
		return out;
	}

	/** Rust's `|_| value`. */
	#skipClosure(): void {
		if (this.#is('||')) this.#at++;
		if (!this.#is('|')) return;
		const end = this.#tokens.findIndex(({ text }, at) => at > this.#at && text === '|');
		if (end > 0) this.#at = end + 1;
	}

	/** To the end of an argument that is not a path. */
	#skipTo(): void {
		for (let depth = 0; this.#at < this.#tokens.length; this.#at++) {
			const { text } = this.#tokens[this.#at] as Token;
			if (depth === 0 && (text === ',' || text === ')')) return;
			if (/^[([{]$/.test(text)) depth++;
			else if (/^[)\]}]$/.test(text)) depth--;
		}
	}

	/** An element of a list or of an object is unknown. */
	#skipBracket(): void {
		for (let depth = 0; this.#at < this.#tokens.length; ) {
			const { text } = this.#tokens[this.#at++] as Token;
			if (text === '[') depth++;
			if (text === ']' && --depth === 0) return;
		}
	}

	/** `.parent`, `.resolve()`, `.absolute()` of Python's paths. */
	#suffixes(value: LiteralPath | undefined): LiteralPath | undefined {
		let out = value;
		if (this.#is('[')) {
			this.#skipBracket();
			out = undefined;
		}
		while (this.#is('.')) {
			const name = this.#tokens[this.#at + 1]?.text ?? '';
			this.#at += 2;
			for (const part of name.split('.')) if (part === 'parent' && out !== undefined) out = up(out);
			const next = this.#is('(') ? this.#arguments() : [];
			if (/(?:^|\.)(?:getOrDefault|orElse)$/.test(name)) out = next.at(-1);
			// Java's `base.resolve("x")`; Python's takes nothing.
			if (/(?:^|\.)(?:resolve|joinpath|join)$/.test(name) && next.length > 0) out = joined([out, ...next]);
			if (/(?:^|\.)unwrap_or(?:_else)?$/.test(name)) out ??= next.find((one) => one !== undefined);
		}
		return out;
	}

	/** `${__dirname}/data/x` */
	#template(text: string): LiteralPath | undefined {
		const [, name, rest = ''] = /^\$\{([^}]*)\}([\s\S]*)$/.exec(text) ?? [];
		const start = name === undefined ? { from: 'cwd' as const, path: '' } : literalPath(name, this.#names, this.#depth + 1);
		const tail = name === undefined ? text : rest;
		const fixed = tail.split('${')[0] ?? '';
		if (start === undefined) return undefined;
		return {
			from: start.from,
			path: `${start.path}${fixed === tail ? tail : folderPart(fixed)}`.replace(/^\/(?=.)/, start.from === 'file' && start.path === '' ? '' : '/'),
		};
	}

	/** Kotlin's `name ?: "data"`. */
	#isElvis(): boolean {
		return this.#is('?') && this.#tokens[this.#at + 1]?.text === ':';
	}

	#is(text: string): boolean {
		return this.#tokens[this.#at]?.text === text;
	}
}

interface Token {
	readonly text: string;
	readonly literal?: string;
	readonly kind?: 'template';
}

function tokens(text: string): readonly Token[] {
	const out: Token[] = [];
	TOKEN.lastIndex = 0;
	for (let match = TOKEN.exec(text); match !== null && match[0] !== ''; match = TOKEN.exec(text)) {
		const [all, prefix = '', single, double, template] = match;
		const quoted = single ?? double;
		// Python's f"{x}" is `${x}`.
		const filled = quoted !== undefined && /f/i.test(prefix) ? quoted.replace(/\{/g, '${') : template;
		if (filled !== undefined) out.push({ text: all, literal: filled, kind: 'template' });
		else if (quoted !== undefined) out.push({ text: all, literal: quoted.replace(/\\(.)/g, '$1') });
		// A statement ends with its line, where no bracket is open: the caller cuts it.
		else if (!/^\s+$/.test(all)) out.push({ text: all });
	}
	return out;
}

function joined(parts: readonly (LiteralPath | undefined)[]): LiteralPath | undefined {
	const [first, ...rest] = parts;
	if (first === undefined) return undefined;
	let path = first.path === '.' ? '' : first.path;
	for (const part of rest) {
		if (part === undefined) return { from: first.from, path: `${path}/` };
		path = part.path.startsWith('/') ? part.path : path === '' ? part.path : `${path}/${part.path}`;
	}
	return { from: first.from, path };
}

function up({ from, path }: LiteralPath): LiteralPath {
	return { from, path: path === 'FILE' ? '' : posix.join(path, '..') };
}

function ups(value: LiteralPath | undefined, count: number): LiteralPath | undefined {
	let out = value;
	for (let left = count; left > 0 && out !== undefined; left--) out = up(out);
	return out;
}

function folderPart(path: string): string {
	return path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
}

function withoutGaps({ from, path }: LiteralPath): LiteralPath {
	const [fixed = ''] = path.split(/%[\w+.-]|\{/, 1);
	return { from, path: fixed === path ? path : folderPart(fixed) };
}
