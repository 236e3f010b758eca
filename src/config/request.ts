/** Options and the project's configuration become one validated, frozen request. */
import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { BaseRequest } from '../bases/contract.js';
import type { Extension, Reason } from '../builder/contract.js';
import { type NamedExtension, namedExtensions } from '../builder/extensions.js';
import { type CachePlace, parseCachePlace } from '../cache/place.js';
import { TareError } from '../errors.js';
import type { ImageFormat } from '../oci/media-types.js';
import { parsePlatform, samePlatform } from '../oci/platform.js';
import { parseReference, type Reference } from '../oci/reference.js';
import type { Platform } from '../oci/types.js';
import { type IgnoreRules, ignoreRules } from '../source/ignore.js';
import { readIgnoreFile } from '../source/ignore-file.js';
import type { Checked } from './check.js';
import { ENGINES, type Engine } from './engine.js';
import type { Host } from './host.js';
import { checkFormat, parseFormat } from './image-format.js';
import { type OutputOption, parseOutput } from './output-option.js';
import type { RegistryOption } from './registries.js';
import type { AssetOption, Configuration, MirrorOption } from './schema.js';
import { mergeSecrets, readSecret, type Secrets } from './secrets.js';

/** What a caller may ask for; every field but `dir` overrides the configuration file. */
export interface BuildOptions {
	/** Source folder; default the current one. */
	readonly dir?: string;
	/** Names of the image: `ghcr.io/me/app:1.0`. */
	readonly tags?: readonly string[];
	readonly push?: boolean;
	/** Caches that other machines filled: references, or `oci:DIR[:TAG]`. Also images: their layers are taken over. */
	readonly cacheFrom?: readonly string[];
	/** Where to write one for them. */
	readonly cacheTo?: readonly string[];
	/** The store itself is carried to other machines: a build is known there, too, because compilers count by their contents. */
	readonly portable?: boolean;
	/** Hand the image to docker, podman or containerd on this machine; `auto` takes the first that answers. */
	readonly load?: string;
	/** `KIND:PATH[:TAG]`, KIND one of oci, oci-archive, docker-archive. */
	readonly outputs?: readonly string[];
	/** `oci` (default), or `docker` for Docker's manifest v2.2, which some registries and tools still want. */
	readonly format?: string;
	readonly platforms?: readonly string[];
	readonly builder?: string;
	/** debian, scratch, oci:DIR or an image reference. */
	readonly base?: string;
	readonly debian?: string;
	readonly packages?: readonly string[];
	readonly slim?: boolean;
	readonly strip?: boolean;
	/** Names of the builder's optimizations: `trace`, `bundle`, ... */
	readonly optimize?: readonly string[];
	/** Folders that the app writes to, below its own or absolute: owned by its user and declared as volumes, besides those that are found; `false`: none. */
	readonly writable?: readonly string[] | false;
	readonly start?: string;
	readonly process?: string;
	/** Program to build where the project has several; of a list all go into the image, and the first is started. */
	readonly main?: string | readonly string[];
	/** Program of a folder that is shipped as it is. */
	readonly entrypoint?: string;
	/** Version or range of the language's runtime. */
	readonly runtime?: string;
	readonly buildScript?: string | false;
	readonly buildEnv?: Readonly<Record<string, string>>;
	readonly env?: Readonly<Record<string, string>>;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
	/** Of the index, where the image has several platforms. */
	readonly indexAnnotations?: Readonly<Record<string, string>>;
	readonly user?: string;
	/** `id=NAME[,src=FILE][,env=VAR]` */
	readonly secrets?: readonly string[];
	readonly compression?: number;
	/** Applied to the plan in order, after those of the configuration. */
	readonly extensions?: readonly Extension[];
	/** Refuse to change tare.lock. */
	readonly frozen?: boolean;
	/** Use only what the store has. */
	readonly offline?: boolean;
	/** Add Debian packages for missing shared libraries and programs. */
	readonly fix?: boolean;
	/** Make everything anew, whatever the store has. */
	readonly fresh?: boolean;
	/** Registries to speak plain HTTP to, or whose certificate is not checked. */
	readonly insecure?: readonly string[];
	/** Seconds a single build step may take; default 1800. */
	readonly timeout?: number;
	/** `plan`, `detect` and `update`: load the modules that `extensions:` and `builders:` of the configuration name. A build always does. */
	readonly allowProjectCode?: boolean;
}

