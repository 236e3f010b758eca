/** Parsed flags become the API's options. */
import type { BuildOptions } from '../index.js';

/** Flags that are named as the API's options are. */
type SameNames =
	| 'push'
	| 'format'
	| 'builder'
	| 'base'
	| 'debian'
	| 'slim'
	| 'strip'
	| 'start'
	| 'process'
	| 'main'
	| 'entrypoint'
	| 'runtime'
	| 'buildEnv'
	| 'env'
	| 'user'
	| 'compression'
	| 'frozen'
	| 'offline'
	| 'fix'
	| 'fresh'
	| 'insecure'
	| 'allowProjectCode'
	| 'timeout';

/** Flags as commander names them: a repeatable one in the singular. */
export interface BuildFlags extends Pick<BuildOptions, SameNames> {
	readonly tag?: readonly string[];
	readonly output?: readonly string[];
	readonly load?: string | true;
	readonly cacheFrom?: readonly string[];
	readonly cacheTo?: readonly string[];
	readonly platform?: readonly string[];
	readonly package?: readonly string[];
	readonly optimize?: readonly string[];
	readonly writable?: readonly string[] | boolean;
	readonly buildScript?: string | boolean;
	readonly label?: Readonly<Record<string, string>>;
	readonly annotation?: Readonly<Record<string, string>>;
	readonly secret?: readonly string[];
}

export function toOptions(dir: string | undefined, flags: BuildFlags): BuildOptions {
	const { buildScript, tag, output, platform, label, annotation, secret, slim } = flags;
	return {
		dir,
		tags: tag,
		push: flags.push,
		format: flags.format,
		outputs: output,
		cacheFrom: flags.cacheFrom,
		cacheTo: flags.cacheTo,
		...(flags.load !== undefined && { load: flags.load === true ? 'auto' : flags.load }),
		platforms: platform,
		builder: flags.builder,
		base: flags.base,
		debian: flags.debian,
		packages: flags.package,
		// Commander sets the positive of a --no-flag to true when it is absent; the configuration file decides then.
		...(slim === false && { slim }),
		strip: flags.strip,
		optimize: flags.optimize,
		...(flags.writable === false ? { writable: false as const } : Array.isArray(flags.writable) && { writable: flags.writable }),
		start: flags.start,
		process: flags.process,
		main: flags.main,
		entrypoint: flags.entrypoint,
		runtime: flags.runtime,
		...(buildScript === false ? { buildScript: false as const } : typeof buildScript === 'string' && { buildScript }),
		buildEnv: flags.buildEnv,
		env: flags.env,
		labels: label,
		annotations: annotation,
		user: flags.user,
		secrets: secret,
		compression: flags.compression,
		frozen: flags.frozen,
		offline: flags.offline,
		fix: flags.fix,
		fresh: flags.fresh,
		insecure: flags.insecure,
		allowProjectCode: flags.allowProjectCode,
		timeout: flags.timeout,
	};
}
