/** HTTP over node-fetch with kept-alive connections, proxies, our own redirect policy and errors that name host and cause. */
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { errno, messageOf, redact, TareError } from '../errors.js';
import type { Listener } from '../events.js';
import type { HttpClient, HttpRequest, HttpResponse } from './contract.js';
import { bypassesProxy } from './no-proxy.js';

export interface ClientOptions {
	readonly offline: boolean;
	readonly userAgent: string;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	readonly proxies: { readonly http?: string; readonly https?: string; readonly no?: string };
	/** PEM certificates trusted in addition to Node's own. */
	readonly ca?: readonly string[];
	/** Hosts whose certificate is not checked. */
	readonly insecure?: readonly string[];
	/** Milliseconds without a byte. */
	readonly idleTimeoutMs?: number;
}

const IDLE_TIMEOUT_MS = 60_000;
const MAX_SOCKETS = 8;
const MAX_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** The connection was closed while a request was on its way: safe to repeat when the method is. */
const DROPPED = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

type Fetch = typeof import('node-fetch').default;

/** Loaded with the first request: a build that changes nothing needs none. */
async function loadFetch(): Promise<Fetch> {
	return (await import('./fetch.js')).fetch;
}

type FetchResponse = Awaited<ReturnType<Fetch>>;

export function createHttpClient(options: ClientOptions): HttpClient {
	const agents = createAgents(options);
	return {
		async request(request) {
			if (options.offline)
				throw new TareError('OFFLINE', `${new URL(request.url).host} is needed, but --offline forbids the network`, {
					hint: 'Build once without --offline, then everything is in the store.',
				});
			const fetch = await loadFetch();
			try {
				return await follow(request, (one) => send(fetch, one, agents, options));
			} catch (cause) {
				throw explain(cause, request, options.signal);
			}
		},
		close: () => agents.close(),
	};
}

type Send = (request: HttpRequest) => Promise<FetchResponse>;

/** Credentials stay with the origin they were meant for; https never falls back to http. */
async function follow(request: HttpRequest, send: Send): Promise<HttpResponse> {
	let current = request;
	const limit = request.redirects ?? MAX_REDIRECTS;
	for (let hops = 0; ; hops++) {
		const response = await sendTwice(current, send);
		const location = response.headers.get('location');
		const follows = REDIRECTS.has(response.status) && location !== null && limit > 0 && ['GET', 'HEAD'].includes(request.method ?? 'GET');
		if (!follows) return toResponse(response, current.url);
		discard(response);
		if (hops >= limit) throw new TareError('NETWORK', `${new URL(request.url).host} redirects more than ${limit} times`);
		const next = new URL(location, current.url);
		const from = new URL(current.url);
		if (from.protocol === 'https:' && next.protocol !== 'https:')
			throw new TareError('NETWORK', `${from.host} redirects to ${next.protocol}//${next.host}, which is not encrypted`);
		current = { ...current, url: next.href, headers: next.origin === from.origin ? current.headers : withoutCredentials(current.headers ?? {}) };
	}
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !['authorization', 'cookie'].includes(name.toLowerCase())));
}

async function sendTwice(request: HttpRequest, send: Send): Promise<FetchResponse> {
	try {
		return await send(request);
	} catch (error) {
		const repeatable = IDEMPOTENT.has(request.method ?? 'GET') && DROPPED.has(causeCode(error) ?? '');
		if (!repeatable) throw error;
		return send(request);
	}
}

async function send(fetch: Fetch, request: HttpRequest, agents: Agents, { emit, signal, userAgent }: ClientOptions): Promise<FetchResponse> {
	const { method = 'GET', url, headers, body } = request;
	const began = performance.now();
	const stream = body === undefined || body instanceof Uint8Array ? body : Readable.from(body.open());
	const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(body.length) };
	const response = await fetch(url, {
		method,
		headers: { 'user-agent': userAgent, ...length, ...headers },
		...(stream !== undefined && { body: stream instanceof Uint8Array ? Buffer.from(stream) : stream }),
		redirect: 'manual',
		compress: false,
		agent: (parsed) => agents.for(parsed),
		signal: (request.signal ?? signal ?? null) as never,
		highWaterMark: 1 << 20,
	});
	emit({ type: 'request', method, url: redact(withoutQuery(url)), status: response.status, ms: performance.now() - began });
	return response;
}

/** Queries of signed URLs and upload sessions are secrets. */
function withoutQuery(url: string): string {
	const at = url.indexOf('?');
	return at < 0 ? url : `${url.slice(0, at)}?...`;
}

