/** package.json and npm's lock file, as far as a build needs them. */

import JSON5 from 'json5';
import type { Reason } from '../../src/builder/contract.js';
import { messageOf, TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { isRecord, type LocatedJson, parseJson } from '../../src/source/json.js';

export { isRecord };

export interface PackageJson {
	readonly name?: string;
	readonly version?: string;
	readonly type?: string;
	readonly main?: string;
	readonly bin?: string | Readonly<Record<string, string>>;
	readonly scripts: Readonly<Record<string, string>>;
	/** Values that package managers give to scripts. */
	readonly config: Readonly<Record<string, string>>;
	readonly engines: Readonly<Record<string, string>>;
	/** The field is not an object. */
	readonly enginesAsText: boolean;
	readonly dependencies: Readonly<Record<string, string>>;
	readonly devDependencies: Readonly<Record<string, string>>;
	readonly optionalDependencies: Readonly<Record<string, string>>;
	readonly peerDependencies: Readonly<Record<string, string>>;
	readonly packageManager?: string;
	readonly exports?: unknown;
	readonly imports?: unknown;
	readonly workspaces?: unknown;
	readonly overrides?: unknown;
	/** Yarn's overrides. */
	readonly resolutions?: unknown;
	readonly private?: boolean;
	/** pnpm's own settings. */
	readonly pnpm?: unknown;
	/** Versions that a version manager or a package manager should use. */
	readonly volta?: unknown;
	readonly devEngines?: unknown;
	/** npm's list of packages whose install scripts may run. */
	readonly allowScripts?: unknown;
}

export interface Manifest {
	readonly file: string;
	readonly json: PackageJson;
	readonly lineOf: LocatedJson['lineOf'];
}

/** @throws TareError MANIFEST_INVALID */
export function readManifest(source: Pick<FileIndex, 'text'>, asked = 'package.json'): Manifest | undefined {
	const file = [asked, `${asked}5`].find((path) => source.text(path) !== undefined);
	if (file === undefined) return undefined;
	const text = manifestText(source, file);
	const located = parseJson(text, file);
	if (!isRecord(located.value)) throw invalid(file, 'it is not an object');
	const raw = located.value;
	const strings = (key: string): Record<string, string> => {
		const value = raw[key] ?? {};
		if (!isRecord(value)) throw invalid(file, `"${key}" is not an object`, located.lineOf(key));
		return Object.fromEntries(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
	};
	const text_ = (key: string): string | undefined => (typeof raw[key] === 'string' ? raw[key] : undefined);
	return {
		file,
		lineOf: located.lineOf,
		json: {
			name: text_('name'),
			version: text_('version'),
			type: text_('type'),
			main: text_('main'),
			bin: typeof raw.bin === 'string' ? raw.bin : isRecord(raw.bin) ? strings('bin') : undefined,
			packageManager: text_('packageManager'),
			scripts: strings('scripts'),
			config: isRecord(raw.config) ? texts(raw.config) : {},
			engines: enginesOf(raw.engines),
			enginesAsText: raw.engines !== undefined && !isRecord(raw.engines),
			dependencies: strings('dependencies'),
			devDependencies: strings('devDependencies'),
			optionalDependencies: strings('optionalDependencies'),
			peerDependencies: strings('peerDependencies'),
			exports: raw.exports,
			imports: raw.imports,
			workspaces: raw.workspaces,
			overrides: raw.overrides,
			resolutions: raw.resolutions,
			private: raw.private === true,
			pnpm: raw.pnpm,
			volta: raw.volta,
			devEngines: raw.devEngines,
			allowScripts: raw.allowScripts,
		},
	};
}

/** As the variables of a process hold them. */
function texts(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
	const plain = Object.entries(values).filter(([, value]) => /^(?:string|number|boolean)$/.test(typeof value));
	return Object.fromEntries(plain.map(([key, value]) => [key, String(value)]));
}

/** A manifest as JSON: pnpm also reads package.json5 (https://pnpm.io/package_json). Keys keep their lines where they are quoted. @throws TareError MANIFEST_INVALID */
export function manifestText(source: Pick<FileIndex, 'text'>, file: string): string {
	const text = source.text(file) ?? '{}';
	return file.endsWith('5') ? JSON.stringify(parseJson5(text, file), undefined, 2) : text;
}

function parseJson5(text: string, file: string): unknown {
	try {
		return JSON5.parse(text);
	} catch (cause) {
		const line = isRecord(cause) && typeof cause.lineNumber === 'number' ? cause.lineNumber : undefined;
		throw new TareError('MANIFEST_INVALID', `${file} is not valid JSON5: ${messageOf(cause)}`, {
			hint: `Correct ${file}.`,
			at: { file, ...(line !== undefined && { line }) },
			cause,
		});
	}
}

/** npm once had a list here, and some write one range: `"node >= 22"` asks for a Node, other words for nothing. */
function enginesOf(value: unknown): Readonly<Record<string, string>> {
	if (isRecord(value)) return Object.fromEntries(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
	const words = [value].flat().filter((one) => typeof one === 'string');
	return Object.fromEntries(
		words.flatMap((text) => {
			const match = /^\s*(?:(node|npm|pnpm|yarn|bun)\b)?\s*([\^~<>=v\d].*)$/.exec(text);
			return match === null ? [] : [[match[1] ?? 'node', match[2] ?? '']];
		}),
	);
}

/** For an "engines" that npm does not read. */
export function enginesWarning({ file, json, lineOf }: Manifest): readonly Reason[] {
	if (!json.enginesAsText) return [];
	const read = Object.entries(json.engines).map(([name, range]) => `${name} "${range}"`);
	return [{ file, line: lineOf('engines'), says: `"engines" is not an object: ${read.length === 0 ? 'it is ignored' : `read as ${read.join(', ')}`}` }];
}

/** All dependencies by name; development ones too. */
export function allDependencies(json: PackageJson): Readonly<Record<string, string>> {
	return { ...json.devDependencies, ...json.optionalDependencies, ...json.dependencies };
}

/** Names that are installed in production. */
export function productionDependencies(json: PackageJson): readonly string[] {
	return Object.keys({ ...json.dependencies, ...json.optionalDependencies });
}

function invalid(file: string, why: string, line?: number): TareError {
	return new TareError('MANIFEST_INVALID', `${file}: ${why}`, {
		hint: 'See the package.json reference of npm: `npm help package.json`.',
		at: { file, ...(line !== undefined && { line }) },
	});
}

/** Paths of the manifests of folders below the root, with those that are there as package.json5. */
export function manifestFiles(source: FileIndex, folders: readonly string[]): readonly string[] {
	return folders.map(manifestFile).map((file) => (source.has(file) ? file : (source.first(`${file}5`) ?? file)));
}

/** The package.json of a folder below the root. */
export function manifestFile(folder: string): string {
	return folder === '' ? 'package.json' : `${folder}/package.json`;
}
