/** What tsconfig.json says of the compiler's output, with what it extends. */
import { posix } from 'node:path';
import type { FileIndex } from '../../src/source/file-index.js';
import { parseJsonc } from '../../src/source/jsonc.js';
import { isRecord } from './manifest.js';

export interface CompilerOutput {
	/** Relative to the app's folder; '' compiles each file in its place. */
	readonly outDir: string;
	readonly rootDir?: string;
	readonly noEmit: boolean;
}

/** As TypeScript: more levels than this are a circle. */
const DEEPEST = 16;

/** @param file the project that the compiler is told, default tsconfig.json @returns undefined without the file @throws TareError MANIFEST_INVALID */
export function compilerOutput(source: FileIndex, file = 'tsconfig.json'): CompilerOutput | undefined {
	if (!source.has(file)) return undefined;
	const option = (name: string): unknown => inherited(source, file, name, 0);
	const [outDir, rootDir] = [option('outDir'), option('rootDir')];
	return {
		outDir: typeof outDir === 'string' ? outDir : '',
		...(typeof rootDir === 'string' && { rootDir }),
		noEmit: option('noEmit') === true || option('emitDeclarationOnly') === true,
	};
}

/** Folders are relative to the file that names them. */
function inherited(source: FileIndex, file: string, name: string, depth: number): unknown {
	const text = source.text(file);
	if (text === undefined || depth > DEEPEST) return undefined;
	const { value } = parseJsonc(text, file);
	const options = isRecord(value) && isRecord(value.compilerOptions) ? value.compilerOptions : {};
	const own = options[name];
	if (own !== undefined) return typeof own === 'string' && /Dir$/.test(name) ? folderOf(file, own) : own;
	const bases = [isRecord(value) ? value.extends : undefined].flat().filter((each): each is string => typeof each === 'string' && each.startsWith('.'));
	// The last that says so wins.
	return bases
		.map((base) => posix.join(posix.dirname(file), base))
		.map((base) => source.first(base, `${base}.json`))
		.reduceRight<unknown>((found, base) => found ?? (base === undefined ? undefined : inherited(source, base, name, depth + 1)), undefined);
}

function folderOf(file: string, written: string): string {
	const folder = posix.join(posix.dirname(file), written.replace(/^\$\{configDir\}/, '.')).replace(/\/$/, '');
	return folder === '.' ? '' : folder;
}
