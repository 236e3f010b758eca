/** A layer blob of the store as a layer of an image. */
import { TareError } from '../errors.js';
import type { LayerBlob } from '../layers/write.js';
import type { Store } from '../store/contract.js';
import type { Layer, Purpose } from './types.js';

export interface LayerLabel {
	readonly name: string;
	readonly purpose: Purpose;
	/** What made it. */
	readonly history: string;
}

export function toLayer({ descriptor, diffId, key }: LayerBlob, { name, purpose, history }: LayerLabel, store: Store): Layer {
	return {
		descriptor,
		diffId,
		...(key !== undefined && { key }),
		name,
		purpose,
		history: { created_by: `tare: ${history}`, comment: `${name} (${purpose})` },
		open: async () => {
			const blob = await store.blob(descriptor.digest);
			if (blob === undefined) throw new TareError('STORE_CORRUPT', `the layer "${name}" left the store during the build`, { hint: 'Run the command again.' });
			return blob.open();
		},
	};
}
