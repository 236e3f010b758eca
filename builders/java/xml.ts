/** As much of XML as pom.xml needs: elements, text and where they stand. Entities of a DTD, which could reach other files, are not read. */
import { TareError } from '../../src/errors.js';

export interface Element {
	readonly name: string;
	/** Its own text, without that of the elements in it. */
	readonly text: string;
	readonly children: readonly Element[];
	/** From 1. */
	readonly line: number;
}

interface Open {
	readonly name: string;
	text: string;
	readonly children: Element[];
	readonly line: number;
}

const TOKEN = /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<![^>]*>|<(\/?)([^\s/>]+)(?:[^>"']|"[^"]*"|'[^']*')*?(\/?)>|([^<]+)/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** @throws TareError MANIFEST_INVALID */
export function parseXml(text: string, file: string): Element {
	const root: Open = { name: '', text: '', children: [], line: 1 };
	const stack = [root];
	let line = 1;
	for (const [token, cdata, closing, name = '', empty, plain] of text.matchAll(TOKEN)) {
		const top = stack.at(-1) as Open;
		if (cdata !== undefined) top.text += cdata;
		else if (plain !== undefined) top.text += decode(plain);
		else if (closing === '/') close(stack, name, file, line);
		else if (name !== '') open(stack, { name: localName(name), text: '', children: [], line }, empty === '/');
		line += token.split('\n').length - 1;
	}
	const [top] = root.children;
	if (stack.length > 1) throw invalid(file, `<${(stack.at(-1) as Open).name}> is never closed`, (stack.at(-1) as Open).line);
	if (top === undefined) throw invalid(file, 'it has no element', 1);
	return top;
}

function open(stack: Open[], element: Open, empty: boolean): void {
	(stack.at(-1) as Open).children.push(element);
	if (!empty) stack.push(element);
}

function close(stack: Open[], name: string, file: string, line: number): void {
	const top = stack.pop() as Open;
	if (stack.length === 0 || top.name !== localName(name))
		throw invalid(file, `</${name}> closes ${top.name === '' ? 'nothing' : `<${top.name}> of line ${top.line}`}`, line);
}

function localName(name: string): string {
	return name.slice(name.indexOf(':') + 1);
}

function decode(text: string): string {
	return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) =>
		name !== undefined ? (ENTITIES[name] ?? whole) : String.fromCodePoint(Number.parseInt(hex ?? decimal ?? '63', hex === undefined ? 10 : 16)),
	);
}

function invalid(file: string, why: string, line: number): TareError {
	return new TareError('MANIFEST_INVALID', `${file} is not valid XML: ${why}`, { hint: 'Correct the file.', at: { file, line } });
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
