/** What Rust sources say: the files they open, the ports they listen on. */
import type { Reason } from '../../src/builder/contract.js';
import { type CompiledIn, findRuntimeFiles, type RuntimeFiles, USUAL_FOLDERS } from '../../src/builder/runtime-files.js';
import type { FileIndex } from '../../src/source/file-index.js';
import type { CargoPackage } from './manifests.js';

export interface RustFile {
	readonly path: string;
	readonly text: string;
	/** Of its package. */
	readonly folder: string;
}

type SourcesOf = Pick<CargoPackage, 'folder' | 'programs' | 'library'>;

const LIMIT = 1024 * 1024;
const USUAL = new Set([...USUAL_FOLDERS, 'assets', 'html', 'configuration', 'Rocket.toml', 'Settings.toml', 'config.toml', 'log4rs.yaml']);
const NEVER = /(?:^|\/)(?:[^/]+\.rs|Cargo\.(?:toml|lock)|Procfile|Makefile|rust-toolchain(?:\.toml)?)$|^(?:target|\.cargo|\.sqlx)\/|\/target\//;
/** Read by the compiler: what they name is in the program. */
const BUILT_IN = /\binclude_(?:str|bytes|dir)!\s*\([^)]*\)|#\[folder\s*=\s*"[^"]*"\]|\b(?:embed_)?migrate!\s*\([^)]*\)|#\[template\([^)]*\)\]/g;

export function isRustData(path: string): boolean {
	return !NEVER.test(path);
}

const NOT_SHIPPED = /^(?:tests|examples|benches|target)\/|^build\.rs$/;

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

/**
 * The sources of packages, wherever their programs and library are, without tests, examples and benches.
 * @param all packages of the source: the files of one inside another are its own
 */
export function rustFiles(source: FileIndex, packages: readonly SourcesOf[], all: readonly SourcesOf[] = packages): readonly RustFile[] {
	const inside = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);
	const owner = (path: string): string | undefined =>
		all
			.map(({ folder }) => folder)
			.filter((folder) => inside(path, folder))
			.sort((a, b) => b.length - a.length)[0];
	const belongs = (path: string): boolean =>
		packages.some(({ folder, programs, library }) => {
			const at = (below: string): string => (folder === '' ? below : `${folder}/${below}`);
			const roots = [at('src/lib.rs'), library ?? '', ...programs.map(({ file }) => file)].filter((file) => file !== '').map(folderOf);
			return owner(path) === folder && roots.some((root) => inside(path, root)) && !NOT_SHIPPED.test(path.slice(at('').length));
		});
	return source.files
		.filter(({ path, type, size }) => path.endsWith('.rs') && type === 'file' && size < LIMIT && belongs(path))
		.map(({ path }) => ({ path, text: source.text(path) ?? '', folder: owner(path) ?? '' }));
}

export function rustRuntimeFiles(source: FileIndex, roots: readonly string[], files: readonly RustFile[]): RuntimeFiles {
	return findRuntimeFiles({
		source,
		roots,
		words: files.map(({ path, folder, text }) => {
			const own = text.replace(BUILT_IN, (all) => all.replace(/[^\n]/g, ' '));
			return { file: path, words: [...stringLiterals(own)], ...compiledIn(own, folder) };
		}),
		isData: isRustData,
		usual: (path) => USUAL.has(path),
		embedded: files.flatMap(({ text }) =>
			[...text.matchAll(/#\[folder\s*=\s*"(?:\.\/|\$CARGO_MANIFEST_DIR\/)?([^"]*?)\/?"\]/g)].map((match) => match[1] as string),
		),
	});
}

/** The package's folder on the machine that compiled it; tests may have it. */
function compiledIn(text: string, folder: string): { readonly compiled?: CompiledIn } {
	const code = text.replace(/#\[cfg\(test\)\][\s\S]*$/, '').replace(/\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length));
	const at = /\b(?:option_)?env!\s*\(\s*"CARGO_MANIFEST_DIR"/.exec(code);
	if (at === null) return {};
	const line = code.slice(0, at.index).split('\n').length;
	return {
		compiled: { folder, line, by: 'CARGO_MANIFEST_DIR', instead: 'build them in with include_bytes! or rust-embed, or open them below the working folder' },
	};
}

/** Values of string literals; escapes are left as written. Comments, characters and lifetimes are stepped over. */
export function* stringLiterals(text: string): Generator<string> {
	for (const match of text.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\[^\n]{1,9}?)'|r(#*)"([\s\S]*?)"\1|"((?:[^"\\]|\\[\s\S])*)"/g)) {
		const value = match[2] ?? match[3];
		if (value !== undefined) yield value;
	}
}

export interface Listening {
	readonly reads?: Reason;
	readonly fixed?: string;
	readonly warnings: readonly Reason[];
}

/** "0.0.0.0:3000", ("127.0.0.1", 8080), ([127, 0, 0, 1], 3000) */
const ADDRESS =
	/"(0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\]):(\d{2,5})"|"(0\.0\.0\.0|127\.0\.0\.1|localhost)"\s*,\s*(\d{2,5})\b|\[((?:\d+,\s*){3}\d+)\]\s*,\s*(\d{2,5})\b/g;
const LISTENS = /\b(?:bind|TcpListener|SocketAddr|serve|listen|run)\b/;

export function findListening(files: readonly RustFile[]): Listening {
	const reader = files.find(({ text }) => /"PORT"/.test(text) && [...stringLiterals(text)].includes('PORT'));
	const places = files
		.filter(({ text }) => LISTENS.test(text))
		.flatMap(({ path, text }) =>
			[...text.matchAll(ADDRESS)].map((match) => ({
				host: (match[1] ?? match[3] ?? match[5] ?? '').replace(/,\s*/g, '.'),
				port: match[2] ?? match[4] ?? match[6] ?? '',
				reason: { file: path, line: text.slice(0, match.index).split('\n').length },
			})),
		);
	const open = places.filter(({ host }) => host === '0.0.0.0' || host === '[::]');
	const [first] = places;
	const ports = [...new Set(places.map(({ port }) => port))];
	return {
		...(reader !== undefined && { reads: { file: reader.path, says: 'the program reads PORT' } }),
		...(ports.length === 1 && { fixed: ports[0] }),
		warnings:
			first === undefined || open.length > 0 || reader !== undefined || ports.length > 1
				? []
				: [{ ...first.reason, says: `listens on ${first.host} only, so that nothing outside the container can reach it: listen on 0.0.0.0:${first.port}` }],
	};
}
