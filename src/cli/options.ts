/** Parsed flags become the API's options. */
import type { BuildOptions } from '../index.js';

/** Flags as commander names them. */
export interface BuildFlags {
	readonly tag?: readonly string[];
	readonly push?: boolean;
	readonly output?: readonly string[];
	readonly platform?: readonly string[];
	readonly builder?: string;
	readonly base?: string;
	readonly debian?: string;
	readonly package?: readonly string[];
	readonly slim?: boolean;
	readonly strip?: boolean;
	readonly start?: string;
	readonly process?: string;
	readonly node?: string;
	readonly buildScript?: string | boolean;
	readonly buildEnv?: Readonly<Record<string, string>>;
	readonly env?: Readonly<Record<string, string>>;
	readonly label?: Readonly<Record<string, string>>;
	readonly annotation?: Readonly<Record<string, string>>;
	readonly user?: string;
	readonly secret?: readonly string[];
	readonly compression?: number;
	readonly frozen?: boolean;
	readonly offline?: boolean;
	readonly fix?: boolean;
	readonly fresh?: boolean;
	readonly insecure?: readonly string[];
	readonly timeout?: number;
}

export function toOptions(dir: string | undefined, flags: BuildFlags): BuildOptions {
	const { buildScript, tag, output, platform, label, annotation, secret, slim } = flags;
	return {
		dir,
		tags: tag,
		push: flags.push,
		outputs: output,
		platforms: platform,
		builder: flags.builder,
		base: flags.base,
		debian: flags.debian,
		packages: flags.package,
		// Commander sets the positive of a --no-flag to true when it is absent; the configuration file decides then.
		...(slim === false && { slim }),
		strip: flags.strip,
		start: flags.start,
		process: flags.process,
		node: flags.node,
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
		timeout: flags.timeout,
	};
}
