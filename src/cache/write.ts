/** Writes what a build made and used for the next machine. */
import type { Context } from '../context.js';
import { TareError } from '../errors.js';
import { phase } from '../events.js';
import type { ImageResult } from '../image/types.js';
import { ociLayout } from '../outputs/oci-layout.js';
import { registryOutput } from '../outputs/registry.js';
import { createBlobSites } from '../registry/sites.js';
import { type CachedRecord, toArtifact } from './bundle.js';
import { type CachePlace, describePlace } from './place.js';

const KIND = 'cache-written';

/** A cache that cannot be written is a warning: the image is there. */
export async function writeCaches(places: readonly CachePlace[], image: ImageResult, records: readonly CachedRecord[], context: Context): Promise<void> {
	for (const place of places) await writeCache(place, image, records, context);
}

async function writeCache(place: CachePlace, image: ImageResult, records: readonly CachedRecord[], context: Context): Promise<void> {
	const name = describePlace(place);
	const { store, emit } = context;
	// What was written there last says the same: nothing to send.
	if ((await store.record<string>(KIND, name)) === image.manifest.descriptor.digest) return;
	try {
		await phase(emit, 'output', `write the cache ${name}`, () => write(place, toArtifact(records, image), context));
		await store.setRecord(KIND, name, image.manifest.descriptor.digest);
	} catch (error) {
		if (!(error instanceof TareError) || error.code === 'CANCELLED') throw error;
		emit({ type: 'warning', says: `the cache ${name} is not written: ${error.message}`, ...(error.hint !== undefined && { hint: error.hint }) });
	}
}

async function write(place: CachePlace, artifact: ImageResult, { store, bases, emit }: Context): Promise<void> {
	if (place.kind === 'folder') await ociLayout({ path: place.path, tag: place.tag }).write(artifact);
	else
		await registryOutput({ names: [{ ...place.ref, tag: place.ref.tag ?? 'latest' }], client: bases.registry, emit, sites: createBlobSites(store) }).write(
			artifact,
		);
}
