/** Sends requests with node-fetch, follows redirects by our own rules and hands out bodies; loaded with the first request. */
import { Readable } from 'node:stream';
import fetch from 'node-fetch';
import { messageOf, TareError } from '../errors.js';
import { type Agents, createAgents } from './agents.js';
import { type ClientOptions, TIMEOUTS } from './client.js';
import type { HttpClient, HttpRequest, HttpResponse } from './contract.js';
import { causeCode, explain } from './explain.js';
import { answered, unanswered } from './shown.js';
import { startWatch, type Watch } from './watch.js';

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
		const follows = REDIRECTS.has(response.status) && location !== null && limit > 0 && ['GET', 'HEAD'].includes(request.method ?? 'GET');
		if (!follows) return toResponse(sent, current.url);
		discard(sent);
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
		watch.alive();
		yield chunk;
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
	try {
		for await (const chunk of body) {
			watch.alive();
			yield chunk as Uint8Array;
		}
	} catch (cause) {
		throw watch.reason ?? cancelled(watch) ?? broken(cause, url);
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