export interface BuildRequest {
	/** Absolute. */
	readonly dir: string;
	readonly names: readonly Reference[];
	readonly push: boolean;
	readonly outputs: readonly OutputOption[];
	readonly load?: Engine | 'auto';
	/** Other machines are to know what is built here, and this one what they have built. */
	readonly portable: boolean;
	readonly cacheFrom: readonly CachePlace[];
	readonly cacheTo: readonly CachePlace[];
	readonly format: ImageFormat;
	readonly platforms: readonly Platform[];
	readonly builder?: string;
	readonly base: BaseRequest;
	/** The base was named by option or configuration. */
	readonly baseAsked: boolean;
	readonly start?: string;
	readonly process?: string;
	/** Programs of the image, the one to start first; none where the builder chooses. */
	readonly mains: readonly string[];
	readonly entrypoint?: string;
	readonly runtime?: string;
	/** Each builder's own section of the configuration, by its id. */
	readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	readonly assets: readonly AssetOption[];
	/** What was taken over from the configuration of other tools. */
	readonly notes: readonly Reason[];
	/** What those say that has no counterpart. */
	readonly warnings: readonly Reason[];
	readonly customBuilders: readonly CustomName[];
	/** In the order in which they are applied. */
	readonly extensions: readonly NamedExtension[];
	readonly buildScript?: string | false;
	readonly optimize: readonly string[];
	readonly buildEnv: Readonly<Record<string, string>>;
	/** Names of the variables that the project's configuration sets for the build. */
	readonly projectEnv: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
	readonly indexAnnotations: Readonly<Record<string, string>>;
	/** Undefined: the builder's, else 65532:65532. */
	readonly user: string | undefined;
	readonly ports: readonly string[];
	/** Folders that the app writes to; `false`: also none of those that are found. */
	readonly writable: readonly string[] | false;
	readonly rules: IgnoreRules;
	readonly mirrors: readonly MirrorOption[];
	readonly secrets: Secrets;
	readonly compression: number;
	readonly frozen: boolean;
	readonly offline: boolean;
	readonly fix: boolean;
	readonly fresh: boolean;
	readonly insecure: readonly string[];
	/** Settings of registries by host, from tare.yaml. */
	readonly registries: Readonly<Record<string, RegistryOption>>;
	readonly timeoutMs: number;
	/** Seconds since the epoch, for times in the image. */
	readonly epoch: number;
}

const FOR_RESULTS: Reason = { file: '.dockerignore', says: 'lets only what a build makes through, for a Dockerfile: not used' };
export const DEFAULT_USER = '65532:65532';
const DEFAULT_LEVEL = 4;
const DEFAULT_TIMEOUT_S = 1800;

/** A builder of the user's own: its id, and what it was loaded as. */
export interface CustomName {
	readonly id: string;
	readonly identity: string;
}

/** What the project's files say about the build, and where they say it. */
export interface ProjectConfiguration extends Checked {
	readonly notes: readonly Reason[];
	/** What those say that has no counterpart. */
	readonly warnings: readonly Reason[];
	/** Builders of the user's own, in order. */
	readonly customBuilders: readonly CustomName[];
	/** Extensions that the configuration names. */
	readonly extensions: readonly NamedExtension[];
}

