/** What the machine and the project say about registries: certificates, mirrors, and who may go without TLS. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno, messageOf, TareError } from '../errors.js';
import type { HostTls } from '../net/client.js';
import { formatReference, type Reference } from '../oci/reference.js';
import { movedTo, sitesOf } from '../registry/mirrors.js';
import { type ConfiguredRegistry, configuredFor, readContainersConf } from './containers-conf.js';
import { readDaemonJson } from './daemon-json.js';

/** One registry's entry under `registries:` in tare.yaml: nothing that makes a connection less safe, for the file comes with the project. */
export interface RegistryOption {
	/** `HOST[:PORT][/PATH]`, asked in order before the registry itself. */
	readonly mirrors?: readonly string[];
}

export interface RegistrySettings {
	/** May it be spoken to without TLS, or with a certificate that nobody vouches for? */
	insecure(host: string): boolean;
	/** @throws TareError CONFIG_INVALID for a certificate that cannot be read */
	tls(host: string): HostTls | undefined;
	/** Where an image is looked for, in order; the last place decides. @throws TareError REGISTRY_ERROR where registries.conf blocks it */
	sites(ref: Reference): readonly Reference[];
}

export interface RegistrySources {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	readonly options: Readonly<Record<string, RegistryOption>>;
	/** `--insecure` */
	readonly insecure: readonly string[];
	/** `/etc`, replaced by tests. */
	readonly etc?: string;
	/** Hears of files of the machine that cannot be read. */
	readonly warn?: (says: string) => void;
}

/** The project's own settings go before podman's (containers-registries.conf(5)), those before docker's daemon.json. */
export function registrySettings({ env, home, options, insecure, etc = '/etc', warn }: RegistrySources): RegistrySettings {
	const conf = readContainersConf(env, home, etc, warn);
	const docker = readDaemonJson(join(etc, 'docker', 'daemon.json'), warn);
	const named = new Set([...insecure, ...conf.flatMap(insecureHosts)]);
	const domains = [...named].filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
	const isInsecure = (host: string): boolean => named.has(host) || domains.some((domain) => host.endsWith(domain)) || docker.isInsecure(host);
	const known = new Map<string, HostTls | undefined>();
	const read = (host: string): HostTls | undefined => {
		const found = { ...fromFolders(host, home, etc), ...(isInsecure(host) && { insecure: true }) };
		return Object.keys(found).length === 0 ? undefined : found;
	};
	return {
		insecure: isInsecure,
		tls(host) {
			if (!known.has(host)) known.set(host, read(host));
			return known.get(host);
		},
		sites(ref) {
			const own = options[ref.registry]?.mirrors;
			if (own !== undefined) return sitesOf(ref, own);
			const configured = configuredFor(conf, ref);
			if (configured !== undefined) return configuredSites(ref, configured);
			return ref.registry === 'docker.io' ? sitesOf(ref, docker.mirrors) : [ref];
		},
	};
}

/** `insecure` is about the place that is asked, not about the name that leads there. */
function insecureHosts({ prefix, location = prefix, insecure, mirrors }: ConfiguredRegistry): readonly string[] {
	const places = [...(insecure ? [location] : []), ...mirrors.filter((mirror) => mirror.insecure).map((mirror) => mirror.location)];
	return places.map((place) => place.replace(/\/.*$/, ''));
}

function configuredSites(ref: Reference, { prefix, location, blocked, mirrors, file }: ConfiguredRegistry): readonly Reference[] {
	if (blocked)
		throw new TareError('REGISTRY_ERROR', `${formatReference(ref)} may not be pulled: ${prefix} is blocked`, {
			hint: `Take "blocked" out of ${file}, or name an image of another registry.`,
			at: { file },
		});
	const replaced = prefix.startsWith('*.') ? ref.registry : prefix;
	const asked = mirrors.filter(({ pull }) => pull === 'all' || (pull === 'digest-only') === (ref.digest !== undefined));
	const own = location === undefined ? ref : movedTo(ref, location, replaced);
	return [...asked.map((mirror) => movedTo(ref, mirror.location, replaced)), own];
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

function readPem(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (cause) {
		throw new TareError('CONFIG_INVALID', `the certificate ${file} cannot be read`, { hint: 'Check the path and the permissions.', cause });
	}
}
