/** Which file a build makes of a source file, by the output folder that its compiler is told. */
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';

const FLAG = /(?:\s(?:-d|--out-dir|--outDir|--outdir|-o)[= ])\s*([\w./-]+)/;

/** `src/index.ts` → `dist/index.js`; undefined where no script or tsconfig.json says where output goes. */
export function compiledFile(path: string, source: FileIndex, manifest: Manifest | undefined): string | undefined {
	const build = manifest?.json.scripts.build ?? '';
	const folder = FLAG.exec(build)?.[1] ?? (/\btsup\b/.test(build) ? 'dist' : /\btsc\b/.test(build) ? option(source, 'outDir') : undefined);
	if (folder === undefined) return undefined;
	const below = trimmed(option(source, 'rootDir') ?? (/^src\//.test(path) && onlyBelowSrc(source) ? 'src' : ''));
	const inside = below === '' ? path : path.startsWith(`${below}/`) ? path.slice(below.length + 1) : undefined;
	return inside === undefined
		? undefined
		: `${trimmed(folder)}/${inside.replace(/\.[cm]?[jt]sx?$/, (all) => (/^\.m/.test(all) ? '.mjs' : /^\.c/.test(all) ? '.cjs' : '.js'))}`;
}

/** tsconfig.json has comments and trailing commas: a literal value is all that is asked. */
function option(source: FileIndex, name: string): string | undefined {
	return new RegExp(`^\\s*"${name}"\\s*:\\s*"([^"]+)"`, 'm').exec(source.text('tsconfig.json') ?? '')?.[1];
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