function toResponse(response: FetchResponse, url: string): HttpResponse {
	const body = (response.body ?? Readable.from([])) as Readable;
	// Nobody may be listening any more when a connection breaks.
	body.on('error', () => undefined);
	return {
		status: response.status,
		url,
		header: (name) => response.headers.get(name) ?? undefined,
		body: readBody(body, url),
		bytes: (limit) => collect(body, limit, url),
		discard: () => discard(response),
	};
}

async function* readBody(body: Readable, url: string): AsyncGenerator<Uint8Array> {
	try {
		yield* body as AsyncIterable<Uint8Array>;
	} catch (cause) {
		throw new TareError('NETWORK', `the connection to ${new URL(url).host} broke: ${messageOf(cause)}`, { hint: 'Try again.', cause });
	}
}

async function collect(body: Readable, limit: number, url: string): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	let length = 0;
	for await (const part of readBody(body, url)) {
		length += part.length;
		if (length > limit) {
			body.destroy();
			throw new TareError('NETWORK', `${new URL(url).host} sent more than ${limit} bytes where little was expected`);
		}
		parts.push(part);
	}
	return Buffer.concat(parts);
}

function discard(response: FetchResponse): void {
	(response.body as Readable | null)?.resume();
}

interface Agents {
	for(url: URL): http.Agent;
	close(): void;
}

function createAgents({ proxies, ca, insecure, idleTimeoutMs = IDLE_TIMEOUT_MS }: ClientOptions): Agents {
	const common = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: idleTimeoutMs };
	const made = new Map<string, http.Agent>();
	const create = (url: URL): http.Agent => {
		const tls = {
			...(ca !== undefined && ca.length > 0 && { ca: [...rootCertificates, ...ca] }),
			...(insecure?.includes(url.host) === true && { rejectUnauthorized: false }),
		};
		const proxy = url.protocol === 'https:' ? proxies.https : proxies.http;
		if (proxy !== undefined && proxy !== '' && !bypassesProxy(url, proxies.no ?? ''))
			return new HttpsProxyAgent(proxy, { ...common, ...tls }) as unknown as http.Agent;
		return url.protocol === 'https:' ? new https.Agent({ ...common, ...tls }) : new http.Agent(common);
	};
	return {
		for(url) {
			const key = `${url.protocol}//${insecure?.includes(url.host) === true ? url.host : ''}${bypassesProxy(url, proxies.no ?? '') ? 'direct' : 'proxied'}`;
			const agent = made.get(key) ?? create(url);
			made.set(key, agent);
			return agent;
		},
		close() {
			for (const agent of made.values()) agent.destroy();
		},
	};
}

/** @throws TareError always */
function explain(cause: unknown, request: HttpRequest, signal: AbortSignal | undefined): TareError {
	if (cause instanceof TareError) return cause;
	if (signal?.aborted === true || request.signal?.aborted === true) return new TareError('CANCELLED', 'interrupted', { cause });
	const { host } = new URL(request.url);
	const code = causeCode(cause) ?? '';
	const [what, hint] = reasons.find(([pattern]) => pattern.test(`${code} ${messageOf(cause)}`))?.slice(1) ?? [messageOf(cause), 'Try again.'];
	return new TareError('NETWORK', `${host} cannot be reached: ${what}`, { hint: String(hint), cause });
}

const reasons: readonly (readonly [RegExp, string, string])[] = [
	[/ENOTFOUND|EAI_AGAIN/, 'its name is not known', 'Check the host name, the network and the proxy variables (HTTPS_PROXY, NO_PROXY).'],
	[/ECONNREFUSED/, 'the connection was refused', 'Check that the server runs and the port is right.'],
	[
		/CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|certificate/i,
		'its certificate is not trusted',
		"Add the authority's certificate with NODE_EXTRA_CA_CERTS=/path/ca.pem.",
	],
	[/EPROTO|wrong version number/i, 'it does not speak TLS', 'For a registry without TLS pass --insecure HOST.'],
	[/ETIMEDOUT|timeout/i, 'it did not answer in time', 'Check the network and the proxy variables, then try again.'],
	[/ECONNRESET|socket hang up|EPIPE|PREMATURE/i, 'the connection broke', 'Try again.'],
];

function causeCode(error: unknown): string | undefined {
	return errno(error) ?? (error instanceof Error && error.cause !== undefined ? causeCode(error.cause) : undefined);
}
