/** What the entrypoint's program is, and so what must be in the image for it to run. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { DebianSet, VersionChoice } from '../../src/bases/contract.js';
import { elfFactsOf } from '../../src/elf/file.js';
import type { ElfFacts } from '../../src/elf/types.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex, SourceFile } from '../../src/source/file-index.js';

export interface Program {
	/** First word of the command in the image. */
	readonly word: string;
	readonly sets: readonly DebianSet[];
	readonly runtime?: VersionChoice;
	readonly says: string;
	/** OCI name of the architecture it is made for; undefined for what a runtime of the base runs. */
	readonly architecture?: string;
}

const GO_MARK = Buffer.from('\xff Go buildinf:', 'latin1');
/** Runtimes of the base by the word they are started with. */
const NPM_RUNTIMES: Readonly<Record<string, string>> = { node: '24', deno: '2', bun: '1' };
const JAVA: Readonly<Record<string, DebianSet>> = { 17: 'jre-17', 21: 'jre-21', 25: 'jre-25' };

/** @param word first of the entrypoint @throws TareError NO_START | START_UNSUPPORTED | LIBRARY_MISSING | CONFIG_INVALID */
export function programOf(word: string, source: FileIndex, version: string | undefined): Program {
	const runtime = runtimeOf(word, version);
	if (runtime !== undefined) return runtime;
	const path = word.replace(/^\/app\//, '').replace(/^(?:\.\/)+/, '');
	const file = source.get(path);
	if (file === undefined || file.type !== 'file')
		throw new TareError('NO_START', `there is no program ${word} in the folder`, { hint: describePrograms(source), data: { programs: elfPrograms(source) } });
	const elf = elfFactsOf(join(source.root, path), 0, file.size);
	if (elf === undefined) throw noProgram(path, source);
	return { ...needsOf(path, elf, () => isGo(join(source.root, path))), word: `/app/${path}`, architecture: elf.architecture };
}

function runtimeOf(word: string, version: string | undefined): Program | undefined {
	const range = NPM_RUNTIMES[word];
	const asked = version === undefined ? 'the newest line with long-term support' : `asked for ${word} ${version}`;
	if (range !== undefined)
		return { word, sets: ['static', 'cc', 'init'], runtime: { name: word, ranges: [version ?? range], because: asked }, says: `${word} runs it: ${asked}` };
	if (word === 'python' || word === 'python3') return { word, sets: ['static', 'cc', 'init', 'python'], says: "python of the base's release runs it" };
	if (word !== 'java') return undefined;
	const set = JAVA[version ?? '21'];
	if (set === undefined) throw new TareError('CONFIG_INVALID', `there is no Java ${version} in the base`, { hint: 'Use 17, 21 or 25: --runtime 21.' });
	return { word, sets: ['static', 'cc', set], says: `java ${version ?? '21'} runs it` };
}

function needsOf(path: string, { interpreter, needed }: ElfFacts, go: () => boolean): Pick<Program, 'sets' | 'says'> {
	if (interpreter?.includes('ld-musl') === true)
		throw new TareError('LIBRARY_MISSING', `${path} is linked to musl's C library, and the Debian base has glibc`, {
			hint: 'Link it statically, build it for glibc, or name a base that has musl: --base REFERENCE.',
			at: { file: path },
		});
	const isStatic = interpreter === undefined && needed.length === 0;
	if (isStatic && go()) return { sets: ['static'], says: `${path} is linked statically: no C library in the image` };
	// As process 1 it would not end on SIGTERM unless it has a handler, which only Go's runtime always has.
	if (isStatic) return { sets: ['static', 'cc', 'init'], says: `${path} is linked statically; an init passes signals on to it` };
	return { sets: ['static', 'cc', 'init'], says: `${path} is linked to ${needed.join(', ')}` };
}

/** Go's linker leaves this mark for `go version`: https://pkg.go.dev/debug/buildinfo */
function isGo(path: string): boolean {
	return readFileSync(path).includes(GO_MARK);
}

/** The only program of the folder, where there is just one. @throws TareError NO_START | AMBIGUOUS */
export function onlyProgram(source: FileIndex): string {
	const programs = elfPrograms(source);
	const [only] = programs;
	if (only === undefined)
		throw new TareError('NO_START', 'nothing says what to start, and the folder has no Linux program', { hint: describePrograms(source) });
	if (programs.length > 1)
		throw new TareError('AMBIGUOUS', `the folder has several programs: ${programs.slice(0, 10).join(', ')}`, {
			hint: `Say which one: --entrypoint ./${only}.`,
			data: { candidates: programs },
		});
	return `./${only}`;
}

function elfPrograms(source: FileIndex): readonly string[] {
	return source.files.filter((file) => file.executable && isProgram(source, file)).map(({ path }) => path);
}

/** Shared libraries, too, are often executable: a program has an interpreter, or is no library. */
function isProgram(source: FileIndex, { path, size, type }: SourceFile): boolean {
	const elf = type === 'file' ? elfFactsOf(join(source.root, path), 0, size) : undefined;
	return elf !== undefined && (elf.interpreter !== undefined || elf.type === 'executable');
}

function describePrograms(source: FileIndex): string {
	const programs = elfPrograms(source);
	if (programs.length === 0) return 'Name a Linux program of the folder, or node, python3, java, deno or bun with a file: --entrypoint "node server.js".';
	return `Programs in the folder: ${programs.slice(0, 10).join(', ')}.`;
}

function noProgram(path: string, source: FileIndex): TareError {
	const head = headOf(join(source.root, path));
	const interpreter = /^#!\s*(\S+(?:\s+\S+)?)/.exec(head)?.[1];
	const at = { file: path };
	if (interpreter !== undefined)
		return new TareError('START_UNSUPPORTED', `${path} is a script for ${interpreter}, which the image does not have`, {
			hint: /node|python|deno|bun/.test(interpreter)
				? `Start it by its runtime: --entrypoint "${/python/.test(interpreter) ? 'python3' : /(node|deno|bun)/.exec(interpreter)?.[1]} ${path}".`
				: 'Name the program that the script starts; images have no shell.',
			at,
		});
	const jar = path.endsWith('.jar') ? `A jar is started by java: --entrypoint "java -jar ${path}".` : describePrograms(source);
	return new TareError('START_UNSUPPORTED', `${path} is no Linux program`, { hint: jar, at });
}

function headOf(path: string): string {
	const handle = openSync(path, 'r');
	try {
		const head = Buffer.alloc(128);
		return head.toString('utf8', 0, readSync(handle, head, 0, head.length, 0));
	} finally {
		closeSync(handle);
	}
}
