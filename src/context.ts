/** What a run of the pipeline stands on: the host, the store, the network and a listener. Passed as a value, never global. */
import type { Builder } from './builder/contract.js';
import type { Host } from './config/host.js';
import type { Listener } from './events.js';
import type { HttpClient } from './net/contract.js';
import type { Store } from './store/contract.js';

export interface Context {
	readonly host: Host;
	readonly store: Store;
	readonly http: HttpClient;
	readonly builders: readonly Builder[];
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
}
