/** The store's care, as functions. */
import { readHost } from '../config/host.js';
import { pruneStore, type StoreUsage, storeUsage } from '../store/prune.js';

export async function cacheUsage(): Promise<StoreUsage> {
	return storeUsage(readHost().storeRoot);
}

export async function cachePrune(options: { readonly maxBytes?: number; readonly all?: boolean }): Promise<{ readonly items: number; readonly bytes: number }> {
	const { storeRoot, now } = readHost();
	return pruneStore(storeRoot, { ...options, now });
}
