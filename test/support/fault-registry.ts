/** A registry in memory that keeps blobs by repository, wants bearer tokens, and does one thing wrong when told to. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export type Fault =
	| { readonly kind: 'reset-before' | 'reset-midway' | 'reset-after' | 'silence' | 'unauthorized' | 'truncate' | 'corrupt' | 'oversize' | 'drip' | 'no-digest' }
	| { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly done?: boolean }
	/** A manifest is refused for a blob that is being moved to its place just then; other requests are answered. */
	| { readonly kind: 'blob-unknown' }
	/** Another code of success; a range that tells of nothing received; a redirect on the same server: all are right. */
	| { readonly kind: 'other-success' | 'range-stuck' | 'redirect-here' }
	| { readonly kind: 'redirect' | 'location-elsewhere' | 'location-relative' | 'location-missing' };

export interface Recorded {
	readonly method: string;
	readonly url: string;
}

/** What is otherwise than the specification has it, with every request. */
export interface Manners {
	/** Another answer in place of the right one; the right thing was done. */
	readonly alter?: (answer: Answer, request: Recorded) => Answer;
	/** An answer in place of what would be done. */
	readonly before?: (request: Recorded) => Answer | undefined;
	/** `bearer` unless said otherwise. */
	readonly auth?: 'bearer' | 'basic' | 'none';
	/** One token for everybody, always. */
	readonly oneToken?: boolean;
	/** Who may have a token is asked by this; else bob, with his password. */
	readonly mayHaveToken?: (request: IncomingMessage, body: string) => boolean;
	/** The answer to somebody without credentials, but for `/v2/`. */
	readonly stranger?: 403 | 404;
	/** Value of the header of a 401; made of `auth` where left out. */
	readonly challenge?: (host: string) => string | readonly string[];
}

export interface FaultRegistry {
	/** `127.0.0.1:PORT` */
	readonly host: string;
	/** Requests below /v2/ since the last `arm`. */
	readonly requests: readonly Recorded[];
	/** Bytes of bodies since the last `arm`. */
	readonly received: number;
	/** Values of the Authorization header that another host was sent. */
	readonly leaks: readonly string[];
	/** Forgets the requests; the one with this number (from 0) meets the fault. */
	arm(at?: number, fault?: Fault): void;
	/** Forgets all that was pushed. */
	clear(): void;
	readonly blobs: ReadonlyMap<string, Buffer>;
	readonly manifests: ReadonlyMap<string, { readonly type: string; readonly bytes: Buffer }>;
}

export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
}

const BOB = `Basic ${Buffer.from('bob:s3cret').toString('base64')}`;
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const listen = async (t: TestContext, server: Server): Promise<string> => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

