/** Layers by key: one that was made before and is still in the store is not made again. */
import type { Store } from '../store/contract.js';
import type { LayerBlob } from './write.js';

const KIND = 'layer';

/** @param key everything the layer's bytes depend on */
export async function recordedLayer(store: Store, key: string): Promise<LayerBlob | undefined> {
	const known = await store.record<LayerBlob>(KIND, key);
	if (known === undefined) return undefined;
	const blob = await store.blob(known.descriptor.digest);
	return blob?.size === known.descriptor.size ? known : undefined;
}

/** @param fresh makes it anew even when it is there */
export async function cachedLayer(
	store: Store,
	key: string,
	make: () => Promise<LayerBlob>,
	fresh = false,
): Promise<{ readonly layer: LayerBlob; readonly reused: boolean }> {
	const known = fresh ? undefined : await recordedLayer(store, key);
	if (known !== undefined) return { layer: known, reused: true };
	const layer = { ...(await make()), key };
	await store.setRecord(KIND, key, layer);
	return { layer, reused: false };
}
