/**
 * The bytes of a blob: in one request where there are few, else as a stream that goes on where a broken connection left it.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-blobs
 */
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import type { PushableBlob } from '../image/blobs.js';
import { type HttpResponse, succeeded } from '../net/contract.js';
import type { Reference } from '../oci/reference.js';
import { SMALL_BLOB } from '../oci/small-blob.js';
import type { RegistryClient } from './client.js';
import { registryError } from './errors.js';
import { locationOf, type PushOptions } from './push-blob.js';
import { mayPass, PROGRESS, waitBefore } from './retry.js';

/** Larger ones are worth the request more that lets them be resumed. */
const WHOLE_UP_TO = 8 << 20;
const BINARY = { 'content-type': 'application/octet-stream' };

/** @param location where the registry takes the bytes @throws TareError REGISTRY_* | NETWORK; `data.again` where the upload must begin anew */
export async function upload(blob: PushableBlob, ref: Reference, location: URL, options: PushOptions): Promise<void> {
	const { descriptor } = blob;
	if (descriptor.size <= WHOLE_UP_TO) return finish(blob, ref, location, options, descriptor.size);
	return finish(blob, ref, await stream(blob, ref, location, options), options, 0);
}

/** @param length of the body: the whole blob, or nothing after a stream */
async function finish(blob: PushableBlob, ref: Reference, location: URL, { client, emit }: PushOptions, length: number): Promise<void> {
	const { digest } = blob.descriptor;
	// What the query holds is the registry's, to the letter: a URL's own search parameters would write it in another way.
	const url = new URL(location);
	url.search += `${url.search === '' ? '' : '&'}digest=${encodeURIComponent(digest)}`;
	const bytes = length === 0 ? Buffer.alloc(0) : length <= SMALL_BLOB ? await collect(counted(blob, 0, emit)) : undefined;
	const body = bytes ?? { length, open: () => counted(blob, 0, emit) };
	const response = await client.request(ref, url.href, 'pull,push', { method: 'PUT', headers: BINARY, body, retry: false });
	if (!succeeded(response)) throw again(await registryError(response, `the blob ${digest}`));
	response.discard();
	const got = response.header('docker-content-digest');
	if (got !== undefined && got !== digest) throw again(new TareError('REGISTRY_ERROR', `${ref.registry} stored ${got} where ${digest} was sent`));
}

/** @returns where the upload is finished */
async function stream(blob: PushableBlob, ref: Reference, first: URL, options: PushOptions): Promise<URL> {
	const { client } = options;
	const { size, digest } = blob.descriptor;
	let state: Progress = { location: first, at: 0 };
	for (let failures = 0; state.at < size; ) {
		const before = state.at;
		try {
			const response = await sendFrom(blob, ref, state, options);
			if (!succeeded(response)) throw await registryError(response, `the blob ${digest}`);
			// All was sent and taken. `Range` may be old or wrong: the digest at the end is what counts.
			state = { location: locationOf(response, ref), at: size };
		} catch (error) {
			if (!(error instanceof TareError) || !mayPass(error)) throw error instanceof TareError ? again(error) : error;
			await waitBefore(failures + 1, undefined, client.patience, client.signal);
			state = await whereItIs(ref, state, client);
			failures = state.at - before >= PROGRESS ? 1 : failures + 1;
			if (failures >= client.patience.attempts) throw error;
		}
	}
	return state.location;
}

interface Progress {
	readonly location: URL;
	/** Bytes that the registry has. */
	readonly at: number;
}

function sendFrom(blob: PushableBlob, ref: Reference, { location, at }: Progress, { client, emit }: PushOptions): Promise<HttpResponse> {
	const { size } = blob.descriptor;
	return client.request(ref, location.href, 'pull,push', {
		method: 'PATCH',
		headers: { ...BINARY, ...(at > 0 && { 'content-range': `${at}-${size - 1}` }) },
		body: { length: size - at, open: () => counted(blob, at, emit) },
		retry: false,
	});
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-a-blob-in-chunks, "resume an interrupted upload" */
async function whereItIs(ref: Reference, { location }: Progress, client: RegistryClient): Promise<Progress> {
	const response = await client.request(ref, location.href, 'pull,push');
	// Not every registry answers this, and it may have forgotten the upload: a new one is sure to work.
	if (!succeeded(response)) throw fromItsBeginning(await registryError(response, 'the upload that broke off'));
	const next = response.header('location') === undefined ? location : locationOf(response, ref);
	response.discard();
	return { location: next, at: endOf(response) ?? 0 };
}

/** `Range: 0-99`: 100 bytes are there. `0-0` is said for none, too: that one byte is sent again, and refused where it was there. */
function endOf(response: HttpResponse): number | undefined {
	const end = /^(?:bytes=)?0-(\d+)$/.exec(response.header('range') ?? '')?.[1];
	return end === undefined ? undefined : end === '0' ? 0 : Number(end) + 1;
}

/** The blob is pushed from its beginning: by another upload, if it is not there by then. */
function again(error: TareError): TareError {
	const { data } = error;
	const lost = data?.status === undefined || [400, 404, 416].includes(Number(data.status));
	return lost && error.code !== 'REGISTRY_AUTH' ? fromItsBeginning(error) : error;
}

function fromItsBeginning(error: TareError): TareError {
	const { code, message, hint, data } = error;
	return new TareError(code, message, { ...(hint !== undefined && { hint }), cause: error, data: { ...data, again: true } });
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	for await (const chunk of chunks) parts.push(chunk);
	return Buffer.concat(parts);
}

async function* counted({ descriptor, name, open }: PushableBlob, from: number, emit: Listener): AsyncGenerator<Uint8Array> {
	const task = `push ${name ?? 'config'}`;
	let at = 0;
	for await (const chunk of await open()) {
		const bytes = chunk as Uint8Array;
		const part = bytes.subarray(Math.min(bytes.length, Math.max(0, from - at)));
		at += bytes.length;
		if (part.length === 0) continue;
		yield part;
		emit({ type: 'progress', task, done: at, total: descriptor.size });
	}
}
