/** TypeScript stays out of the image once a build made JavaScript of it, but for what the app reads while it runs. */
import { posix } from 'node:path';
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type Found, scan } from '../../src/source/scan.js';
import { isRecord, type Manifest, productionDependencies } from './manifest.js';

export interface KeptSources {
	/** False where all TypeScript is needed: nothing is dropped. */
	readonly drops: boolean;
	/** Files and folders below the root of the source whose TypeScript is kept. */
	readonly paths: readonly string[];
	/** tsconfig.json and its kind are kept. */
	readonly tsconfig: boolean;
	readonly reasons: readonly Reason[];
}

export interface KeptQuestion {
	readonly root: FileIndex;
	/** Folders below the root, with the manifest in each: the app first, then the packages of the workspace that it needs. */
	readonly packages: readonly { readonly folder: string; readonly manifest: Manifest }[];
	/** Words of the start command, and values of its variables. */
	readonly command: readonly string[];
	readonly envNames: readonly string[];
}

/** They compile sources while the app runs. */
const LOADERS = String.raw`(?:tsx|ts-node|ts-node-dev|@swc-node\/register|@swc\/register|esbuild-register|esbuild-runner|@esbuild-kit\/[\w-]+|@oxc-node\/core|jiti|sucrase|@babel\/register)`;
const NAMES_LOADER = new RegExp(String.raw`^${LOADERS}(?:\/|$)`);
const LOADS = new RegExp(String.raw`(?:from|import|require(?:\.resolve)?|register)\s*\(?\s*['"]${LOADERS}(?:\/[^'"]*)?['"]`);
const JAVASCRIPT = /\.[cm]?jsx?$/;
/** JavaScript that names a file of TypeScript: Node itself takes the types out. */
const NAMES_TYPESCRIPT = /['"`]\.{1,2}\/[^'"`\n]*(?<!\.d)\.[cm]?ts['"`]/;
const READS_TSCONFIG = /\btsconfig-paths\b|['"`][^'"`\n]*\btsconfig[\w.-]*\.json['"`]/;
/** A pattern of file names in code; bundlers resolve import.meta.glob. */
const GLOB = /(?<!import\.meta\.glob\()['"`][\w@./-]*\*[^'"`\n]*\.(?:[cm]?ts|\{[^}'"`\n]*\bts\b[^}'"`\n]*\})['"`]/;
/** Configuration and tests of development: what they name is not read by the app. */
const DEVELOPMENT = /(?:^|\/)(?:[\w.-]*\.config\.[cm]?[jt]s|[\w.-]*\.(?:test|spec)\.[cm]?[jt]sx?|(?:tests?|__tests__|e2e|spec)\/.*|\.[\w-]+\/.*|codegen\.ts)$/;
/** Conditions under which Node resolves: https://nodejs.org/api/packages.html#conditional-exports */
const CONDITIONS = new Set(['node', 'import', 'require', 'default', 'node-addons', 'module-sync']);

export function keptSources(question: KeptQuestion): KeptSources {
	const whole = wholeReason(question);
	const configuration = tsconfigReason(question);
	if (whole !== undefined) return { drops: false, paths: [], tsconfig: true, reasons: [whole] };
	const found = [...question.packages.slice(1).flatMap(exported), ...globs(question)];
	const byPath = new Map(found.map(({ path, reason }) => [path, reason]));
	return {
		drops: true,
		paths: [...byPath.keys()].sort(),
		tsconfig: configuration !== undefined,
		reasons: [...byPath.values(), ...(configuration === undefined ? [] : [configuration])],
	};
}

/** True for a path (below the root) that is kept. */
export function isKept(path: string, { paths, tsconfig }: Pick<KeptSources, 'paths' | 'tsconfig'>): boolean {
	if (/(?:^|\/)tsconfig(?:\.[^/]+)?\.json$/.test(path)) return tsconfig;
	return paths.some((kept) => kept === '' || path === kept || path.startsWith(`${kept}/`));
}

function wholeReason(question: KeptQuestion): Reason | undefined {
	const { packages, command } = question;
	const loader = command.find((word) => NAMES_LOADER.test(word));
	if (loader !== undefined) return { says: `TypeScript is shipped: the start command loads ${loader}` };
	const production = packages.flatMap(({ manifest }) => productionDependencies(manifest.json));
	const loads = production.some((name) => NAMES_LOADER.test(name)) ? firstOf(question, LOADS) : undefined;
	if (loads !== undefined) return { file: loads.path, line: loads.line, says: `TypeScript is shipped: ${loads.path} loads a compiler` };
	const names = firstOf(question, NAMES_TYPESCRIPT, JAVASCRIPT);
	return names === undefined ? undefined : { file: names.path, line: names.line, says: `TypeScript is shipped: ${names.path} names ${names.text}` };
}

function tsconfigReason(question: KeptQuestion): Reason | undefined {
	const { packages, command, envNames } = question;
	if (command.some((word) => READS_TSCONFIG.test(word)) || envNames.some((name) => /^TS_(?:NODE|CONFIG)_/.test(name)))
		return { says: 'tsconfig.json is shipped: the start command reads it' };
	const production = packages.flatMap(({ manifest }) => productionDependencies(manifest.json));
	if (production.includes('tsconfig-paths')) return { says: 'tsconfig.json is shipped: tsconfig-paths reads it' };
	const place = firstOf(question, READS_TSCONFIG);
	return place === undefined ? undefined : { file: place.path, line: place.line, says: `tsconfig.json is shipped: ${place.path} names it` };
}

function firstOf(question: KeptQuestion, pattern: RegExp, files?: RegExp): Found | undefined {
	for (const found of scan(question.root, pattern, files === undefined ? {} : { files })) if (isOwn(found.path, question)) return found;
	return undefined;
}

/** Of the app and what it needs, and not for development. */
function isOwn(path: string, { packages }: KeptQuestion): boolean {
	return packages.some(({ folder }) => folder === '' || path.startsWith(`${folder}/`)) && !DEVELOPMENT.test(path);
}

interface Kept {
	readonly path: string;
	readonly reason: Reason;
}

/** A package that others import as TypeScript: its manifest names the files. */
function exported({ folder, manifest }: KeptQuestion['packages'][number]): readonly Kept[] {
	const { file, json, lineOf } = manifest;
	const named = [...targets(json.exports), ...targets(json.imports), ...targets(json.main), ...targets(json.bin)].find((target) =>
		/(?<!\.d)\.[cm]?tsx?$/.test(target),
	);
	return named === undefined
		? []
		: [
				{
					path: folder,
					reason: { file, line: lineOf('exports') ?? lineOf('main'), says: `TypeScript of ${folder} is shipped: its package.json names ${named}` },
				},
			];
}

function targets(value: unknown): readonly string[] {
	if (typeof value === 'string') return [value];
	if (Array.isArray(value)) return value.flatMap(targets);
	if (!isRecord(value)) return [];
	return Object.entries(value).flatMap(([key, inner]) => (/^[.#]/.test(key) || CONDITIONS.has(key) || typeof inner !== 'string' ? targets(inner) : []));
}

/** `glob('./src/routes/*.ts')`: relative to the folder that the app runs in. */
function globs(question: KeptQuestion): readonly Kept[] {
	const { root, packages } = question;
	const out: Kept[] = [];
	for (const { path, line, text } of scan(root, GLOB)) {
		if (!isOwn(path, question)) continue;
		const fixed = text.slice(1, -1).split('*')[0] ?? '';
		const below = fixed.includes('/') ? fixed.slice(0, fixed.lastIndexOf('/')) : '';
		const places = [...packages.map(({ folder }) => folder), posix.dirname(path)].map((folder) =>
			posix
				.join(folder, below)
				.replace(/^\.(?:\/|$)/, '')
				.replace(/\/$/, ''),
		);
		const base = places.find((place) =>
			root.files.some((file) => file.path.startsWith(place === '' ? '' : `${place}/`) && /(?<!\.d)\.[cm]?ts$/.test(file.path)),
		);
		if (base !== undefined)
			out.push({ path: base, reason: { file: path, line, says: `TypeScript of ${base || 'the project'} is shipped: ${path} names ${text}` } });
	}
	return out;
}
