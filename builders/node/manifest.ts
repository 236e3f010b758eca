/** package.json and npm's lock file, as far as a build needs them. */

import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type LocatedJson, parseJson } from '../../src/source/json.js';

export interface PackageJson {
	readonly name?: string;
	readonly version?: string;
	readonly type?: string;
	readonly main?: string;
	readonly bin?: string | Readonly<Record<string, string>>;
	readonly scripts: Readonly<Record<string, string>>;
	readonly engines: Readonly<Record<string, string>>;
	/** The field is no object. */
	readonly enginesAsText: boolean;
	readonly dependencies: Readonly<Record<string, string>>;
	readonly devDependencies: Readonly<Record<string, string>>;
	readonly optionalDependencies: Readonly<Record<string, string>>;
	readonly peerDependencies: Readonly<Record<string, string>>;
	readonly packageManager?: string;
	readonly workspaces?: unknown;
	readonly overrides?: unknown;
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
export function readManifest(source: FileIndex, file = 'package.json'): Manifest | undefined {
	const text = source.text(file);
	if (text === undefined) return undefined;
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
			engines: enginesOf(raw.engines),
			enginesAsText: raw.engines !== undefined && !isRecord(raw.engines),
			dependencies: strings('dependencies'),
			devDependencies: strings('devDependencies'),
			optionalDependencies: strings('optionalDependencies'),
			peerDependencies: strings('peerDependencies'),
			workspaces: raw.workspaces,
			overrides: raw.overrides,
			private: raw.private === true,
			pnpm: raw.pnpm,
			volta: raw.volta,
			devEngines: raw.devEngines,
			allowScripts: raw.allowScripts,
		},
	};
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

/** Where "engines" is not what npm reads, it is said. */
export function enginesWarning({ file, json, lineOf }: Manifest): readonly Reason[] {
	if (!json.enginesAsText) return [];
	const read = Object.entries(json.engines).map(([name, range]) => `${name} "${range}"`);
	return [{ file, line: lineOf('engines'), says: `"engines" is no object: ${read.length === 0 ? 'it is ignored' : `read as ${read.join(', ')}`}` }];
}

/** All dependencies by name; development ones too. */
export function allDependencies(json: PackageJson): Readonly<Record<string, string>> {
	return { ...json.devDependencies, ...json.optionalDependencies, ...json.dependencies };
}

/** Names that are installed in production. */
export function productionDependencies(json: PackageJson): readonly string[] {
	return Object.keys({ ...json.dependencies, ...json.optionalDependencies });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(file: string, why: string, line?: number): TareError {
	return new TareError('MANIFEST_INVALID', `${file}: ${why}`, {
		hint: 'See the package.json reference of npm: `npm help package.json`.',
		at: { file, ...(line !== undefined && { line }) },
	});
}

/** The package.json of a folder below the root. */
export function manifestFile(folder: string): string {
	return folder === '' ? 'package.json' : `${folder}/package.json`;
}
