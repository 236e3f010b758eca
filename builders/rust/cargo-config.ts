/** The project's own .cargo/config.toml, as far as Tare's options would replace it or its failures have to be explained. https://doc.rust-lang.org/cargo/reference/config.html */
import type { FileIndex } from '../../src/source/file-index.js';
import { parseTomlFile } from '../../src/source/toml.js';
import { strings, table } from './manifests.js';
import type { Linker, RustFacts } from './plan.js';

/** @param at a file's path below the folder where cargo runs @param more flags of the compiler @throws TareError MANIFEST_INVALID */
export function projectConfig(source: FileIndex, at: (path: string) => string, more: readonly string[]): Pick<RustFacts, 'rustflags' | 'linkers'> {
	const file = source.first(at('.cargo/config.toml'), at('.cargo/config'));
	if (file === undefined) return { rustflags: more, linkers: [] };
	const text = source.text(file) ?? '';
	const config = parseTomlFile(text, file);
	const targets = Object.values(table(config.target)).map(table);
	const all = [table(config.build), ...targets].flatMap(({ rustflags }) => flagsOf(rustflags));
	const options = all.flatMap((flag) => /-fuse-ld=(\S+)/.exec(flag)?.[1] ?? []);
	const linkers: Linker[] = [
		...targets.flatMap(({ linker }) => (typeof linker === 'string' ? [{ name: linker, file, line: lineOf(text, linker) }] : [])),
		...options.map((name) => ({ name, option: true, file, line: lineOf(text, `-fuse-ld=${name}`) })),
	];
	return { rustflags: [...flagsOf(table(config.build).rustflags), ...more], linkers };
}

function flagsOf(flags: unknown): readonly string[] {
	return typeof flags === 'string' ? flags.split(/\s+/).filter((flag) => flag !== '') : strings(flags);
}

function lineOf(text: string, word: string): number {
	return text.split('\n').findIndex((line) => line.includes(word)) + 1;
}
