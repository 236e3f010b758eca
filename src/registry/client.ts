/** A registry as the distribution specification has it: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md */
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { createGate, type Gate } from '../gate.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../net/contract.js';
import { isPrivateAddress } from '../net/private-address.js';
import type { Reference } from '../oci/reference.js';
import { type Authorizer, createAuthorizer } from './auth/authorizer.js';
import type { Keychain } from './auth/keychain.js';
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
/** A token may expire on its way, but not every time. */
const ANSWERS = 2;
/** Documents, checks and the start of an upload: answered in a moment. */
const SMALL_MS = 120_000;

interface Site {
	readonly origin: string;
	readonly authorizer: Authorizer;
	readonly gate: Gate;
}

export function createRegistryClient(options: RegistryOptions): RegistryClient {
	const { http, keychain, signal, emit, insecure = () => false, secured = () => false } = options;
	const patience = { ...PATIENCE, ...options.patience };
	const originOf = createOrigins({ http, insecure, secured });
	const authorizers = new Map<string, Authorizer>();
	const gates = new Map<string, Gate>();
	const warnings = new Set<string>();
	const siteOf = async ({ registry, repository }: Reference): Promise<Site> => {
		const origin = await originOf(registry);
		const key = `${origin}/${repository}`;
		const authorizer = authorizers.get(key) ?? createAuthorizer({ registry, repository, origin, keychain, http, patience, signal });
		authorizers.set(key, authorizer);
		const gate = gates.get(origin) ?? createGate(CONCURRENCY);
		gates.set(origin, gate);
		return { origin, authorizer, gate };
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

async function sendAuthorized(request: HttpRequest, scope: string, { origin, authorizer }: Site, http: HttpClient): Promise<HttpResponse> {
	// A Location on another host gets the bytes, never the credentials.
	const target = new URL(request.url);
	if (target.origin !== origin) {
		refuseInside(target, origin);
		return http.request({ ...request, redirects: 0 });
	}
	const send = (authorization: string | undefined): Promise<HttpResponse> =>
		http.request({ ...request, headers: { ...request.headers, ...(authorization !== undefined && { authorization }) } });
	let response = await send(authorizer.header(scope));
	for (let answers = 0; response.status === 401; answers++) {
		const challenge = response.header('www-authenticate');
		if (challenge === undefined) return response;
		response.discard();
		const answer = answers < ANSWERS ? await authorizer.answer(challenge, scope) : undefined;
		if (answer === undefined) throw refused(request.url, 401, authorizer);
		// A body that was read to its end cannot be sent again: whoever sends it begins anew, with the new token.
		if (request.body !== undefined && !(request.body instanceof Uint8Array))
			throw new TareError('NETWORK', `${target.host} asked for a new token in the middle of an upload`, { hint: 'Try again.' });
		response = await send(answer);
		if (response.status !== 403) continue;
		response.discard();
		throw refused(request.url, 403, authorizer);
	}
	return response;
}

/** A registry must not make us reach into the network it cannot see itself. @throws TareError REGISTRY_ERROR */
function refuseInside(target: URL, origin: string): void {
	const own = new URL(origin);
	if (isPrivateAddress(target.hostname) && target.hostname !== own.hostname)
		throw new TareError('REGISTRY_ERROR', `${own.host} wants the upload sent to ${target.host}, a private address on another host`);
	if (own.protocol === 'https:' && target.protocol !== 'https:')
		throw new TareError('REGISTRY_ERROR', `${own.host} wants the upload sent to ${target.host} without encryption`);
}

function refused(url: string, status: number, authorizer: Authorizer): TareError {
	const { host } = new URL(url);
	return new TareError('REGISTRY_AUTH', `${host} refuses access (HTTP ${status}): ${authorizer.describe()}`, {
		hint: `Log in with \`tare login ${host}\`, \`docker login ${host}\` or \`podman login ${host}\`, and check that the account may do this.`,
	});
}
