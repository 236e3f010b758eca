/** What a run of the pipeline stands on: the host, the store, the network and a listener. Passed as a value, never global. */
import type { BaseContext } from './bases/resolve.js';
import type { Builder } from './builder/contract.js';
import type { SharedStore } from './cache/overlay.js';
import type { Host } from './config/host.js';
import type { BuildRequest } from './config/request.js';
import type { Listener } from './events.js';
import type { LayerOpener } from './image/saved.js';
import type { Store } from './store/contract.js';

export interface Context {
	readonly host: Host;
	readonly store: Store;
	readonly builders: readonly Builder[];
	readonly bases: BaseContext;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	/** Milliseconds since the epoch. */
	now(): number;
	/** Layers of a base in a registry that were never downloaded. */
	readonly openLayer: LayerOpener;
	/** The store with caches behind it; absent where none was named. */
	readonly shared?: SharedStore;
	/** Names under which an image is found in the store again. */
	namesOf(request: BuildRequest): readonly string[];
}
