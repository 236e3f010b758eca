/** All inputs of a build become the API's options. */
import type { BuildOptions } from '../index.js';
import { readAnnotations } from './annotations.js';
import { readCaches } from './caches.js';
import { readContext } from './context.js';
import { readExports } from './exporters.js';
import { type Environment, flag, invalidInput, optional, pairs, text, wholeNumber, words } from './inputs.js';
import type { SecretInputs } from './secrets.js';
import { checkUnsupported } from './unsupported.js';

export interface ReadOptions {
	readonly options: BuildOptions;
	/** What was asked for and is not done, in words. */
	readonly warnings: readonly string[];
	readonly notes: readonly string[];
	/** Which input the value of an option is from; `index` counts in a list. */
	inputOf(option: string, index?: number): string | undefined;
}

/** @throws TareError USAGE; the message names the input */
export function readOptions(env: Environment, secrets: SecretInputs): ReadOptions {
	const warnings = checkUnsupported(env);
	const exports = readExports(env);
	const annotations = readAnnotations(env, exports.annotations);
	const [from, to] = [readCaches(env, 'cache-from'), readCaches(env, 'cache-to')];
	const own = words(env, 'tags');
	const tags = [...own, ...exports.tags.filter((name) => !own.includes(name))];
	const push = flag(env, 'push') === true || exports.push === true;
	if (push && tags.length === 0) throw invalidInput('tags', 'a push needs a name', 'Write tags: REGISTRY/REPOSITORY:TAG, or leave `push` out.');
	const options: BuildOptions = {
		...plainOptions(env),
		dir: readContext(env),
		tags,
		push,
		outputs: exports.outputs,
		annotations: annotations.manifest,
		indexAnnotations: annotations.index,
		cacheFrom: from.places,
		cacheTo: to.places,
		secrets: secrets.options.map(({ option }) => option),
		compression: wholeNumber(env, 'compression') ?? exports.compression,
		format: optional(env, 'format') ?? exports.format,
		...loadOption(env, exports.load),
	};
	return {
		options,
		warnings: [...warnings, ...annotations.notes],
		notes: [...from.notes, ...to.notes],
		inputOf(option, index = 0) {
			if (option === 'secrets') return secrets.options[index]?.input;
			if (option === 'tags') return index < own.length ? 'tags' : 'outputs';
			return INPUT_OF[option];
		},
	};
}

/** Inputs that are an option by another name or none. */
function plainOptions(env: Environment): BuildOptions {
	const main = words(env, 'main');
	return {
		platforms: given(words(env, 'platforms')),
		builder: optional(env, 'builder'),
		base: optional(env, 'base'),
		start: optional(env, 'start'),
		process: optional(env, 'process'),
		entrypoint: optional(env, 'entrypoint'),
		runtime: optional(env, 'runtime'),
		user: optional(env, 'user'),
		main: main.length > 1 ? main : main[0],
		packages: given(words(env, 'packages')),
		optimize: given(words(env, 'optimize')),
		...(text(env, 'writable').trim() === 'false' ? { writable: false as const } : { writable: given(words(env, 'writable')) }),
		env: Object.fromEntries(pairs(env, 'env')),
		buildEnv: Object.fromEntries(pairs(env, 'build-env')),
		labels: Object.fromEntries(pairs(env, 'labels')),
		frozen: flag(env, 'frozen'),
		fresh: flag(env, 'no-cache'),
		insecure: words(env, 'insecure'),
		timeout: wholeNumber(env, 'timeout'),
	};
}

/** Options whose errors the API attributes, and the input each is. */
const INPUT_OF: Readonly<Record<string, string>> = {
	platforms: 'platforms',
	outputs: 'outputs',
	cacheFrom: 'cache-from',
	cacheTo: 'cache-to',
	load: 'load',
	format: 'format',
	base: 'base',
	compression: 'compression',
	dir: 'context',
};

/** An empty list leaves the choice to the configuration. */
function given(list: readonly string[]): readonly string[] | undefined {
	return list.length === 0 ? undefined : list;
}

/** `true`, or the engine by its name. */
function loadOption(env: Environment, exporter: 'docker' | undefined): Pick<BuildOptions, 'load'> {
	if (!/^(?:true|false)?$/i.test(text(env, 'load'))) return { load: text(env, 'load') };
	if (flag(env, 'load') === true) return { load: 'auto' };
	return exporter === undefined ? {} : { load: exporter };
}

/** For messages that speak of flags. */
export const FLAG_INPUTS: Readonly<Record<string, string>> = {
	tag: 'tags',
	output: 'outputs',
	platform: 'platforms',
	package: 'packages',
	label: 'labels',
	annotation: 'annotations',
	secret: 'secrets',
	fresh: 'no-cache',
	...Object.fromEntries(
		[
			'push',
			'load',
			'cache-from',
			'cache-to',
			'builder',
			'base',
			'start',
			'process',
			'entrypoint',
			'runtime',
			'user',
			'main',
			'optimize',
			'writable',
			'env',
			'build-env',
			'frozen',
			'insecure',
			'timeout',
			'compression',
			'format',
		].map((name) => [name, name]),
	),
};
