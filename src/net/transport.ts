/** Sends requests with node-fetch, follows redirects by our own rules and hands out bodies; loaded with the first request. */
import { Readable } from 'node:stream';
import fetch from 'node-fetch';
import { messageOf, TareError } from '../errors.js';
import { type Agents, createAgents } from './agents.js';
import { type ClientOptions, TIMEOUTS } from './client.js';
import type { HttpClient, HttpRequest, HttpResponse } from './contract.js';
import { causeCode, explain } from './explain.js';
import { startPace } from './pace.js';
import { isPrivateAddress } from './private-address.js';
import { sameHost, sameServer } from './same-server.js';
import { answered, unanswered } from './shown.js';
import { startWatch, type Watch } from './watch.js';

const MAX_REDIRECTS = 20;
const PIECE = 1 << 16;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** These keep method and body: RFC 9110, 15.4.8 and 15.4.9. */
const WITH_BODY = new Set([307, 308]);
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

interface Sent {
	readonly response: FetchResponse;
	readonly watch: Watch;
}

type Send = (request: HttpRequest) => Promise<Sent>;

/** Credentials stay with the origin they were meant for; https never falls back to http. */
async function follow(request: HttpRequest, send: Send): Promise<HttpResponse> {
	let current = request;
	const limit = request.redirects ?? MAX_REDIRECTS;
	for (let hops = 0; ; hops++) {
		const sent = await sendTwice(current, send);
		const { response } = sent;
		const location = response.headers.get('location');
		const from = new URL(current.url);
		const next = location === null || !URL.canParse(location, current.url) ? undefined : new URL(location, current.url);
		if (limit === 0 || next === undefined || !follows(current, response.status, from, next)) return toResponse(sent, current.url);
		discard(sent);
		if (hops >= limit) throw new TareError('NETWORK', `${new URL(request.url).host} redirects more than ${limit} times`);
		if (from.protocol === 'https:' && next.protocol !== 'https:')
			throw new TareError('NETWORK', `${from.host} redirects to ${next.protocol}//${next.host}, which is not encrypted`);
		current = { ...current, url: next.href, headers: keepsCredentials(from, next) ? current.headers : withoutCredentials(current.headers ?? {}) };
	}
}

/** What is sent with a body is for the same server, or goes encrypted to one that is not on a network of ours. */
function follows({ method = 'GET', mayGoTo }: HttpRequest, status: number, from: URL, next: URL): boolean {
	if (mayGoTo?.(next) === false) return false;
	if (['GET', 'HEAD'].includes(method)) return REDIRECTS.has(status);
	return WITH_BODY.has(status) && (keepsCredentials(from, next) || (next.protocol === 'https:' && !isPrivateAddress(next.hostname)));
}

/** The same server, or the same host with TLS after none. */
function keepsCredentials(from: URL, next: URL): boolean {
	const upgraded = from.protocol === 'http:' && next.protocol === 'https:' && from.port === '' && next.port === '';
	return sameServer(from, next) || (upgraded && sameHost(from, next));
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !['authorization', 'cookie'].includes(name.toLowerCase())));
}

async function sendTwice(request: HttpRequest, send: Send): Promise<Sent> {
	try {
		return await send(request);
	} catch (error) {
		const repeatable = IDEMPOTENT.has(request.method ?? 'GET') && DROPPED.has(causeCode(error) ?? '');
		if (!repeatable) throw error;
		return send(request);
	}
}

async function send(request: HttpRequest, agents: Agents, { emit, signal, userAgent, timeouts }: ClientOptions): Promise<Sent> {
	const { method = 'GET', url, headers, body } = request;
	const began = performance.now();
	const target = new URL(url);
	const watch = startWatch({
		host: target.host,
		idleMs: timeouts?.idleMs ?? TIMEOUTS.idleMs,
		slowMs: timeouts?.slowMs ?? TIMEOUTS.slowMs,
		...(request.timeoutMs !== undefined && { wholeMs: request.timeoutMs }),
		signals: [request.signal, signal],
	});
	const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(body.length) };
	const sending = { 'user-agent': userAgent, ...length, ...headers };
	const exchange = { method, url, sent: sending };
	try {
		const agent = await agents.for(target);
		const response = await fetch(url, {
			method,
			headers: sending,
			// An empty one is sent as none, with its length.
			...(body !== undefined && body.length > 0 && { body: bodyOf(body, watch) }),
			redirect: 'manual',
			compress: false,
			agent,
			signal: watch.signal as never,
			highWaterMark: 1 << 20,
		});
		watch.alive();
		emit(answered(exchange, response, performance.now() - began));
		return { response, watch };
	} catch (cause) {
		watch.stop();
		const reason = watch.reason ?? cause;
		const says = reason instanceof TareError ? reason.message : (causeCode(reason) ?? 'no answer');
		emit(unanswered(exchange, says, performance.now() - began));
		throw reason;
	}
}

function bodyOf(body: NonNullable<HttpRequest['body']>, watch: Watch): Buffer | Readable {
	return body instanceof Uint8Array
		? Buffer.from(body.buffer, body.byteOffset, body.length)
		: Readable.from(watched(body.open(), watch), { objectMode: false });
}

async function* watched(chunks: AsyncIterable<Uint8Array>, watch: Watch): AsyncGenerator<Uint8Array> {
	for await (const chunk of chunks) {
		// In small pieces: each that is taken shows that the server is there.
		for (let at = 0; at < chunk.length; at += PIECE) {
			watch.alive();
			yield chunk.subarray(at, at + PIECE);
		}
	}
}

function toResponse({ response, watch }: Sent, url: string): HttpResponse {
	const body = (response.body ?? Readable.from([])) as Readable;
	// Nobody may be listening any more when a connection breaks.
	body.on('error', () => undefined);
	return {
		status: response.status,
		url,
		header: (name) => response.headers.get(name) ?? undefined,
		body: readBody(body, watch, url),
		bytes: (limit) => collect(body, watch, limit, url),
		discard: () => discard({ response, watch }),
	};
}

async function* readBody(body: Readable, watch: Watch, url: string): AsyncGenerator<Uint8Array> {
	const pace = startPace(new URL(url).host, watch.slowMs);
	try {
		for await (const chunk of body) {
			watch.alive();
			pace.got(chunk as Uint8Array);
			yield chunk as Uint8Array;
			pace.ask();
		}
	} catch (cause) {
		throw watch.reason ?? cancelled(watch) ?? (cause instanceof TareError ? cause : broken(cause, url));
	} finally {
		watch.stop();
	}
}

function cancelled({ signal }: Watch): TareError | undefined {
	return signal.aborted ? new TareError('CANCELLED', 'interrupted') : undefined;
}

function broken(cause: unknown, url: string): TareError {
	return new TareError('NETWORK', `the connection to ${new URL(url).host} broke: ${messageOf(cause)}`, { hint: 'Try again.', cause });
}

async function collect(body: Readable, watch: Watch, limit: number, url: string): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	let length = 0;
	for await (const part of readBody(body, watch, url)) {
		length += part.length;
		if (length > limit) {
			body.destroy();
			throw new TareError('NETWORK', `${new URL(url).host} sent more than ${limit} bytes where little was expected`);
		}
		parts.push(part);
	}
	return Buffer.concat(parts);
}

/** Read to its end, so that the connection can be used again; the watch still ends one that never comes to it. */
function discard({ response, watch }: Sent): void {
	const body = response.body as Readable | null;
	if (body === null || body.readableEnded) {
		watch.stop();
		return;
	}
	body.once('close', () => watch.stop());
	body.on('error', () => undefined).resume();
}
