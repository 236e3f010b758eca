/** Puts a context together from the host and a request: the composition root of the API. */
import { debianKeys } from './bases/debian/keys-of.js';
import { DEFAULT_MIRRORS, readAptSources } from './bases/debian/mirrors.js';
import { createNpmAsker } from './bases/npm/ask.js';
import { readNpmConfig } from './bases/npm/config.js';
import type { Builder } from './builder/contract.js';
import type { SharedStore } from './cache/overlay.js';
import type { Host } from './config/host.js';
import { type RegistrySettings, registrySettings } from './config/registries.js';
import type { BuildRequest } from './config/request.js';
import type { Context } from './context.js';
import { stopIfAborted, type TareError } from './errors.js';
import type { Listener } from './events.js';
import { createGate } from './gate.js';
import { normaliseName } from './image/saved.js';
import { type ClientOptions, createHttpClient, type HostTls } from './net/client.js';
import type { HttpClient } from './net/contract.js';
import { formatReference, isName } from './oci/reference.js';
import { defaultName } from './outputs/write.js';
import { cloudKeychain } from './registry/auth/cloud/keychain.js';
import { githubKeychain } from './registry/auth/github.js';
import { dockerKeychain, firstOf } from './registry/auth/keychain.js';
import { createRegistryClient, type RegistryClient } from './registry/client.js';
import { createBlobSites } from './registry/sites.js';
import type { Store } from './store/contract.js';
import { openStore } from './store/open.js';
import { VERSION } from './version.js';

export interface RunOptions {
	readonly onEvent?: Listener;
	readonly signal?: AbortSignal;
}

type ContextRequest = Pick<BuildRequest, 'dir' | 'mirrors' | 'offline' | 'insecure' | 'registries' | 'secrets'> &
	Partial<Pick<BuildRequest, 'cacheFrom' | 'cacheTo'>>;

/** @throws TareError STORE_UNUSABLE | NO_SPACE | CANCELLED */
export async function openContext(
	host: Host,
	request: ContextRequest,
	builders: readonly Builder[],
	{ onEvent, signal }: RunOptions,
): Promise<Context & { close(): Promise<void> }> {
	stopIfAborted(signal);
	const emit = onEvent ?? (() => undefined);
	const own = await openStore(host.storeRoot, { aside: host.temporary });
	if (!own.root.startsWith(host.storeRoot)) emit({ type: 'warning', says: `the store ${host.storeRoot} may only be read: what is made now is not kept` });
	const { env } = host;
	let settings: RegistrySettings | undefined;
	const registries = (): RegistrySettings => {
		const warn = (says: string): void => emit({ type: 'warning', says });
		settings ??= registrySettings({ env, home: host.home, options: request.registries, insecure: request.insecure, warn });
		return settings;
	};
	const httpOptions: ClientOptions = {
		offline: request.offline,
		userAgent: `tare/${VERSION}`,
		emit,
		signal,
		tls: (host) => registries().tls(host),
		proxies: {
			http: env.http_proxy ?? env.HTTP_PROXY,
			https: env.https_proxy ?? env.HTTPS_PROXY,
			all: env.all_proxy ?? env.ALL_PROXY,
			no: env.no_proxy ?? env.NO_PROXY,
		},
	};
	const http = createHttpClient(httpOptions);
	const registry = createRegistryClient({
		http,
		keychain: firstOf(
			dockerKeychain({ env, home: host.home, uid: host.uid }),
			githubKeychain(env),
			cloudKeychain({ env, home: host.home, http, now: () => Date.now(), hardware: host.hardware }),
		),
		insecure: (name) => registries().insecure(name),
		secured: (name) => isSecured(registries().tls(name)),
		sites: (ref) => registries().sites(ref),
		emit,
		signal,
	});
	const shared = await shareStoreOf(own, request, registry, emit);
	const store = shared ?? own;
	let keys: ReturnType<typeof debianKeys> | undefined;
	let npm: ReturnType<typeof readNpmConfig> | undefined;
	let npmHttp: HttpClient | undefined;
	const npmConfig = () => {
		npm ??= readNpmConfig({
			dir: request.dir,
			env,
			home: host.home,
			ask: createNpmAsker(env),
			userconfig: request.secrets.files.npmrc,
			secrets: request.secrets.env,
		});
		return npm;
	};
	return {
		host,
		store,
		...(shared !== undefined && { shared }),
		builders,
		emit,
		signal,
		now: () => Date.now(),
		namesOf: (one) => [normaliseName(defaultName(one.dir)), ...one.names.filter(isName).map((name) => normaliseName(formatReference(name)))],
		openLayer: ({ descriptor, origin }) =>
			origin === undefined
				? async () => Promise.reject(new Error('no origin'))
				: async () => (await import('./registry/pull.js')).openBlob(origin, descriptor, registry),
		bases: {
			store,
			http,
			emit,
			signal,
			registry,
			packing: createGate(1),
			offline: request.offline,
			now: host.now,
			mirrors: mirrorsFor(request, host),
			get keys() {
				keys ??= debianKeys();
				return keys;
			},
			hostArchitecture: host.platform.os === 'linux' ? host.platform.architecture : undefined,
			config: npmConfig,
			npmHttp: async () => {
				const { ca, proxies } = await npmConfig();
				npmHttp ??= createHttpClient({ ...httpOptions, ca, proxies: { ...httpOptions.proxies, ...proxies } });
				return npmHttp;
			},
		},
		async close() {
			http.close();
			npmHttp?.close();
			await own.close();
		},
	};
}

/** Other machines' caches behind the store, where the user named some; loaded only then. */
async function shareStoreOf(
	store: Store,
	{ cacheFrom = [], cacheTo = [] }: ContextRequest,
	registry: RegistryClient,
	emit: Listener,
): Promise<SharedStore | undefined> {
	if (cacheFrom.length + cacheTo.length === 0) return undefined;
	const [{ shareStore }, { readCaches }] = await Promise.all([import('./cache/overlay.js'), import('./cache/exchange.js')]);
	const doubt = ({ message }: TareError): void =>
		emit({ type: 'warning', says: `the cache is not used any further: ${message}`, hint: 'Write it anew with --cache-to, and see who else may write there.' });
	return shareStore(store, () => readCaches(cacheFrom, { registry, sites: createBlobSites(store), emit }), doubt);
}

/** Whoever configures a certificate means TLS, on loopback, too. */
function isSecured(tls: HostTls | undefined): boolean {
	return tls?.ca !== undefined || tls?.cert !== undefined;
}

/** tare.yaml, then the host's apt configuration, then a public mirror. */
function mirrorsFor({ mirrors }: Pick<BuildRequest, 'mirrors'>, host: Host) {
	const apt = readAptSources(host.aptSources());
	const [fallback] = DEFAULT_MIRRORS;
	const security = apt[0]?.security ?? fallback?.security ?? '';
	if (mirrors.length > 0) return mirrors.map((mirror) => ({ security, ...mirror }));
	return [...apt, ...DEFAULT_MIRRORS];
}
