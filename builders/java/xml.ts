/** As much of XML as pom.xml needs: elements, attributes, text and where they stand. One pass; entities of a DTD, which could reach other files, are not read. */
import { TareError } from '../../src/errors.js';

export interface Element {
	readonly name: string;
	/** Its own text, without that of the elements in it. */
	readonly text: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly children: readonly Element[];
	/** From 1. */
	readonly line: number;
}

interface Open {
	readonly name: string;
	text: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly children: Element[];
	readonly line: number;
}

/** Deeper than any pom; what walks the elements may then call itself. */
const DEEPEST = 200;
const ENTITIES: ReadonlyMap<string, string> = new Map(Object.entries({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }));
/** What begins with the first text and ends with the second; only CDATA is text. */
const SECTIONS = [
	['<!--', '-->'],
	['<![CDATA[', ']]>'],
	['<?', '?>'],
] as const;

/** @throws TareError MANIFEST_INVALID */
export function parseXml(text: string, file: string): Element {
	return new Reader(text, file).document();
}

class Reader {
	readonly #text: string;
	readonly #file: string;
	readonly #root: Open = { name: '', text: '', attributes: {}, children: [], line: 1 };
	readonly #stack: Open[] = [this.#root];
	#at = 0;
	#line = 1;
	/** Where the next line end is. */
	#lineEnd: number;

	constructor(text: string, file: string) {
		this.#text = text;
		this.#file = file;
		this.#lineEnd = text.indexOf('\n');
	}

	document(): Element {
		while (this.#at < this.#text.length) this.#next();
		const [top] = this.#root.children;
		const open = this.#stack.at(-1) as Open;
		if (open !== this.#root) throw this.#invalid(`<${open.name}> is never closed`, open.line);
		if (top === undefined) throw this.#invalid('it has no element', 1);
		return top;
	}

	#next(): void {
		const section = SECTIONS.find(([start]) => this.#text.startsWith(start, this.#at));
		if (this.#text[this.#at] !== '<') this.#plain();
		else if (section !== undefined) this.#section(section[0], section[1]);
		else if (this.#text.startsWith('<!', this.#at)) this.#declaration();
		else this.#tag();
	}

	#tag(): void {
		const end = this.#endOfTag();
		const tag = this.#text.slice(this.#at + 1, end);
		const line = this.#line;
		this.#moveTo(end + 1);
		if (tag.startsWith('/')) this.#close(tag.slice(1).trim(), line);
		else this.#open(tag, line);
	}

	#plain(): void {
		const end = this.#text.indexOf('<', this.#at);
		const to = end < 0 ? this.#text.length : end;
		this.#top.text += this.#decode(this.#text.slice(this.#at, to));
		this.#moveTo(to);
	}

	#section(start: string, end: string): void {
		const from = this.#at + start.length;
		const to = this.#text.indexOf(end, from);
		if (to < 0) throw this.#invalid(`${start} is never closed`, this.#line);
		if (start === '<![CDATA[') this.#top.text += this.#text.slice(from, to);
		this.#moveTo(to + end.length);
	}

	/** A document type, with what it declares in brackets. */
	#declaration(): void {
		const bracket = this.#text.indexOf('[', this.#at);
		const end = this.#text.indexOf('>', this.#at);
		const close = bracket >= 0 && bracket < end ? this.#text.indexOf('>', Math.max(bracket, this.#text.indexOf(']', bracket))) : end;
		if (close < 0) throw this.#invalid('<! is never closed', this.#line);
		this.#moveTo(close + 1);
	}

	/** A bracket in a quoted value is none. */
	#endOfTag(): number {
		let quote = '';
		for (let at = this.#at + 1; at < this.#text.length; at++) {
			const character = this.#text[at] as string;
			if (quote !== '') quote = character === quote ? '' : quote;
			else if (character === '"' || character === "'") quote = character;
			else if (character === '>') return at;
			else if (character === '<') break;
		}
		throw this.#invalid('a tag is never closed', this.#line);
	}

	#open(tag: string, line: number): void {
		const empty = tag.endsWith('/');
		const [name = ''] = /^[^\s/]+/.exec(tag) ?? [];
		if (name === '') throw this.#invalid('a tag has no name', line);
		if (this.#stack.length > DEEPEST) throw this.#invalid(`elements are nested more than ${DEEPEST} deep`, line);
		const element: Open = { name: localName(name), text: '', attributes: this.#attributes(tag.slice(name.length)), children: [], line };
		this.#top.children.push(element);
		if (!empty) this.#stack.push(element);
	}

	#attributes(text: string): Readonly<Record<string, string>> {
		if (!text.includes('=')) return {};
		const pairs = [...text.matchAll(/([^\s=/"'<>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
		return Object.fromEntries(pairs.map(([, name = '', double, single]) => [name, this.#decode(double ?? single ?? '')]));
	}

	#close(name: string, line: number): void {
		const top = this.#top;
		if (top === this.#root || top.name !== localName(name))
			throw this.#invalid(`</${name}> closes ${top === this.#root ? 'nothing' : `<${top.name}> of line ${top.line}`}`, line);
		this.#stack.pop();
	}

	#decode(text: string): string {
		if (!text.includes('&')) return text;
		return text.replace(
			/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
			(whole, hex: string | undefined, decimal: string | undefined, name: string | undefined, offset: number) => {
				if (name !== undefined) return ENTITIES.get(name) ?? whole;
				const code = Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16);
				if (!isCharacter(code)) throw this.#invalid(`${whole} is no character`, this.#line + text.slice(0, offset).split('\n').length - 1);
				return String.fromCodePoint(code);
			},
		);
	}

	get #top(): Open {
		return this.#stack.at(-1) as Open;
	}

	#moveTo(at: number): void {
		for (; this.#lineEnd >= 0 && this.#lineEnd < at; this.#lineEnd = this.#text.indexOf('\n', this.#lineEnd + 1)) this.#line++;
		this.#at = at;
	}

	#invalid(why: string, line: number): TareError {
		return new TareError('MANIFEST_INVALID', `${this.#file} is not valid XML: ${why}`, { hint: 'Correct the file.', at: { file: this.#file, line } });
	}
}

/** https://www.w3.org/TR/xml/#NT-Char, half of a surrogate pair excluded */
function isCharacter(code: number): boolean {
	return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && (code >= 0x20 || code === 0x9 || code === 0xa || code === 0xd);
}

function localName(name: string): string {
	return name.slice(name.indexOf(':') + 1);
}

export function childrenOf(element: Element | undefined, name: string): readonly Element[] {
	return element?.children.filter((child) => child.name === name) ?? [];
}

export function childOf(element: Element | undefined, ...path: readonly string[]): Element | undefined {
	let at = element;
	for (const name of path) at = at?.children.find((child) => child.name === name);
	return at;
}

/** Trimmed text at the path, undefined where there is none. */
export function textOf(element: Element | undefined, ...path: readonly string[]): string | undefined {
	const text = childOf(element, ...path)?.text.trim();
	return text === '' ? undefined : text;
}
