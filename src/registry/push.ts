/** Pushing: every blob once, documents after what they name, tags last. */
import { TareError } from '../errors.js';
import { blobsOf, documentBlob, documentsOf, imagesOf } from '../image/blobs.js';
import type { Document, ImageResult } from '../image/types.js';
import { type HttpResponse, succeeded } from '../net/contract.js';
import { isIndexType } from '../oci/media-types.js';
import { formatReference, type Reference } from '../oci/reference.js';
import { eachOf } from '../settled.js';
import type { RegistryClient } from './client.js';
import { registryError } from './errors.js';
import { type PushOptions, pushBlob } from './push-blob.js';
import { waitBefore } from './retry.js';

/** Blobs at a time; the client bounds requests. */
const BLOBS = 8;
const MANIFESTS = 4;

/**
 * Pushes an image to one repository.
 * @param names tags, or the image's digest
 * @throws TareError REGISTRY_* | NETWORK; a tag is only moved when everything it leads to is there
 */
export async function pushImage(result: ImageResult, repository: Reference, names: readonly string[], options: PushOptions): Promise<void> {
	const { manifest } = result;
	const there = await Promise.all(names.map((name) => pointsAt(repository, name, manifest, options.client)));
	const missing = names.filter((_, at) => there[at] !== true);
	if (missing.length === 0) return;
	// What one name leads to is there for all of them.
	if (missing.length === names.length) await pushContents(result, repository, options);
	for (const name of missing) await putManifest(manifest, repository, name, options.client);
}

async function pushContents(result: ImageResult, repository: Reference, options: PushOptions): Promise<void> {
	const images = imagesOf(result);
	const blobs = [...blobsOf(result), ...images.map(({ config }) => documentBlob(config))];
	// The largest first: what takes longest should not begin last.
	await eachOf(
		blobs.toSorted((a, b) => b.descriptor.size - a.descriptor.size),
		BLOBS,
		(blob) => pushBlob(blob, repository, options),
	);
	const configs = new Set(images.map(({ config }) => config.descriptor.digest));
	const children = documentsOf(result).filter(({ descriptor: { digest } }) => !configs.has(digest) && digest !== result.manifest.descriptor.digest);
	const put = (child: Document<unknown>): Promise<void> => putManifest(child, repository, child.descriptor.digest, options.client);
	const isIndex = ({ descriptor }: Document<unknown>): boolean => isIndexType(descriptor.mediaType);
	await eachOf(
		children.filter((child) => !isIndex(child)),
		MANIFESTS,
		put,
	);
	// In their order: one may name the one before.
	await eachOf(children.filter(isIndex), 1, put);
}

/**
 * All that the manifest names was uploaded or found before. A registry can still lack a blob for a moment: when another client uploads the same one
 * and it is being moved to its place. @throws TareError REGISTRY_*
 */
async function acceptedManifest({ bytes, descriptor }: Document<unknown>, ref: Reference, name: string, client: RegistryClient): Promise<HttpResponse> {
	const { registry, repository } = ref;
	const named = formatReference(name === descriptor.digest ? { registry, repository, digest: descriptor.digest } : { registry, repository, tag: name });
	for (let attempt = 1; ; attempt++) {
		const response = await client.request(ref, `manifests/${name}`, 'pull,push', {
			method: 'PUT',
			headers: { 'content-type': descriptor.mediaType },
			body: bytes,
		});
		if (succeeded(response)) return response;
		const error = await registryError(response, `the manifest ${named}`);
		if (attempt >= client.patience.attempts || !/\b(?:MANIFEST_)?BLOB_UNKNOWN\b/.test(error.message)) throw error;
		await waitBefore(attempt, undefined, client.patience, client.signal);
	}
}

/** One request is all that an unchanged image costs. */
async function pointsAt(ref: Reference, name: string, { descriptor }: Document<unknown>, client: RegistryClient): Promise<boolean> {
	const asked = client.request(ref, `manifests/${name}`, 'pull,push', { method: 'HEAD', headers: { accept: descriptor.mediaType } });
	// Who may not ask may still write, and only the answer to a push says why it is refused.
	const response = await asked.catch(unlessRefused);
	if (response === undefined) return false;
	response.discard();
	// A registry that names no digest is told again.
	return succeeded(response) && response.header('docker-content-digest') === descriptor.digest;
}

function unlessRefused(error: unknown): undefined {
	if (!(error instanceof TareError) || error.code !== 'REGISTRY_AUTH') throw error;
}

async function putManifest(document: Document<unknown>, ref: Reference, name: string, client: RegistryClient): Promise<void> {
	const { descriptor } = document;
	const response = await acceptedManifest(document, ref, name, client);
	response.discard();
	const got = response.header('docker-content-digest');
	if (got !== undefined && got !== descriptor.digest)
		throw new TareError('REGISTRY_ERROR', `${ref.registry} stored ${got} where ${descriptor.digest} was sent`, {
			hint: 'The registry rewrites manifests: check its settings.',
		});
}
