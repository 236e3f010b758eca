/** An image whose layers came from a cache stays whole without it: the store has them, or knows where they are. */
import type { BuildRequest } from '../config/request.js';
import type { Context } from '../context.js';
import { layersOf } from '../image/blobs.js';
import { saveImage } from '../image/saved.js';
import type { Image, ImageResult, Layer } from '../image/types.js';
import type { Digest } from '../oci/digest.js';
import type { Reference } from '../oci/reference.js';
import type { SharedStore } from './overlay.js';

/** Nothing is fetched that a registry has: the one of the image where it was pushed, else the cache's. @throws TareError STORE_CORRUPT | NO_SPACE */
export async function keepShared(image: ImageResult, shared: SharedStore, request: BuildRequest, context: Context): Promise<void> {
	const [pushed] = request.push ? request.names : [];
	const origins = new Map<Digest, Reference>();
	for (const { descriptor, origin } of layersOf(image)) {
		const place = origin === undefined ? await shared.placeOf(descriptor.digest) : undefined;
		if (place === undefined) continue;
		const registry = pushed ?? (place.kind === 'registry' ? place.ref : undefined);
		if (registry !== undefined) origins.set(descriptor.digest, registry);
		else await (await shared.blob(descriptor.digest))?.verifiedPath();
	}
	if (origins.size > 0) await saveImage(context.store, withOrigins(image, origins), context.namesOf(request));
}

function withOrigins(result: ImageResult, origins: ReadonlyMap<Digest, Reference>): ImageResult {
	const layer = (one: Layer): Layer => {
		const origin = origins.get(one.descriptor.digest);
		return origin === undefined ? one : { ...one, origin };
	};
	const image = (one: Image): Image => ({ ...one, layers: one.layers.map(layer) });
	return result.kind === 'image' ? image(result) : { ...result, images: result.images.map(image) };
}
