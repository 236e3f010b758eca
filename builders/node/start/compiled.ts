/** Which file a build makes of a source file, by the output folder that its compiler is told. */
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';
import { compilerOutput } from '../tsconfig.js';

const FLAG = /(?:\s(?:-d|--out-dir|--outDir|--outdir|-o)[= ])\s*([\w./-]+)/;
const PROJECT = /\btsc\b[^&|;]*?\s(?:-p|--project|-b|--build)[= ]\s*([\w./-]+)/;

/**
 * `src/index.ts` → `dist/index.js`, then the other places that a compiler may choose, likeliest first;
 * none where no script says where output goes, or the compiler makes none.
 */
export function compiledFiles(path: string, source: FileIndex, manifest: Manifest | undefined): readonly string[] {
	const build = manifest?.json.scripts.build ?? '';
	const flag = FLAG.exec(build)?.[1];
	const options = /\btsc\b/.test(build) ? compilerOutput(source, projectFile(build, source)) : undefined;
	const folder = flag ?? (/\btsup\b/.test(build) ? 'dist' : options?.noEmit === true ? undefined : options?.outDir);
	// In place, and this file is compiled by nobody.
	if (folder === undefined || (trimmed(folder) === '' && !/\.[cm]?tsx?$/.test(path))) return [];
	const made = path.replace(/\.[cm]?[jt]sx?$/, (all) => (/^\.m/.test(all) ? '.mjs' : /^\.c/.test(all) ? '.cjs' : '.js'));
	const below = trimmed(options?.rootDir ?? (/^src\//.test(path) && onlyBelowSrc(source) ? 'src' : ''));
	const stripped = below !== '' && made.startsWith(`${below}/`) ? [made.slice(below.length + 1)] : [];
	const places = trimmed(folder) === '' ? [made] : [...stripped, made, ...(made.startsWith('src/') ? [made.slice('src/'.length)] : [])];
	return [...new Set(places)].map((place) => (trimmed(folder) === '' ? place : `${trimmed(folder)}/${place}`));
}

/** `tsc -p FOLDER` reads the tsconfig.json in it. */
function projectFile(build: string, source: FileIndex): string {
	const named = trimmed(PROJECT.exec(build)?.[1] ?? 'tsconfig.json');
	return named === '' ? 'tsconfig.json' : (source.first(named, `${named}/tsconfig.json`) ?? 'tsconfig.json');
}

/** Compilers keep the folders below the common one of all they compile. */
function onlyBelowSrc(source: FileIndex): boolean {
	return source.files.every(
		({ path }) => !/\.tsx?$/.test(path) || path.startsWith('src/') || /\.d\.ts$|(?:^|\/)[\w.-]+\.config\.ts$|^(?:tests?|__tests__)\//.test(path),
	);
}

function trimmed(path: string): string {
	return path.replace(/^\.\//, '').replace(/\/$/, '').replace(/^\.$/, '');
}