export async function startFaultRegistry(t: TestContext, manners: Manners = {}): Promise<FaultRegistry> {
	const blobs = new Map<string, Buffer>();
	const manifests = new Map<string, { type: string; bytes: Buffer }>();
	const uploads = new Map<string, Buffer>();
	const requests: Recorded[] = [];
	const leaks: string[] = [];
	let tokens = new Set<string>();
	let fault: { at: number; fault: Fault } | undefined;
	let received = 0;

	// Another host: keeps what it is sent, and must never see a credential.
	const elsewhere = await listen(
		t,
		createServer(async (request, response) => {
			if (request.headers.authorization !== undefined) leaks.push(request.headers.authorization);
			const body = await read(request);
			send(response, request, handle(request.method ?? 'GET', new URL(request.url ?? '', 'http://x'), body, request));
		}),
	);

	const host = await listen(
		t,
		createServer(async (request, response) => {
			const url = new URL(request.url ?? '', 'http://x');
			if (url.pathname === '/token') return void (await token(request, response));
			const mine = requests.push({ method: request.method ?? 'GET', url: request.url ?? '' }) - 1;
			const now = fault?.at === mine ? fault.fault : undefined;
			if (now?.kind === 'reset-before') return void request.socket.destroy();
			if (now?.kind === 'reset-midway') return void (await breakOff(request, url));
			const body = await read(request).catch(() => undefined);
			if (body === undefined) return;
			received += body.length;
			if (now?.kind === 'silence') return;
			if (now?.kind === 'unauthorized') tokens = new Set();
			if (!isKnown(request)) return refuseStranger(request, response, url);
			if (url.pathname === '/v2/') return void response.writeHead(200).end('{}');
			if (now?.kind === 'blob-unknown' && request.method === 'PUT' && url.pathname.includes('/manifests/')) {
				response.writeHead(400, { 'content-type': 'application/json' });
				return void response.end(JSON.stringify({ errors: [{ code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown to registry' }] }));
			}
			if (now?.kind === 'status' && now.done !== true) return refuse(response, now.status, now.retryAfter);
			if (now?.kind === 'redirect-here') return send(response, request, { status: 307, headers: { location: request.url ?? '' }, body: Buffer.alloc(0) });
			const instead = manners.before?.({ method: request.method ?? 'GET', url: request.url ?? '' });
			if (instead !== undefined) return send(response, request, instead);
			const answer = handle(request.method ?? 'GET', url, body, request);
			if (now?.kind === 'status') return refuse(response, now.status, now.retryAfter);
			if (now?.kind === 'reset-after') return void request.socket.destroy();
			const right = now === undefined ? answer : spoil(answer, now, url);
			return send(response, request, manners.alter?.(right, { method: request.method ?? 'GET', url: request.url ?? '' }) ?? right, now);
		}),
	);

	/** What came of a body until then is kept, as by other registries. */
	async function breakOff(request: IncomingMessage, url: URL): Promise<void> {
		const { socket } = request;
		const wanted = Number(request.headers['content-length'] ?? 0) / 2;
		const parts: Buffer[] = [];
		// Not ended by leaving the loop: what came is kept before the sender hears of the end.
		for await (const part of request.iterator({ destroyOnReturn: false })) {
			parts.push(part as Buffer);
			if (parts.reduce((total, { length }) => total + length, 0) >= wanted) break;
		}
		const id = url.pathname.split('/').at(-1) ?? '';
		const body = Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), ...parts]);
		received += body.length;
		if (request.method === 'PATCH' && uploads.has(id)) uploads.set(id, body);
		socket.destroy();
	}

	function isKnown({ headers: { authorization = '' } }: IncomingMessage): boolean {
		if (manners.auth === 'none') return true;
		return manners.auth === 'basic' ? authorization === BOB : tokens.has(authorization);
	}

	function refuseStranger(request: IncomingMessage, response: ServerResponse, url: URL): void {
		const { stranger } = manners;
		if (stranger === undefined || url.pathname === '/v2/' || request.headers.authorization !== undefined) challenge(response, url);
		else response.writeHead(stranger).end('{"errors":[{"code":"UNKNOWN","message":"not for strangers"}]}');
	}

	async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const body = (await read(request)).toString();
		const may = manners.mayHaveToken?.(request, body) ?? request.headers.authorization === BOB;
		if (!may) return void response.writeHead(401).end();
		const made = manners.oneToken === true ? 'the-token' : `t${randomUUID()}`;
		tokens.add(`Bearer ${made}`);
		response.writeHead(200).end(JSON.stringify({ token: made, expires_in: 300 }));
	}

	function challenge(response: ServerResponse, url: URL): void {
		const [, repository = ''] = /^\/v2\/(.+)\/(?:blobs|manifests)\//.exec(url.pathname) ?? [];
		const bearer = `Bearer realm="http://${host}/token",service="test",scope="repository:${repository}:pull,push"`;
		const says = manners.challenge?.(host) ?? (manners.auth === 'basic' ? 'Basic realm="test"' : bearer);
		response.writeHead(401, { 'www-authenticate': says as string | string[] }).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
	}

	function refuse(response: ServerResponse, status: number, retryAfter: string | undefined): void {
		response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('{"errors":[{"code":"UNKNOWN","message":"injected"}]}');
	}

	function handle(method: string, url: URL, body: Buffer, request: IncomingMessage): Answer {
		const [, repository = '', kind = '', name = ''] = /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
		if (kind === 'blobs/uploads') return upload(method, repository, name, url, body, request);
		return kind === 'blobs' ? blob(method, `${repository}@${name}`, request) : manifest(method, repository, name, body, request);
	}

	function upload(method: string, repository: string, id: string, url: URL, body: Buffer, request: IncomingMessage): Answer {
		const at = (key: string, status = 202): Answer => ({
			status,
			headers: { location: `/v2/${repository}/blobs/uploads/${key}?_state=${randomUUID()}`, range: `0-${Math.max(0, (uploads.get(key)?.length ?? 0) - 1)}` },
			body: Buffer.alloc(0),
		});
		if (method === 'POST') {
			const mounted = blobs.get(`${url.searchParams.get('from')}@${url.searchParams.get('mount')}`);
			if (mounted !== undefined) return stored(repository, mounted);
			const key = randomUUID();
			uploads.set(key, Buffer.alloc(0));
			return at(key);
		}
		const sofar = uploads.get(id);
		if (sofar === undefined) return error(404, 'BLOB_UPLOAD_UNKNOWN');
		if (method === 'GET') return at(id, 204);
		if (method === 'DELETE') {
			uploads.delete(id);
			return { status: 204, headers: {}, body: Buffer.alloc(0) };
		}
		const begin = /^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1];
		if (begin !== undefined && Number(begin) !== sofar.length) return error(416, 'BLOB_UPLOAD_INVALID');
		const whole = Buffer.concat([sofar, body]);
		uploads.set(id, whole);
		if (method === 'PATCH') return at(id);
		uploads.delete(id);
		return digestOf(whole) === url.searchParams.get('digest') ? stored(repository, whole) : error(400, 'DIGEST_INVALID');
	}

	function stored(repository: string, bytes: Buffer): Answer {
		const digest = digestOf(bytes);
		blobs.set(`${repository}@${digest}`, bytes);
		return { status: 201, headers: { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest }, body: Buffer.alloc(0) };
	}

	function blob(_method: string, key: string, request: IncomingMessage): Answer {
		const bytes = blobs.get(key);
		if (bytes === undefined) return error(404, 'BLOB_UNKNOWN');
		const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1);
		const ranged = from >= 0;
		return {
			status: ranged ? 206 : 200,
			headers: { 'docker-content-digest': digestOf(bytes), ...(ranged && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }) },
			body: ranged ? bytes.subarray(from) : bytes,
		};
	}

	function manifest(method: string, repository: string, name: string, body: Buffer, request: IncomingMessage): Answer {
		if (method === 'PUT') {
			const digest = digestOf(body);
			const value = JSON.parse(body.toString()) as { layers?: { digest: string }[]; config?: { digest: string }; manifests?: { digest: string }[] };
			const wanted = [...(value.layers ?? []), ...(value.config === undefined ? [] : [value.config])].map((each) => blobs.has(`${repository}@${each.digest}`));
			const children = (value.manifests ?? []).map((each) => manifests.has(`${repository}@${each.digest}`));
			if ([...wanted, ...children].includes(false)) return error(400, 'MANIFEST_BLOB_UNKNOWN');
			const kept = { type: request.headers['content-type'] ?? '', bytes: body };
			manifests.set(`${repository}@${name}`, kept);
			manifests.set(`${repository}@${digest}`, kept);
			return { status: 201, headers: { location: `/v2/${repository}/manifests/${digest}`, 'docker-content-digest': digest }, body: Buffer.alloc(0) };
		}
		const found = manifests.get(`${repository}@${name}`);
		if (found === undefined) return error(404, 'MANIFEST_UNKNOWN');
		return { status: 200, headers: { 'content-type': found.type, 'docker-content-digest': digestOf(found.bytes) }, body: found.bytes };
	}

	function spoil({ status, headers, body }: Answer, { kind }: Fault, url: URL): Answer {
		const { location, ...others } = headers;
		switch (kind) {
			case 'corrupt':
				return {
					status,
					headers: { ...headers, ...(headers['docker-content-digest'] !== undefined && { 'docker-content-digest': `sha256:${'1'.repeat(64)}` }) },
					body: Buffer.from(body).fill(35, 0, Math.min(3, body.length)),
				};
			case 'other-success':
				return { status: status === 201 ? 200 : status === 202 ? 201 : status === 200 ? 203 : status, headers, body };
			case 'range-stuck':
				return { status, headers: headers.range === undefined ? headers : { ...headers, range: '0-0' }, body };
			case 'oversize':
				return { status, headers, body: Buffer.concat([body, Buffer.from('more')]) };
			case 'no-digest': {
				const { 'docker-content-digest': _, ...rest } = headers;
				return { status, headers: rest, body };
			}
			case 'redirect':
				return { status: 307, headers: { location: `http://${elsewhere}${url.pathname}${url.search}` }, body: Buffer.alloc(0) };
			case 'location-missing':
				return { status, headers: others, body };
			case 'location-elsewhere':
				return { status, headers: { ...headers, ...(location !== undefined && { location: `http://${elsewhere}${location}` }) }, body };
			case 'location-relative':
				return { status, headers: { ...headers, ...(location !== undefined && { location: location.replace(/^.*\/uploads\//, '../uploads/') }) }, body };
			default:
				return { status, headers, body };
		}
	}

	return {
		host,
		get received() {
			return received;
		},
		requests,
		leaks,
		blobs,
		manifests,
		arm(at, what) {
			requests.length = 0;
			received = 0;
			fault = at === undefined || what === undefined ? undefined : { at, fault: what };
		},
		clear() {
			for (const each of [blobs, manifests, uploads]) each.clear();
		},
	};
}

function error(status: number, code: string): Answer {
	return { status, headers: {}, body: Buffer.from(JSON.stringify({ errors: [{ code }] })) };
}

async function read(request: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts);
}

function send(response: ServerResponse, request: IncomingMessage, { status, headers, body }: Answer, fault?: Fault): void {
	const hasBody = request.method !== 'HEAD' && status !== 204;
	response.writeHead(status, { ...headers, 'content-length': body.length });
	if (!hasBody) return void response.end();
	if (fault?.kind === 'truncate') {
		response.write(body.subarray(0, Math.floor(body.length / 2)));
		setTimeout(() => request.socket.destroy(), 5);
	} else if (fault?.kind === 'drip') void drip(response, body);
	else response.end(body);
}

async function drip(response: ServerResponse, body: Buffer): Promise<void> {
	const step = Math.max(1, Math.ceil(body.length / 10));
	for (let at = 0; at < body.length && !response.destroyed; at += step) {
		response.write(body.subarray(at, at + step));
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	response.end();
}
