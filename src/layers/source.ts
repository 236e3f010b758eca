/** A layer that can be made when somebody asks: its key is known before its content. */
import type { Purpose } from '../image/types.js';
import type { Entry } from './entry.js';

export interface LayerSource {
	readonly name: string;
	readonly purpose: Purpose;
	/** Everything the layer's bytes depend on, hashed or joined: equal keys mean equal layers. */
	readonly key: string;
	/** For the image's history: what made the layer. */
	readonly history: string;
	/** Called only when no recorded layer has this key. */
	entries(): Promise<Iterable<Entry> | AsyncIterable<Entry>>;
}
