/** TOML 1.0 as plain data (https://toml.io/en/v1.0.0): what manifests and lock files are written in. Dates stay text. */

export type TomlTable = { [key: string]: unknown };

export class TomlError extends Error {
	override readonly name = 'TomlError';
	/** From 1. */
	readonly line: number;

	constructor(message: string, line: number) {
		super(message);
		this.line = line;
	}
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\', e: '\u001b' };
const BLANKS = /(?:[ \t\r\n]+|#[^\n]*)*/y;
const SPACES = /[ \t]*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BASIC = /"((?:[^"\\\n]|\\.)*)"/y;
const LITERAL = /'([^'\n]*)'/y;
const LONG_BASIC = /"""\r?\n?((?:[^"\\]|\\[\s\S]|"(?!""))*"{0,2})"""/y;
const LONG_LITERAL = /'''\r?\n?((?:[^']|'(?!''))*'{0,2})'''/y;
const SCALAR = /[^\s,\]}#][^,\]}#\n]*/y;
const NUMBER = /^[+-]?(?:0[xob][\da-f_]+|[\d_]+(?:\.[\d_]+)?(?:e[+-]?[\d_]+)?|inf|nan)$/i;

/** @throws TomlError */
export function parseToml(text: string): TomlTable {
	return new Reader(text).document();
}

class Reader {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	document(): TomlTable {
		const root: TomlTable = {};
		let current = root;
		for (this.#match(BLANKS); this.#at < this.#text.length; this.#match(BLANKS)) {
			if (this.#takes('[[')) current = this.#header(root, ']]');
			else if (this.#takes('[')) current = this.#header(root, ']');
			else this.#pair(current);
			this.#match(SPACES);
			if (this.#at < this.#text.length && !/[\r\n#]/.test(this.#text[this.#at] as string)) throw this.#error('unexpected text after a value');
		}
		return root;
	}

	#header(root: TomlTable, close: string): TomlTable {
		const keys = this.#keys();
		const last = keys.pop() as string;
		if (!this.#takes(close)) throw this.#error(`"${close}" is missing`);
		const parent = this.#descend(root, keys);
		if (close === ']') return this.#descend(parent, [last]);
		if (!Object.hasOwn(parent, last)) parent[last] = [];
		const all = parent[last];
		if (!Array.isArray(all)) throw this.#error(`${last} is no array of tables`);
		const made: TomlTable = {};
		all.push(made);
		return made;
	}

	#pair(into: TomlTable): void {
		const keys = this.#keys();
		const last = keys.pop() as string;
		if (!this.#takes('=')) throw this.#error('"=" is missing');
		const target = this.#descend(into, keys);
		if (Object.hasOwn(target, last)) throw this.#error(`${last} is there twice`);
		target[last] = this.#value();
	}

	/** The table at the keys; of an array of tables, the newest. */
	#descend(from: TomlTable, keys: readonly string[]): TomlTable {
		let inner = from;
		for (const key of keys) {
			if (key === '__proto__') throw this.#error('a key that no table may have');
			if (!Object.hasOwn(inner, key)) inner[key] = {};
			const found = inner[key];
			const next: unknown = Array.isArray(found) ? found.at(-1) : found;
			if (typeof next !== 'object' || next === null) throw this.#error(`${key} is no table`);
			inner = next as TomlTable;
		}
		return inner;
	}

	#keys(): string[] {
		const keys: string[] = [];
		do {
			this.#match(SPACES);
			const key = this.#match(BARE_KEY)?.[0] ?? this.#string();
			if (key === undefined) throw this.#error('a key is missing');
			keys.push(key);
			this.#match(SPACES);
		} while (this.#takes('.'));
		return keys;
	}

	#value(): unknown {
		this.#match(SPACES);
		const string = this.#string();
		if (string !== undefined) return string;
		if (this.#takes('[')) return this.#array();
		if (this.#takes('{')) return this.#inlineTable();
		const word = this.#match(SCALAR)?.[0].trim();
		if (word === undefined) throw this.#error('a value is missing');
		return this.#scalar(word);
	}

	#scalar(word: string): unknown {
		if (word === 'true' || word === 'false') return word === 'true';
		if (NUMBER.test(word)) return Number(word.replaceAll('_', '').replace(/inf$/, 'Infinity').replace(/nan$/, 'NaN'));
		if (/^\d{2,4}[-:]/.test(word)) return word;
		throw this.#error(`${word} is no value`);
	}

	#array(): unknown[] {
		const items: unknown[] = [];
		for (this.#match(BLANKS); !this.#takes(']'); this.#match(BLANKS)) {
			items.push(this.#value());
			this.#match(BLANKS);
			if (!this.#takes(',') && this.#text[this.#at] !== ']') throw this.#error('"]" is missing');
		}
		return items;
	}

	#inlineTable(): TomlTable {
		const made: TomlTable = {};
		for (this.#match(BLANKS); !this.#takes('}'); this.#match(BLANKS)) {
			this.#pair(made);
			this.#match(BLANKS);
			if (!this.#takes(',') && this.#text[this.#at] !== '}') throw this.#error('"}" is missing');
		}
		return made;
	}

	#string(): string | undefined {
		const basic = this.#match(LONG_BASIC)?.[1] ?? (this.#text.startsWith('"""', this.#at) ? undefined : this.#match(BASIC)?.[1]);
		if (basic !== undefined) return this.#unescaped(basic);
		return this.#match(LONG_LITERAL)?.[1] ?? (this.#text.startsWith("'''", this.#at) ? undefined : this.#match(LITERAL)?.[1]);
	}

	#unescaped(raw: string): string {
		return raw.replace(/\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|([ \t]*\r?\n\s*)|(.))/g, (_, short: string, long: string, fold: string, one: string) => {
			if (fold !== undefined) return '';
			const made = one === undefined ? String.fromCodePoint(Number.parseInt(short ?? long, 16)) : ESCAPES[one];
			if (made === undefined) throw this.#error(`\\${one} is no escape`);
			return made;
		});
	}

	#takes(mark: string): boolean {
		if (!this.#text.startsWith(mark, this.#at)) return false;
		this.#at += mark.length;
		return true;
	}

	#match(pattern: RegExp): RegExpExecArray | null {
		pattern.lastIndex = this.#at;
		const match = pattern.exec(this.#text);
		if (match !== null) this.#at = pattern.lastIndex;
		return match;
	}

	#error(message: string): TomlError {
		return new TomlError(message, this.#text.slice(0, this.#at).split('\n').length);
	}
}