/** @throws TareError CONFIG_INVALID | USAGE | REFERENCE_INVALID | PLATFORM_INVALID | SECRET_MISSING | SOURCE_NOT_FOUND */
export function resolveRequest(options: BuildOptions, host: Host, project: ProjectConfiguration): BuildRequest {
	const { config, settings, notes, warnings, customBuilders } = project;
	const { dir, file } = sourceOf(options, host);
	// A jar tells its builder by itself how it is started.
	const entrypoint = options.entrypoint ?? config.entrypoint ?? (file === undefined || file.endsWith('.jar') ? undefined : `./${file}`);
	const each = <T>(option: keyof BuildOptions, parse: (text: string) => T): readonly T[] =>
		((options[option] ?? []) as readonly string[]).map((text, index) => ofOption(option, () => parse(text), index));
	const absolute = (path: string): string => resolve(host.cwd, path);
	const references = each('tags', parseReference);
	const cacheFrom = each('cacheFrom', (text) => parseCachePlace(text, absolute));
	const cacheTo = each('cacheTo', (text) => parseCachePlace(text, absolute));
	if (options.push === true && references.length === 0)
		throw new TareError('USAGE', '--push needs a name to push to', { hint: 'Name the image: tare build -t REGISTRY/REPOSITORY:TAG --push.' });
	const format = ofOption('format', () => parseFormat(options.format ?? config.format ?? 'oci'));
	const outputs = each('outputs', parseOutput).map((output) => ({ ...output, path: absolute(output.path) }));
	checkFormat(format, outputs);
	return Object.freeze({
		dir,
		names: references,
		push: options.push ?? false,
		outputs,
		portable: options.portable === true || cacheFrom.length + cacheTo.length > 0,
		cacheFrom,
		cacheTo,
		...(options.load !== undefined && { load: ofOption('load', () => engine(options.load ?? 'auto')) }),
		format,
		platforms: ofOption('platforms', () => platforms(options.platforms ?? config.platforms ?? ['linux/amd64'])),
		base: ofOption('base', () => baseRequest(options, config, host)),
		baseAsked: (options.base ?? config.base) !== undefined,
		builder: options.builder ?? config.builder,
		start: options.start ?? config.start,
		process: options.process ?? config.process,
		mains: mains(options.main ?? config.main),
		entrypoint,
		runtime: options.runtime,
		settings,
		assets: config.assets ?? [],
		notes: file === undefined && readIgnoreFile(dir).isForResults ? [...notes, FOR_RESULTS] : notes,
		warnings,
		customBuilders,
		extensions: [...project.extensions, ...namedExtensions(options.extensions ?? [])],
		buildScript: options.buildScript ?? config.build?.script,
		optimize: optimizations(options.optimize ?? config.optimize ?? []),
		buildEnv: ofOption('buildEnv', () => named({ ...config.build?.env, ...options.buildEnv }, 'build-env')),
		projectEnv: Object.keys(config.build?.env ?? {}).filter((name) => options.buildEnv?.[name] === undefined),
		env: ofOption('env', () => named({ ...config.env, ...options.env }, 'env')),
		labels: { ...config.labels, ...options.labels },
		annotations: { ...config.annotations, ...options.annotations },
		indexAnnotations: options.indexAnnotations ?? {},
		user: ofOption('user', () => user(options.user ?? config.user)),
		ports: (config.ports ?? []).map((port) => (String(port).includes('/') ? String(port) : `${port}/tcp`)),
		writable: options.writable ?? config.writable ?? [],
		rules:
			file === undefined
				? readIgnoreRules(dir, config.ignore ?? [], entrypoint !== undefined || config.builder === 'prebuilt')
				: ignoreRules(['*', `!${file}`]),
		mirrors: config.mirrors ?? [],
		secrets: mergeSecrets(each('secrets', (text) => readSecret(text, host))),
		compression: ofOption('compression', () => level(options.compression ?? config.compression ?? DEFAULT_LEVEL)),
		frozen: options.frozen ?? false,
		offline: options.offline ?? false,
		fix: options.fix ?? config.fix ?? false,
		fresh: options.fresh ?? false,
		insecure: options.insecure ?? [],
		registries: config.registries ?? {},
		timeoutMs: (options.timeout ?? DEFAULT_TIMEOUT_S) * 1000,
		epoch: sourceDateEpoch(host),
	});
}

/** Such a variable would be another one, or none, in the app. @throws TareError USAGE */
function named(variables: Readonly<Record<string, string>>, flag: string): Readonly<Record<string, string>> {
	for (const [name, value] of Object.entries(variables))
		if (!/^[^=\0\s]+$/.test(name) || value.includes('\0'))
			throw new TareError('USAGE', `${flag}: ${JSON.stringify(name)} is not a variable`, {
				hint: 'A name has no blanks and no "=", and a value no zero byte: NAME=VALUE.',
			});
	return variables;
}

