/** The environment of build steps: declared, not inherited, so that two machines build alike. */

/** Ways out to the network and trust; they decide whether a download works, not what it brings. */
const NETWORK = /^(?:https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_file|ssl_cert_dir|node_use_system_ca|git_ssl_cainfo)$/i;
/** The user's npm configuration by variables; the ones npm itself sets for its children name folders of another run. */
const NPM =
	/^npm_config_(?:registry|.+:registry|\/\/.+|_auth.*|cafile|ca|cert|key|proxy|https_proxy|noproxy|strict_ssl|fetch_.+|maxsockets|userconfig|globalconfig|cache)$/i;

/** pnpm from 11 on reads its own variables in place of npm's; those that end in a place it reads under both names. */
const PNPM_TOO = /^npm_config_(?=(?:registry|.+:registry|cafile|ca|cert|key|proxy|https_proxy|noproxy|strict_ssl|fetch_.+)$)(?!\/\/)/i;

export interface EnvironmentInput {
	readonly host: Readonly<Record<string, string | undefined>>;
	/** A private empty home folder. */
	readonly home: string;
	readonly tmp: string;
	/** Seconds since the epoch. */
	readonly epoch: number;
	readonly secrets: Readonly<Record<string, string>>;
	/** The package managers' own configuration: files and caches of the user. */
	readonly extra: Readonly<Record<string, string>>;
}

/** What a language's own tool may know of its user: the named variables and no other. */
export function passedOn(host: EnvironmentInput['host'], names: readonly string[]): Record<string, string> {
	const wanted = (name: string): boolean => names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
	return Object.fromEntries(Object.entries(host).filter((pair): pair is [string, string] => pair[1] !== undefined && wanted(pair[0])));
}

export function stepEnvironment({ host, home, tmp, epoch, secrets, extra }: EnvironmentInput): Record<string, string> {
	const passed = Object.entries(host).filter((pair): pair is [string, string] => pair[1] !== undefined && (NETWORK.test(pair[0]) || NPM.test(pair[0])));
	const npm: Record<string, string> = { ...extra, ...Object.fromEntries(passed) };
	return {
		...Object.fromEntries(Object.entries(npm).flatMap(([name, value]) => (PNPM_TOO.test(name) ? [[name.replace(PNPM_TOO, 'pnpm_config_'), value]] : []))),
		...npm,
		PATH: host.PATH ?? '/usr/local/bin:/usr/bin:/bin',
		HOME: home,
		TMPDIR: tmp,
		LANG: 'C.UTF-8',
		TZ: 'UTC',
		CI: 'true',
		SOURCE_DATE_EPOCH: String(epoch),
		...secrets,
	};
}
