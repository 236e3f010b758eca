/** The modules that are linked into a Go program, as the linker lists them in it: https://pkg.go.dev/debug/buildinfo */
import type { PackageRef } from '../../src/bases/contract.js';

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const HEADER = 32;
/** What stands before and after the list of modules. */
const SENTINEL = 16;
const INLINE_STRINGS = 2;

/** None where the program says nothing of its modules. */
export function modulesOf(program: Buffer): readonly PackageRef[] {
	// A program that reads build information has the magic in its code, too.
	for (let at = program.indexOf(MAGIC); at >= 0; at = program.indexOf(MAGIC, at + 1)) {
		if (at % 16 !== 0 || ((program[at + MAGIC.length + 1] ?? 0) & INLINE_STRINGS) === 0) continue;
		const version = stringAt(program, at + HEADER);
		if (!/^(?:go|devel)/.test(version.text)) continue;
		const list = stringAt(program, version.end).text.slice(SENTINEL, -SENTINEL);
		return [standardLibrary(version.text), ...dependencies(list)];
	}
	return [];
}

/** Length as a varint, then the bytes. */
function stringAt(data: Buffer, from: number): { readonly text: string; readonly end: number } {
	let length = 0;
	let at = from;
	for (let shift = 0; shift < 28; shift += 7) {
		const byte = data[at++] ?? 0;
		length |= (byte & 0x7f) << shift;
		if (byte < 0x80) break;
	}
	return { text: data.toString('latin1', at, at + length), end: at + length };
}

function standardLibrary(says: string): PackageRef {
	return golang('stdlib', says.replace(/^go/, '').replace(/ .*$/, ''));
}

/** Lines of `dep PATH VERSION SUM`; one of `=>` names what stands in the place of the line before. */
function dependencies(list: string): readonly PackageRef[] {
	const found: PackageRef[] = [];
	for (const line of list.split('\n')) {
		const [word, path = '', version = ''] = line.split('\t');
		if (word === 'dep') found.push(golang(path, version));
		// A folder of the project has no version, and stays what it replaces.
		else if (word === '=>' && version !== '') found[found.length - 1] = golang(path, version);
	}
	return found;
}

/** https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst#golang */
function golang(name: string, version: string): PackageRef {
	const path = name.split('/').map(encodeURIComponent).join('/');
	return { type: 'golang', name, version, purl: `pkg:golang/${path}@${encodeURIComponent(version)}` };
}
