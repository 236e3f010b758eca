/** Layer sources become layers of the store; equal keys are made once. */

import type { Listener } from '../events.js';
import type { Gate } from '../gate.js';
import { toLayer } from '../image/stored-layer.js';
import type { Layer } from '../image/types.js';
import { cachedLayer } from '../layers/cached.js';
import { LEVEL_BASE } from '../layers/levels.js';
import type { LayerSource } from '../layers/source.js';
import { writeLayer } from '../layers/write.js';
import type { Store } from '../store/contract.js';

export interface MaterialiseContext {
	readonly store: Store;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	/** Packing uses every core by itself; two at once would only need twice the memory. */
	readonly packing: Gate;
}

export async function materialise(source: LayerSource, { store, emit, signal, packing }: MaterialiseContext): Promise<Layer> {
	const { layer, reused } = await cachedLayer(store, `${source.key} gzip ${LEVEL_BASE}`, () =>
		packing(async () => writeLayer(await source.entries(), store, { level: LEVEL_BASE, ...(signal !== undefined && { signal }) })),
	);
	emit({ type: 'layer', name: source.name, digest: layer.descriptor.digest, size: layer.descriptor.size, reused });
	return toLayer(layer, source, store);
}
