/** Caches named by the user: where they are read from and written to. */
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { readLayout } from '../image/read.js';
import type { ImageResult } from '../image/types.js';
import type { Reference } from '../oci/reference.js';
import type { RegistryClient } from '../registry/client.js';
import { pullImage } from '../registry/pull.js';
import type { BlobSites } from '../registry/sites.js';
import { type Bundle, fromResult } from './bundle.js';
import { type CachePlace, describePlace } from './place.js';

export interface CacheContext {
	readonly registry: RegistryClient;
	readonly sites: BlobSites;
	readonly emit: Listener;
}

/** A cache that is not there or cannot be read is none: a build never fails for it. */
export async function readCaches(places: readonly CachePlace[], context: CacheContext): Promise<readonly Bundle[]> {
	const found = await Promise.all(places.map((place) => readCache(place, context)));
	return found.filter((bundle) => bundle !== undefined);
}

async function readCache(place: CachePlace, context: CacheContext): Promise<Bundle | undefined> {
	const name = describePlace(place);
	try {
		const bundle = await fromResult(await readPlace(place, context), place);
		context.emit({ type: 'note', says: `cache ${name}: ${bundle.records.length} records` });
		if (place.kind === 'registry') await remember(place.ref, bundle, context.sites);
		return bundle;
	} catch (error) {
		if (!(error instanceof TareError) || error.code === 'CANCELLED') throw error;
		if (isAbsent(error)) context.emit({ type: 'note', says: `cache ${name}: there is none yet` });
		else context.emit({ type: 'warning', says: `the cache ${name} is not used: ${error.message}`, ...(error.hint !== undefined && { hint: error.hint }) });
		return undefined;
	}
}

function readPlace(place: CachePlace, { registry }: CacheContext): Promise<ImageResult> {
	return place.kind === 'folder' ? readLayout(place.path, place.tag) : pullImage(place.ref, registry, { whole: true });
}

function isAbsent({ code, message }: TareError): boolean {
	return code === 'REGISTRY_NOT_FOUND' || /has no index\.json|holds no image named/.test(message);
}

/** A push to the same registry mounts what the cache holds. */
async function remember({ registry, repository }: Reference, { blobs }: Bundle, sites: BlobSites): Promise<void> {
	for (const digest of blobs.keys()) await sites.add(registry, digest, repository);
}
