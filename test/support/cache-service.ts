/**
 * GitHub's cache service, version 2, as far as its client needs it: an entry is reserved, its archive put under a signed address, then
 * finished; a key is looked for whole, then by the beginnings in order, the newest first.
 */
import type { IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import { server } from './token-server.js';

interface Entry {
	readonly key: string;
	readonly version: string;
	readonly id: number;
	archive?: Buffer;
	finished: boolean;
}

export interface CacheService {
	/** What a runner sets for actions. */
	readonly env: Readonly<Record<string, string>>;
	/** Of finished entries, oldest first. */
	keys(): readonly string[];
	/** Every request is answered with this status from now on. */
	fail(status: number): void;
}

const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/';

export async function startCacheService(t: TestContext): Promise<CacheService> {
	const entries: Entry[] = [];
	const blocks = new Map<string, Buffer>();
	let failure: number | undefined;
	const call = (method: string, { key, version, restore_keys: starts = [] }: { key: string; version: string; restore_keys?: string[] }): object => {
		const mine = entries.filter((entry) => entry.version === version && entry.finished).reverse();
		if (method === 'CreateCacheEntry') {
			if (entries.some((entry) => entry.key === key && entry.version === version)) return { ok: false };
			entries.push({ key, version, id: entries.length, finished: false });
			return { ok: true, signedUploadUrl: `http://${host}/archive/${entries.length - 1}?sig=x` };
		}
		if (method === 'FinalizeCacheEntryUpload') {
			const entry = entries.find((one) => one.key === key && one.version === version);
			if (entry !== undefined) entry.finished = true;
			return { ok: entry?.archive !== undefined, entryId: String(entry?.id ?? 0) };
		}
		const found =
			mine.find((entry) => entry.key === key) ?? starts.map((start) => mine.find((entry) => entry.key.startsWith(start))).find((entry) => entry !== undefined);
		return found === undefined ? { ok: false } : { ok: true, matchedKey: found.key, signedDownloadUrl: `http://${host}/archive/${found.id}?sig=x` };
	};
	const host = await server(t, async (request, response) => {
		const body = await bytesOf(request);
		const url = new URL(request.url ?? '', 'http://x');
		if (failure !== undefined) return response.writeHead(failure).end('{}');
		if (url.pathname.startsWith(SERVICE)) {
			if (request.headers.authorization !== 'Bearer runtime') return response.writeHead(401).end('{}');
			return response
				.writeHead(200, { 'content-type': 'application/json' })
				.end(JSON.stringify(call(url.pathname.slice(SERVICE.length), JSON.parse(body.toString()))));
		}
		const entry = entries[Number(url.pathname.slice('/archive/'.length))];
		if (entry === undefined) return response.writeHead(404).end();
		if (request.method === 'GET' || request.method === 'HEAD') return sendRange(entry.archive ?? Buffer.alloc(0), request, response);
		// https://learn.microsoft.com/rest/api/storageservices/put-blob, put-block, put-block-list
		const block = `${entry.id} ${url.searchParams.get('blockid')}`;
		if (url.searchParams.get('comp') === 'block') blocks.set(block, body);
		else if (url.searchParams.get('comp') === 'blocklist')
			entry.archive = Buffer.concat(
				[...body.toString().matchAll(/<(?:Latest|Uncommitted)>(.*?)</g)].map(([, id]) => blocks.get(`${entry.id} ${id}`) ?? Buffer.alloc(0)),
			);
		else entry.archive = body;
		return response.writeHead(201, { 'x-ms-request-id': '1', etag: '"1"' }).end();
	});
	return {
		env: { ACTIONS_RESULTS_URL: `http://${host}/`, ACTIONS_RUNTIME_TOKEN: 'runtime', ACTIONS_CACHE_SERVICE_V2: 'true' },
		keys: () => entries.filter(({ finished }) => finished).map(({ key }) => key),
		fail(status) {
			failure = status;
		},
	};
}

function sendRange(archive: Buffer, request: IncomingMessage, response: import('node:http').ServerResponse): void {
	const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
	const part = from === undefined ? archive : archive.subarray(Number(from), to === '' || to === undefined ? undefined : Number(to) + 1);
	response.writeHead(from === undefined ? 200 : 206, {
		'content-length': part.length,
		...(from !== undefined && { 'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${archive.length}` }),
	});
	response.end(request.method === 'HEAD' ? undefined : part);
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts);
}
