/** Pushing: every blob once, documents after what they name, tags last. */

import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { documentBlob, documentsOf, imagesOf, layersOf } from '../image/blobs.js';
import type { Blob, Document, ImageResult, Layer } from '../image/types.js';
import { formatReference, type Reference } from '../oci/reference.js';
import { type RegistryClient, registryError } from './client.js';

export interface PushOptions {
	readonly client: RegistryClient;
	readonly emit: Listener;
}

/** @throws TareError REGISTRY_* | NETWORK; a tag is only moved when everything it leads to is there */
export async function pushImage(result: ImageResult, ref: Reference, options: PushOptions): Promise<void> {
	const { manifest } = result;
	if (await tagPointsAt(ref, manifest, options.client)) return;
	const configs = imagesOf(result).map(({ config }) => documentBlob(config));
	await Promise.all([...layersOf(result), ...configs].map((blob) => pushBlob(blob, ref, options)));
	const documents = documentsOf(result).filter((document) => !imagesOf(result).some(({ config }) => config === document));
	for (const document of documents) {
		const last = document.descriptor.digest === manifest.descriptor.digest;
		await putManifest(document, ref, last ? (ref.tag ?? manifest.descriptor.digest) : document.descriptor.digest, options.client);
	}
}

/** One request is all that an unchanged image costs. */
async function tagPointsAt(ref: Reference, { descriptor }: Document<unknown>, client: RegistryClient): Promise<boolean> {
	const response = await client.request(ref, `manifests/${ref.tag ?? descriptor.digest}`, 'pull,push', {
		method: 'HEAD',
		headers: { accept: descriptor.mediaType },
	});
	response.discard();
	return response.status === 200 && response.header('docker-content-digest') === descriptor.digest;
}

async function pushBlob(blob: Blob & Partial<Pick<Layer, 'origin' | 'name'>>, ref: Reference, { client, emit }: PushOptions): Promise<void> {
	const { digest, size } = blob.descriptor;
	const head = await client.request(ref, `blobs/${digest}`, 'pull,push', { method: 'HEAD' });
	head.discard();
	if (head.status === 200) return;
	const { origin } = blob;
	const mountable = origin !== undefined && origin.registry === ref.registry && origin.repository !== ref.repository;
	const query = mountable ? `?mount=${digest}&from=${encodeURIComponent(origin.repository)}` : '';
	const started = await client.request(ref, `blobs/uploads/${query}`, 'pull,push', {
		method: 'POST',
		body: Buffer.alloc(0),
		...(mountable && { alsoPull: origin.repository }),
	});
	if (started.status === 201) return started.discard();
	if (started.status !== 202) throw await registryError(started, `an upload to ${formatReference(ref)}`);
	started.discard();
	const location = started.header('location');
	if (location === undefined) throw new TareError('REGISTRY_ERROR', `${ref.registry} starts an upload without saying where`);
	const url = new URL(location, started.url);
	url.searchParams.set('digest', digest);
	const done = await client.request(ref, url.href, 'pull,push', {
		method: 'PUT',
		headers: { 'content-type': 'application/octet-stream' },
		body: { length: size, open: () => counted(blob, `push ${blob.name ?? 'config'}`, emit) },
	});
	if (done.status !== 201 && done.status !== 204) throw await registryError(done, `the blob ${digest}`);
	done.discard();
}

async function* counted(blob: Blob, task: string, emit: Listener): AsyncGenerator<Uint8Array> {
	let done = 0;
	for await (const chunk of await blob.open()) {
		yield chunk as Uint8Array;
		done += (chunk as Uint8Array).length;
		emit({ type: 'progress', task, done, total: blob.descriptor.size });
	}
}

async function putManifest({ bytes, descriptor }: Document<unknown>, ref: Reference, name: string, client: RegistryClient): Promise<void> {
	const response = await client.request(ref, `manifests/${name}`, 'pull,push', {
		method: 'PUT',
		headers: { 'content-type': descriptor.mediaType },
		body: bytes,
	});
	if (response.status !== 201 && response.status !== 200 && response.status !== 202)
		throw await registryError(response, `the manifest ${formatReference(ref)}`);
	response.discard();
	const got = response.header('docker-content-digest');
	if (got !== undefined && got !== descriptor.digest)
		throw new TareError('REGISTRY_ERROR', `${ref.registry} stored ${got} where ${descriptor.digest} was sent`, {
			hint: 'The registry rewrites manifests: check its settings.',
		});
}
