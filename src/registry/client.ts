/** A registry as the distribution specification has it: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md */
import { setTimeout } from 'node:timers/promises';
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { createGate, type Gate } from '../gate.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../net/contract.js';
import { isPrivateAddress } from '../net/private-address.js';
import type { Reference } from '../oci/reference.js';
import { type Authorizer, createAuthorizer } from './auth/authorizer.js';
import type { Keychain } from './auth/keychain.js';

export type Access = 'pull' | 'pull,push';

export interface RegistryClient {
	/**
	 * Sends a request for a repository: authorization, retries on 408, 425, 429 and 5xx, and at most a few at a time per registry.
	 * @param path below the repository (`manifests/latest`), or an absolute URL from a Location header
	 */
	request(ref: Reference, path: string, access: Access, init?: Omit<HttpRequest, 'url'> & { readonly alsoPull?: string }): Promise<HttpResponse>;
}

export interface RegistryOptions {
	readonly http: HttpClient;
	readonly keychain: Keychain;
	/** Hosts that are spoken to without TLS. */
	readonly insecure: readonly string[];
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
}

const CONCURRENCY = 6;
const ATTEMPTS = 4;
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);
const WAIT_MS = 400;
const WAIT_LIMIT_MS = 30_000;
const HUB = 'registry-1.docker.io';

export function createRegistryClient(options: RegistryOptions): RegistryClient {
	const authorizers = new Map<string, Authorizer>();
	const gates = new Map<string, Gate>();
	return {
		async request(ref, path, access, { alsoPull, ...init } = {}) {
			const origin = originOf(ref.registry, options.insecure);
			const key = `${origin}/${ref.repository}`;
			const authorizer = authorizers.get(key) ?? createAuthorizer(ref.registry, origin, ref.repository, options.keychain, options.http);
			authorizers.set(key, authorizer);
			const gate = gates.get(origin) ?? createGate(CONCURRENCY);
			gates.set(origin, gate);
			const url = new URL(path, `${origin}/v2/${ref.repository}/`).href;
			const scope = [`repository:${ref.repository}:${access}`, ...(alsoPull === undefined ? [] : [`repository:${alsoPull}:pull`])].join(' ');
			return gate(() => sendPatiently({ ...init, url }, origin, scope, authorizer, options));
		},
	};
}

export function originOf(registry: string, insecure: readonly string[]): string {
	const host = registry === 'docker.io' ? HUB : registry;
	const name = host.replace(/:\d+$/, '');
	const plain = insecure.includes(registry) || name === 'localhost' || name === '127.0.0.1' || name === '[::1]';
	return `${plain ? 'http' : 'https'}://${host}`;
}

async function sendPatiently(request: HttpRequest, origin: string, scope: string, authorizer: Authorizer, options: RegistryOptions): Promise<HttpResponse> {
	for (let attempt = 1; ; attempt++) {
		const response = await sendAuthorized(request, origin, scope, authorizer, options);
		const idempotent = request.method === undefined || request.method === 'GET' || request.method === 'HEAD' || request.method === 'PUT';
		if (!RETRIED.has(response.status) || attempt >= ATTEMPTS || !(idempotent || response.status === 429)) return response;
		response.discard();
		await setTimeout(waitFor(response, attempt), undefined, { signal: options.signal }).catch(() => {
			throw new TareError('CANCELLED', 'interrupted');
		});
	}
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3), else exponential with full jitter. */
function waitFor(response: HttpResponse, attempt: number): number {
	const after = response.header('retry-after');
	const asked = after === undefined ? Number.NaN : /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
	return Math.min(WAIT_LIMIT_MS, Number.isNaN(asked) ? Math.random() * WAIT_MS * 2 ** attempt : Math.max(0, asked));
}

async function sendAuthorized(request: HttpRequest, origin: string, scope: string, authorizer: Authorizer, { http }: RegistryOptions): Promise<HttpResponse> {
	// A Location on another host gets the bytes, never the credentials.
	const target = new URL(request.url);
	if (target.origin !== origin) {
		if (isPrivateAddress(target.hostname) && target.hostname !== new URL(origin).hostname)
			throw new TareError('REGISTRY_ERROR', `${origin} wants the upload sent to ${target.host}, a private address on another host`);
		return http.request({ ...request, redirects: 0 });
	}
	const send = (authorization: string | undefined): Promise<HttpResponse> =>
		http.request({ ...request, headers: { ...request.headers, ...(authorization !== undefined && { authorization }) } });
	const response = await send(authorizer.header(scope));
	const challenge = response.header('www-authenticate');
	if (response.status !== 401 || challenge === undefined) return response;
	response.discard();
	const answer = await authorizer.answer(challenge, scope);
	if (answer === undefined) throw refused(request.url, 401, authorizer);
	const second = await send(answer);
	if (second.status !== 401 && second.status !== 403) return second;
	second.discard();
	throw refused(request.url, second.status, authorizer);
}

function refused(url: string, status: number, authorizer: Authorizer): TareError {
	const { host } = new URL(url);
	return new TareError('REGISTRY_AUTH', `${host} refuses access (HTTP ${status}): ${authorizer.describe()}`, {
		hint: `Log in with \`docker login ${host}\` or \`podman login ${host}\`, and check that the account may do this.`,
	});
}

const ERROR_LIMIT = 64 * 1024;

/** A registry's own words in an error: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes */
export async function registryError(response: HttpResponse, what: string): Promise<TareError> {
	const text = Buffer.from(await response.bytes(ERROR_LIMIT).catch(() => new Uint8Array())).toString();
	const { host } = new URL(response.url);
	const said = saidBy(text);
	const details = said === '' ? '' : `: ${said}`;
	if (response.status === 401 || response.status === 403)
		return new TareError('REGISTRY_AUTH', `${host} refuses ${what} (HTTP ${response.status})${details}`, {
			hint: `Log in to ${host}, and check that the account may do this.`,
		});
	if (response.status === 404)
		return new TareError('REGISTRY_NOT_FOUND', `${host} does not have ${what}${details}`, { hint: 'Check the name, the tag and that you may see it.' });
	const hint =
		response.status === 405
			? 'The registry may be read-only.'
			: response.status >= 500 || response.status === 429
				? 'The registry has a problem of its own: try again later.'
				: 'Check the name and what the registry allows.';
	return new TareError('REGISTRY_ERROR', `${host} answers HTTP ${response.status} for ${what}${details}`, { hint });
}

function saidBy(text: string): string {
	try {
		const { errors } = JSON.parse(text) as { readonly errors?: readonly { readonly code?: string; readonly message?: string }[] };
		return (errors ?? []).map(({ code, message }) => [code, message].filter(Boolean).join(' ')).join('; ');
	} catch {
		return text.slice(0, 200).replace(/\s+/g, ' ').trim();
	}
}
