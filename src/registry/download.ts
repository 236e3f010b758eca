/** A blob's bytes; a connection that breaks is taken up again where it broke: RFC 9110, 14 (range requests). */
import { TareError } from '../errors.js';
import { type HttpResponse, succeeded } from '../net/contract.js';
import { formatReference, type Reference } from '../oci/reference.js';
import type { Descriptor } from '../oci/types.js';
import type { RegistryClient } from './client.js';
import { registryError } from './errors.js';
import { PROGRESS, waitBefore } from './retry.js';

/**
 * Resolves when the registry has begun to answer; the bytes are not verified here.
 * @throws TareError REGISTRY_* | NETWORK
 */
export async function download(ref: Reference, descriptor: Descriptor, client: RegistryClient): Promise<AsyncIterable<Uint8Array>> {
	return resuming(await ask(ref, descriptor, 0, client), ref, descriptor, client);
}

async function* resuming(first: HttpResponse, ref: Reference, descriptor: Descriptor, client: RegistryClient): AsyncGenerator<Uint8Array> {
	let response = first;
	let at = 0;
	let failures = 0;
	for (;;) {
		const before = at;
		const broken = yield* counted(response, at, (length) => {
			at += length;
		});
		if (at >= descriptor.size) return;
		failures = at - before >= PROGRESS ? 1 : failures + 1;
		if (failures >= client.patience.attempts) throw broken ?? short(ref, descriptor, at);
		await waitBefore(failures, undefined, client.patience, client.signal);
		response = await ask(ref, descriptor, at, client);
	}
}

/** Yields what comes; @returns the error that ended it early, for the caller to get over */
async function* counted(response: HttpResponse, at: number, count: (length: number) => void): AsyncGenerator<Uint8Array, TareError | undefined> {
	// A server that knows no ranges begins anew.
	let skip = response.status === 206 ? 0 : at;
	try {
		for await (const chunk of response.body) {
			const part = chunk.subarray(Math.min(skip, chunk.length));
			skip -= chunk.length - part.length;
			count(part.length);
			if (part.length > 0) yield part;
		}
	} catch (error) {
		if (error instanceof TareError && error.code === 'NETWORK') return error;
		throw error;
	}
	return undefined;
}

async function ask(ref: Reference, { digest }: Descriptor, from: number, client: RegistryClient): Promise<HttpResponse> {
	const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
	const response = await client.request(ref, `blobs/${digest}`, 'pull', { headers });
	const fits = response.status !== 206 || response.header('content-range')?.startsWith(`bytes ${from}-`) === true;
	if (succeeded(response) && fits) return response;
	throw await registryError(response, formatReference({ registry: ref.registry, repository: ref.repository, digest }));
}

function short(ref: Reference, { digest, size }: Descriptor, at: number): TareError {
	return new TareError('NETWORK', `${ref.registry} sent ${at} of the ${size} bytes of ${digest}, again and again`, {
		hint: 'The registry or a proxy in front of it cuts downloads off: try again later, or pull from another place.',
	});
}
