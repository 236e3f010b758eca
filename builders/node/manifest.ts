/** package.json and npm's lock file, as far as a build needs them. */

import { TareError } from '../../src/errors.js';
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
export function readManifest(source: Pick<FileIndex, 'text'>, file = 'package.json'): Manifest | undefined {
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
			config: isRecord(raw.config) ? texts(raw.config) : {},
			engines: Array.isArray(raw.engines) ? {} : strings('engines'),
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

/** The package.json of a folder below the root. */
export function manifestFile(folder: string): string {
	return folder === '' ? 'package.json' : `${folder}/package.json`;
}
