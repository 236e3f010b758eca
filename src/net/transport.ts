/** Sends requests with node-fetch, follows redirects by our own rules and hands out bodies; loaded with the first request. */
import { Readable } from 'node:stream';
import fetch from 'node-fetch';
import { messageOf, redact, TareError } from '../errors.js';
import { type Agents, createAgents } from './agents.js';
import type { ClientOptions } from './client.js';
import type { HttpClient, HttpRequest, HttpResponse } from './contract.js';
import { causeCode, explain } from './explain.js';

const MAX_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** The connection was closed while a request was on its way: safe to repeat when the method is. */
const DROPPED = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

type FetchResponse = Awaited<ReturnType<typeof fetch>>;

export function openTransport(options: ClientOptions): HttpClient {
	const agents = createAgents(options);
	return {
		async request(request) {
			try {
				return await follow(request, (one) => send(one, agents, options));
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

async function send(request: HttpRequest, agents: Agents, { emit, signal, userAgent }: ClientOptions): Promise<FetchResponse> {
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
