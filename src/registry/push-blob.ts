/** One blob to one repository: mounted where the registry has it, else sent, and begun anew when something breaks on the way. */
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import type { PushableBlob } from '../image/blobs.js';
import { type HttpResponse, succeeded } from '../net/contract.js';
import type { Digest } from '../oci/digest.js';
import { formatReference, type Reference } from '../oci/reference.js';
import type { RegistryClient } from './client.js';
import { registryError } from './errors.js';
import { mayPass, waitBefore } from './retry.js';
import type { BlobSites } from './sites.js';
import { upload } from './upload.js';

export interface PushOptions {
	readonly client: RegistryClient;
	readonly emit: Listener;
	readonly sites: BlobSites;
}

/** Smaller ones are sent again sooner than asked for. */
const ASK_FROM = 8 << 20;
/** Smaller ones are not worth a record of where they are. */
const REMEMBER_FROM = 1 << 18;

/** @throws TareError REGISTRY_* | NETWORK */
export async function pushBlob(blob: PushableBlob, ref: Reference, options: PushOptions): Promise<void> {
	const { client, sites } = options;
	for (let attempt = 1; ; attempt++) {
		try {
			await pushOnce(blob, ref, options);
			break;
		} catch (error) {
			if (!(error instanceof TareError) || attempt >= client.patience.attempts || !(mayPass(error) || error.data?.again === true)) throw error;
			await waitBefore(attempt, undefined, client.patience, client.signal);
		}
	}
	if (blob.descriptor.size >= REMEMBER_FROM) await sites.add(ref.registry, blob.descriptor.digest, ref.repository);
}

async function pushOnce(blob: PushableBlob, ref: Reference, options: PushOptions): Promise<void> {
	const { client } = options;
	const { digest, size } = blob.descriptor;
	const started = await start(blob, ref, options);
	if (started === 'there') return;
	if (size >= ASK_FROM && (await isThere(ref, digest, client))) return cancel(started, ref, client);
	await upload(blob, ref, locationOf(started, ref), options);
}

/**
 * Mounts from where the blob is known to be, or from the repository itself: that asks for it and begins an upload in one request.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#mounting-a-blob-from-another-repository
 */
async function start(blob: PushableBlob, ref: Reference, options: PushOptions): Promise<HttpResponse | 'there'> {
	const { client, sites } = options;
	const { digest } = blob.descriptor;
	const from = (await sources(blob, ref, sites)).find((repository) => repository !== ref.repository) ?? ref.repository;
	const answer = await begin(ref, `?mount=${digest}&from=${encodeURIComponent(from)}`, from, client);
	if (answer !== undefined && isMounted(answer, digest)) return done(answer);
	if (from !== ref.repository) await sites.remove(ref.registry, digest, from);
	if (answer !== undefined && succeeded(answer)) return answer;
	answer?.discard();
	const plain = await begin(ref, '', ref.repository, client);
	if (plain !== undefined && succeeded(plain)) return plain;
	if (plain === undefined) throw new TareError('REGISTRY_AUTH', `${ref.registry} refuses an upload to ${formatReference(ref)}`);
	throw await registryError(plain, `an upload to ${formatReference(ref)}`);
}

/** Told by what the answer names, for not every registry keeps to 201 for a mount and 202 for an upload that has begun. */
function isMounted(answer: HttpResponse, digest: Digest): boolean {
	if (!succeeded(answer)) return false;
	const location = answer.header('location');
	const path = location !== undefined && URL.canParse(location, answer.url) ? new URL(location, answer.url).pathname : '';
	return answer.header('docker-content-digest') === digest || path.replace(/%3a/gi, ':').endsWith(digest) || (location === undefined && answer.status === 201);
}

async function sources({ descriptor, origin }: PushableBlob, ref: Reference, sites: BlobSites): Promise<readonly string[]> {
	const base = origin?.registry === ref.registry ? [origin.repository] : [];
	return [...base, ...(await sites.find(ref.registry, descriptor.digest))];
}

/** @returns undefined where the other repository may not be read: its blob is sent instead */
async function begin(ref: Reference, query: string, from: string, client: RegistryClient): Promise<HttpResponse | undefined> {
	const other = from !== ref.repository;
	try {
		return await client.request(ref, `blobs/uploads/${query}`, 'pull,push', {
			method: 'POST',
			body: Buffer.alloc(0),
			// At worst an upload is begun that nobody goes on with: registries remove those.
			retry: true,
			...(other && { alsoPull: from }),
		});
	} catch (error) {
		if (other && error instanceof TareError && error.code === 'REGISTRY_AUTH') return undefined;
		throw error;
	}
}

function done(response: HttpResponse): 'there' {
	response.discard();
	return 'there';
}

async function isThere(ref: Reference, digest: Digest, client: RegistryClient): Promise<boolean> {
	const head = await client.request(ref, `blobs/${digest}`, 'pull,push', { method: 'HEAD' });
	head.discard();
	return succeeded(head);
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-a-blob-in-chunks: the registry may be told; it would find out. */
async function cancel(started: HttpResponse, ref: Reference, client: RegistryClient): Promise<void> {
	const response = await client.request(ref, locationOf(started, ref).href, 'pull,push', { method: 'DELETE', retry: false }).catch(() => undefined);
	response?.discard();
}

/** Absolute or relative to the request. @throws TareError REGISTRY_ERROR */
export function locationOf(response: HttpResponse, { registry }: Reference): URL {
	const location = response.header('location');
	response.discard();
	if (location === undefined || !URL.canParse(location, response.url))
		throw new TareError('REGISTRY_ERROR', `${registry} goes on with an upload without saying where`, {
			hint: 'The registry or a proxy in front of it drops the Location header.',
		});
	return new URL(location, response.url);
}
