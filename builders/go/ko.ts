/** .ko.yaml, so that a ko user moves without rewriting: https://ko.build/configuration/ */

import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { parse } from '../../src/source/yaml.js';
import { templateWarnings } from './templates.js';

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
	/** @param epoch the time that stands in the image, in seconds */
	warnings(epoch: number | undefined): readonly Reason[];
}

export interface KoSettings {
	readonly env: Readonly<Record<string, string>>;
	readonly flags: readonly string[];
	readonly ldflags: readonly string[];
	/** Of the program's file. */
	readonly capabilities: readonly string[];
	readonly baseImage?: string;
}

const FILE = '.ko.yaml';

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
		warnings: (epoch) => templateWarnings(JSON.stringify(config), epoch).map((says) => ({ file: FILE, says })),
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
		capabilities: capabilityTerms(build?.linux_capabilities),
		...(override !== undefined && { baseImage: override }),
	};
}

function texts(value: unknown): readonly string[] {
	return (Array.isArray(value) ? value : typeof value === 'string' ? [value] : []).map(String);
}

/** @throws TareError CONFIG_INVALID */
function capabilityTerms(value: unknown): readonly string[] {
	if (value === undefined || value === null) return [];
	if (typeof value === 'string' || Array.isArray(value))
		return texts(value)
			.flatMap((text) => text.split(/\s+/))
			.filter((term) => term !== '');
	throw new TareError('CONFIG_INVALID', `linux_capabilities in ${FILE} is neither a text nor a list`, { at: { file: FILE } });
}
