/** A registry as the distribution specification has it: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md */
import type { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { createGate, type Gate } from '../gate.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../net/contract.js';
import type { Reference } from '../oci/reference.js';
import { type Authorizer, createAuthorizer } from './auth/authorizer.js';
import type { Keychain } from './auth/keychain.js';
import { type AuthorizedSite, sendAuthorized } from './authorized.js';
import { createOrigins } from './origin.js';
import { PATIENCE, type Patience, patiently } from './retry.js';

export type Access = 'pull' | 'pull,push';

export interface RegistryRequest extends Omit<HttpRequest, 'url'> {
	/** Another repository of the registry that is read from: a mount. */
	readonly alsoPull?: string;
	/** Send again after what may pass; default for methods that do the same when repeated, but not for a body that can be sent once only. */
	readonly retry?: boolean;
}

export interface RegistryClient {
	/**
	 * Sends a request for a repository: authorized, retried where that is safe, and at most a few at a time per registry.
	 * Resolves for every status that is not about authorization.
	 * @param path below the repository (`manifests/latest`), or an absolute URL from a Location header
	 * @throws TareError REGISTRY_AUTH | REGISTRY_ERROR | NETWORK | OFFLINE | CANCELLED
	 */
	request(ref: Reference, path: string, access: Access, request?: RegistryRequest): Promise<HttpResponse>;
	readonly patience: Patience;
	/** `https://HOST`, or without TLS where that is allowed. */
	originOf(registry: string): Promise<string>;
	/** Where an image is looked for, in order; the last place decides. */
	sites(ref: Reference): readonly Reference[];
	/** A place before the last could not help; said once. */
	passedOver(site: Reference, error: TareError): void;
	readonly signal: AbortSignal | undefined;
}

export interface RegistryOptions {
	readonly http: HttpClient;
	readonly keychain: Keychain;
	/** May it be spoken to without TLS, or with a certificate that nobody vouches for? */
	readonly insecure?: (registry: string) => boolean;
	/** Registries that certificates are configured for. */
	readonly secured?: (registry: string) => boolean;
	readonly sites?: (ref: Reference) => readonly Reference[];
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	readonly patience?: Partial<Patience>;
}

/** Requests at a time for one registry, whatever they are for. */
const CONCURRENCY = 8;
/** Documents, checks and the start of an upload: answered in a moment. */
const SMALL_MS = 120_000;

interface Site extends AuthorizedSite {
	readonly gate: Gate;
}

export function createRegistryClient(options: RegistryOptions): RegistryClient {
	const { http, keychain, signal, emit, insecure = () => false, secured = () => false } = options;
	const patience = { ...PATIENCE, ...options.patience };
	const originOf = createOrigins({ http, insecure, secured });
	const authorizers = new Map<string, Authorizer>();
	const gates = new Map<string, Gate>();
	const challenges = new Map<string, Promise<string | undefined>>();
	const warnings = new Set<string>();
	const siteOf = async ({ registry, repository }: Reference): Promise<Site> => {
		const origin = await originOf(registry);
		const key = `${origin}/${repository}`;
		const authorizer = authorizers.get(key) ?? createAuthorizer({ registry, repository, origin, keychain, http, patience, signal });
		authorizers.set(key, authorizer);
		const gate = gates.get(origin) ?? createGate(CONCURRENCY);
		gates.set(origin, gate);
		const challenge = (): Promise<string | undefined> => {
			const known = challenges.get(origin) ?? askForChallenge(origin, http);
			challenges.set(origin, known);
			return known;
		};
		return { origin, authorizer, gate, challenge };
	};
	return {
		patience,
		signal,
		originOf,
		sites: options.sites ?? ((ref) => [ref]),
		passedOver({ registry }, { code, message }) {
			// Mirrors need not have everything.
			if (code === 'REGISTRY_NOT_FOUND' || warnings.has(registry)) return;
			warnings.add(registry);
			emit({ type: 'warning', says: `the mirror ${registry} is passed over: ${message}` });
		},
		async request(ref, path, access, { alsoPull, retry, ...init } = {}) {
			const site = await siteOf(ref);
			const url = new URL(path, `${site.origin}/v2/${ref.repository}/`).href;
			const scope = [`repository:${ref.repository}:${access}`, ...(alsoPull === undefined ? [] : [`repository:${alsoPull}:pull`])].join(' ');
			const request: HttpRequest = { ...(isSmall(init) && { timeoutMs: SMALL_MS }), ...init, url };
			const send = (): Promise<HttpResponse> => site.gate(() => sendAuthorized(request, scope, site, http));
			const response = (retry ?? isRepeatable(init)) ? await patiently(send, patience, signal) : await send();
			tellWarnings(response, ref.registry, warnings, emit);
			return response;
		},
	};
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#determining-support; no answer is no challenge. */
async function askForChallenge(origin: string, http: HttpClient): Promise<string | undefined> {
	const response = await http.request({ url: `${origin}/v2/`, timeoutMs: SMALL_MS }).catch(() => undefined);
	response?.discard();
	return response?.status === 401 ? response.header('www-authenticate') : undefined;
}

function isSmall({ method = 'GET', body }: Omit<HttpRequest, 'url'>): boolean {
	return method !== 'GET' && (body === undefined || body.length < 1 << 20);
}

function isRepeatable({ method = 'GET', body }: Omit<HttpRequest, 'url'>): boolean {
	return ['GET', 'HEAD', 'DELETE'].includes(method) || (method === 'PUT' && body instanceof Uint8Array);
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#warnings */
function tellWarnings(response: HttpResponse, registry: string, told: Set<string>, emit: Listener): void {
	for (const [, text = ''] of (response.header('warning') ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)) {
		const says = `${registry} says: ${text.replace(/\\(.)/g, '$1')}`;
		if (told.has(says)) continue;
		told.add(says);
		emit({ type: 'warning', says });
	}
}
