/** .ko.yaml, so that a ko user moves without rewriting: https://ko.build/configuration/ */
import { parse } from 'yaml';
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { Commit } from '../../src/source/commit.js';
import type { FileIndex } from '../../src/source/file-index.js';

interface KoBuild {
	readonly main?: string;
	readonly dir?: string;
	readonly env?: unknown;
	readonly flags?: unknown;
	readonly ldflags?: unknown;
	readonly linux_capabilities?: unknown;
}

export interface KoConfig {
	readonly baseImage?: string;
	/** Folders of the builds' programs. */
	readonly mains: readonly string[];
	/** For a program's folder and import path. */
	settings(folder: string, importPath: string): KoSettings;
	readonly warnings: readonly Reason[];
}

export interface KoSettings {
	readonly env: Readonly<Record<string, string>>;
	readonly flags: readonly string[];
	readonly ldflags: readonly string[];
	readonly baseImage?: string;
}

const FILE = '.ko.yaml';
const UNKNOWN = 'unknown';

/** @throws TareError CONFIG_INVALID */
export function readKoConfig(source: FileIndex): KoConfig | undefined {
	const text = source.text(FILE);
	if (text === undefined) return undefined;
	const config = readYaml(text);
	const builds = Array.isArray(config.builds) ? (config.builds as KoBuild[]) : [];
	const overrides = (config.baseImageOverrides ?? {}) as Record<string, string>;
	return {
		...(typeof config.defaultBaseImage === 'string' && { baseImage: config.defaultBaseImage }),
		mains: builds.map(folderOfBuild),
		settings: (folder, importPath) =>
			settingsOf(
				config,
				builds.find((build) => folderOfBuild(build) === folder),
				overrides[importPath],
			),
		warnings: warningsFor(config, builds),
	};
}

function readYaml(text: string): Record<string, unknown> {
	try {
		return (parse(text) ?? {}) as Record<string, unknown>;
	} catch (cause) {
		throw new TareError('CONFIG_INVALID', `${FILE} is not valid YAML: ${String(cause)}`, { at: { file: FILE }, cause });
	}
}

function folderOfBuild({ dir = '.', main = '.' }: KoBuild): string {
	const parts = `${dir}/${main}`.replace(/\/[^/]+\.go$/, '').split('/');
	return parts.filter((part) => part !== '' && part !== '.').join('/');
}

function settingsOf(config: Record<string, unknown>, build: KoBuild | undefined, override: string | undefined): KoSettings {
	const env = texts(build?.env ?? config.defaultEnv).map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
	return {
		env: Object.fromEntries(env.filter(([name]) => name !== '')),
		flags: texts(build?.flags ?? config.defaultFlags).flatMap((flag) => flag.split(/\s+/)),
		ldflags: texts(build?.ldflags ?? config.defaultLdflags),
		...(override !== undefined && { baseImage: override }),
	};
}

function texts(value: unknown): readonly string[] {
	return (Array.isArray(value) ? value : typeof value === 'string' ? [value] : []).map(String);
}

/** What templates are filled from. */
export interface TemplateValues {
	/** Variables of the build. */
	readonly env: Readonly<Record<string, string>>;
	/** Asked for only by a template that names it: what it says changes the image with every commit. */
	readonly commit?: () => Commit | undefined;
}

const SHORT = 7;

/** @throws TareError CONFIG_INVALID for a variable that the build does not have */
export function fillTemplate(text: string, { env, commit }: TemplateValues, file: string): string {
	return text.replace(/\{\{\s*\.?([\w.]+)\s*\}\}/g, (whole, name: string) => {
		if (name.startsWith('Git.')) return ofCommit(name.slice('Git.'.length), commit?.());
		const variable = /^Env\.(\w+)$/.exec(name)?.[1];
		if (variable === undefined) return UNKNOWN;
		const value = env[variable];
		if (value !== undefined) return value;
		throw new TareError('CONFIG_INVALID', `${file} has ${whole}, and the build has no variable ${variable}`, {
			hint: `Give it: --build-env ${variable}=VALUE.`,
			at: { file },
		});
	});
}

function ofCommit(name: string, commit: Commit | undefined): string {
	const values: Readonly<Record<string, string | undefined>> = {
		FullCommit: commit?.id,
		ShortCommit: commit?.id.slice(0, SHORT),
		Branch: commit?.branch,
		Tag: commit?.tag,
	};
	return values[name] ?? UNKNOWN;
}

function warningsFor(config: Record<string, unknown>, builds: readonly KoBuild[]): readonly Reason[] {
	const text = JSON.stringify(config);
	const says = [
		...(builds.some(({ linux_capabilities }) => linux_capabilities !== undefined)
			? ['linux_capabilities is not read: give capabilities where the image is run']
			: []),
		...(/\{\{\s*\.Git/.test(text) ? ['a template names the commit: the image is another one with every commit'] : []),
		...(/\{\{\s*\.(?:Date|Timestamp|Git\.(?:CommitDate|CommitTimestamp|Is|TreeState))/.test(text)
			? ['templates of times and of changes that are not committed become "unknown", so that a build can be repeated']
			: []),
	];
	return says.map((one) => ({ file: FILE, says: one }));
}
