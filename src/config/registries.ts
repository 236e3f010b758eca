/** What the machine and the project say about registries: certificates, mirrors, and who may go without TLS. */
import { readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { errno, messageOf, TareError } from '../errors.js';
import type { HostTls } from '../net/client.js';
import { readContainersConf } from './containers-conf.js';

/** One registry's entry under `registries:` in tare.yaml. */
export interface RegistryOption {
	/** `HOST[:PORT][/PATH]`, asked in order before the registry itself. */
	readonly mirrors?: readonly string[];
	readonly insecure?: boolean;
	/** PEM files, relative to the project. */
	readonly ca?: string;
	readonly cert?: string;
	readonly key?: string;
}

export interface RegistrySettings {
	/** Registries that may be spoken to without TLS, or with a certificate that nobody vouches for. */
	readonly insecure: readonly string[];
	/** @throws TareError CONFIG_INVALID for a certificate that cannot be read */
	tls(host: string): HostTls | undefined;
	mirrors(registry: string): readonly string[];
}

export interface RegistrySources {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	/** Folder of tare.yaml. */
	readonly dir: string;
	readonly options: Readonly<Record<string, RegistryOption>>;
	/** `--insecure` */
	readonly insecure: readonly string[];
	/** `/etc`, replaced by tests. */
	readonly etc?: string;
}

/** The project's own settings go before podman's (containers-registries.conf(5)), those before docker's daemon.json. */
export function registrySettings({ env, home, dir, options, insecure, etc = '/etc' }: RegistrySources): RegistrySettings {
	const conf = readContainersConf(env, home, etc);
	const docker = readDaemonJson(join(etc, 'docker', 'daemon.json'));
	const unsafe = [
		...insecure,
		...Object.keys(options).filter((host) => options[host]?.insecure === true),
		...conf.filter((one) => one.insecure).map(({ location }) => location),
		...docker.insecure,
	];
	const known = new Map<string, HostTls | undefined>();
	const read = (host: string): HostTls | undefined => {
		const found = { ...fromFolders(host, home, etc), ...fromOption(options[host], dir), ...(unsafe.includes(host) && { insecure: true }) };
		return Object.keys(found).length === 0 ? undefined : found;
	};
	return {
		insecure: unsafe,
		tls(host) {
			if (!known.has(host)) known.set(host, read(host));
			return known.get(host);
		},
		mirrors: (registry) =>
			options[registry]?.mirrors ?? conf.find(({ location }) => location === registry)?.mirrors ?? (registry === 'docker.io' ? docker.mirrors : []),
	};
}

/** containers-certs.d(5): `*.crt` are authorities, `NAME.cert` and `NAME.key` a client's certificate. */
function fromFolders(host: string, home: string, etc: string): HostTls {
	const folders = [join(home, '.config/containers/certs.d'), join(home, '.docker/certs.d'), join(etc, 'containers/certs.d'), join(etc, 'docker/certs.d')];
	for (const folder of folders.map((one) => join(one, host))) {
		const names = namesIn(folder);
		if (names === undefined) continue;
		const text = (name: string): string => readPem(join(folder, name));
		const client = names.find((name) => name.endsWith('.cert'));
		const ca = names.filter((name) => name.endsWith('.crt')).map(text);
		return {
			...(ca.length > 0 && { ca }),
			...(client !== undefined && { cert: text(client), key: text(client.replace(/cert$/, 'key')) }),
		};
	}
	return {};
}

function namesIn(folder: string): readonly string[] | undefined {
	try {
		return readdirSync(folder).sort();
	} catch (cause) {
		if (errno(cause) === 'ENOENT') return undefined;
		throw new TareError('CONFIG_INVALID', `the folder of certificates ${folder} cannot be read (${errno(cause) ?? messageOf(cause)})`, {
			hint: 'certs.d is a folder, and so is certs.d/HOST: it holds *.crt, NAME.cert and NAME.key.',
			cause,
		});
	}
}

function fromOption(option: RegistryOption | undefined, dir: string): HostTls {
	const text = (file: string): string => readPem(isAbsolute(file) ? file : join(dir, file));
	return {
		...(option?.ca !== undefined && { ca: [text(option.ca)] }),
		...(option?.cert !== undefined && { cert: text(option.cert), key: text(option.key ?? option.cert) }),
	};
}

function readPem(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (cause) {
		throw new TareError('CONFIG_INVALID', `the certificate ${file} cannot be read`, { hint: 'Check the path and the permissions.', cause });
	}
}

/** https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
function readDaemonJson(file: string): { readonly insecure: readonly string[]; readonly mirrors: readonly string[] } {
	const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []);
	try {
		const value = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
		return {
			insecure: strings(value['insecure-registries']).filter((each) => !each.includes('/')),
			mirrors: strings(value['registry-mirrors']).map((url) => url.replace(/^https?:\/\//, '').replace(/\/+$/, '')),
		};
	} catch {
		// Not there, or the daemon's own problem.
		return { insecure: [], mirrors: [] };
	}
}
