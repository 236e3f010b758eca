/** The names in a Packages index and where their stanzas are, as a file: a build looks up a few dozen of 70,000 names, and keeps none of them in memory. */
import { closeSync, createReadStream, openSync, readFileSync, writeSync } from 'node:fs';

/** Each line starts with its kind: a package and the offset of its stanza, or a virtual package and who provides it. */
const PACKAGE = '\nP ';
const VIRTUAL = '\nV ';
const PROVIDES = Buffer.from('\nProvides: ');
const NAME = 'Package: ';
const STANZA_END = Buffer.from('\n\n');

export interface PackageHeads {
	/** Offsets of the stanzas of a package, in bytes. */
	offsets(name: string): readonly number[];
	/** Names of packages that provide a virtual one. */
	providers(name: string): readonly string[];
	names(): Iterable<string>;
}

/** @param packages a Packages index, unpacked @param heads the file to write */
export async function writeHeads(packages: string, heads: string): Promise<void> {
	const fd = openSync(heads, 'w');
	try {
		for await (const lines of headLines(packages)) writeSync(fd, lines);
		writeSync(fd, '\n');
	} finally {
		closeSync(fd);
	}
}

async function* headLines(packages: string): AsyncGenerator<string> {
	let rest = Buffer.alloc(0);
	let offset = 0;
	for await (const chunk of createReadStream(packages, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
		const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		const end = text.lastIndexOf(STANZA_END) + 1;
		yield linesOf(text.subarray(0, end), offset);
		rest = Buffer.from(text.subarray(end));
		offset += end;
	}
	yield linesOf(rest, offset);
}

/** Two searches for each stanza; nothing else of it is looked at. */
function linesOf(text: Buffer, offset: number): string {
	let lines = '';
	let provides = text.indexOf(PROVIDES);
	for (let at = 0; at < text.length; ) {
		while (text[at] === 0x0a) at++;
		const found = text.indexOf(STANZA_END, at);
		const end = found < 0 ? text.length : found;
		const name = text.toString('latin1', at, at + NAME.length) === NAME ? lineAt(text, at + NAME.length) : '';
		if (name !== '') lines += `${PACKAGE}${name} ${offset + at}`;
		if (provides >= 0 && provides < at) provides = text.indexOf(PROVIDES, at);
		if (name !== '' && provides >= 0 && provides < end)
			for (const virtual of virtuals(lineAt(text, provides + PROVIDES.length))) lines += `${VIRTUAL}${virtual} ${name}`;
		at = end + 1;
	}
	return lines;
}

function lineAt(text: Buffer, at: number): string {
	const end = text.indexOf(0x0a, at);
	return text.toString('utf8', at, end < 0 ? text.length : end).trim();
}

/** "a (= 1), b" (Debian Policy 7.5). */
const virtuals = (value: string): readonly string[] => value.split(',').map((item) => item.trim().split(/[\s(]/, 1)[0] ?? '');

export function readHeads(heads: string): PackageHeads {
	const text = readFileSync(heads);
	return {
		offsets: (name) => [...valuesOf(text, `${PACKAGE}${name} `)].map(Number),
		providers: (name) => [...valuesOf(text, `${VIRTUAL}${name} `)],
		names: () => namesOf(text),
	};
}

function* valuesOf(text: Buffer, label: string): Generator<string> {
	for (let at = text.indexOf(label); at >= 0; at = text.indexOf(label, at + label.length)) yield lineAt(text, at + Buffer.byteLength(label));
}

function* namesOf(text: Buffer): Generator<string> {
	let before = '';
	for (let at = text.indexOf(PACKAGE); at >= 0; at = text.indexOf(PACKAGE, at + 1)) {
		const name = text.toString('utf8', at + PACKAGE.length, text.indexOf(0x20, at + PACKAGE.length));
		if (name !== before) yield name;
		before = name;
	}
}
