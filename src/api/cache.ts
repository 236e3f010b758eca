/** The store's care, as functions. */
import { readHost } from '../config/host.js';
import { parseSize } from '../config/size.js';
import { pruneStore, type StoreUsage, storeUsage } from '../store/prune.js';

export async function cacheUsage(): Promise<StoreUsage> {
	return storeUsage(readHost().storeRoot);
}

export async function cachePrune(options: {
	readonly maxBytes?: number;
	readonly maxSize?: string;
	readonly all?: boolean;
}): Promise<{ readonly items: number; readonly bytes: number }> {
	const { storeRoot, now } = readHost();
	const maxBytes = options.maxBytes ?? (options.maxSize === undefined ? undefined : parseSize(options.maxSize));
	return pruneStore(storeRoot, { all: options.all, now, ...(maxBytes !== undefined && { maxBytes }) });
}