/** @throws TareError USAGE */
function user(text: string | undefined): string | undefined {
	if (text === undefined || /^\w[\w.-]*(?::\w[\w.-]*)?$/.test(text)) return text;
	throw new TareError('USAGE', `user: ${JSON.stringify(text)} is not a user`, { hint: 'Write UID or UID:GID, for example 65532:65532.' });
}

/** Says with an error which option it is about, and which of its values: for callers that have other names for options. */
function ofOption<T>(option: keyof BuildOptions, work: () => T, index?: number): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof TareError)) throw error;
		const { code, message, hint, at, cause, data } = error;
		throw new TareError(code, message, { hint, at, cause, data: { ...data, option, ...(index !== undefined && { index }) } });
	}
}

/** The folder to build; where a file is named, its folder and nothing of it but the file. */
export function sourceOf({ dir }: BuildOptions, host: Host): { readonly dir: string; readonly file?: string } {
	const path = resolve(host.cwd, dir ?? '.');
	return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? { dir: dirname(path), file: basename(path) } : { dir: path };
}

function mains(asked: string | readonly string[] | undefined): readonly string[] {
	return [...new Set(typeof asked === 'string' ? [asked] : asked)];
}

function engine(text: string): Engine | 'auto' {
	const known = [...ENGINES, 'auto' as const].find((name) => name === text);
	if (known !== undefined) return known;
	throw new TareError('USAGE', `"${text}" is not an engine that images are loaded into`, { hint: `Use one of ${ENGINES.join(', ')}, or --load alone.` });
}

/** A list may come as one text with commas; its order means nothing. */
function optimizations(texts: readonly string[]): readonly string[] {
	return [...new Set(texts.flatMap((text) => text.split(',')).map((text) => text.trim()))].filter((text) => text !== '').sort();
}

function platforms(texts: readonly string[]): readonly Platform[] {
	// Lists come with commas, blanks or both.
	const all = texts
		.flatMap((text) => text.split(/[\s,]+/))
		.filter((text) => text !== '')
		.map(parsePlatform);
	return all.filter((platform, at) => all.findIndex((other) => samePlatform(platform, other)) === at);
}

function baseRequest(options: BuildOptions, config: Configuration, host: Host): BaseRequest {
	const base = options.base ?? config.base ?? 'debian';
	if (base === 'scratch') return { kind: 'scratch' };
	if (base.startsWith('oci:')) return { kind: 'layout', path: resolve(host.cwd, base.slice('oci:'.length)) };
	if (base !== 'debian') return { kind: 'registry', ref: base };
	const release = options.debian ?? config.debian ?? 'trixie';
	if (release !== 'trixie' && release !== 'bookworm')
		throw new TareError('USAGE', `"${release}" is not a Debian release Tare builds on`, { hint: 'Use trixie (default) or bookworm.' });
	return {
		kind: 'debian',
		release,
		sets: ['static'],
		packages: [...new Set([...(config.packages ?? []), ...(options.packages ?? [])])].sort(),
		slim: options.slim ?? config.slim ?? true,
		strip: options.strip ?? config.strip ?? false,
	};
}

function level(value: number): number {
	if (Number.isInteger(value) && value >= 1 && value <= 9) return value;
	throw new TareError('USAGE', `compression level ${value} does not exist`, { hint: 'Use a whole number from 1 (fast) to 9 (small).' });
}

/** What is shipped as it is was built before: its file speaks of it. */
function readIgnoreRules(dir: string, extra: readonly string[], asIs: boolean): IgnoreRules {
	const { file, patterns } = readIgnoreFile(dir, asIs);
	return ignoreRules(patterns, { ...(file !== undefined && { file }), extra, asIs });
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDateEpoch(host: Host): number {
	const text = host.env.SOURCE_DATE_EPOCH;
	if (text === undefined || text === '') return 0;
	const value = Number(text);
	if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
	throw new TareError('USAGE', `SOURCE_DATE_EPOCH is "${text}"`, { hint: 'Set it to whole seconds since 1970, for example $(git log -1 --format=%ct).' });
}
