/** Keeps the store within its bound: looked at once a day, after a build. */
import type { Context } from '../context.js';
import { pruneStore } from '../store/prune.js';

const KIND = 'tidied';
const DAY_MS = 86_400_000;

export async function tidyStore({ host, store, emit }: Pick<Context, 'host' | 'store' | 'emit'>): Promise<void> {
	const last = await store.record<number>(KIND, 'store');
	if (last !== undefined && host.now - last < DAY_MS) return;
	await store.setRecord(KIND, 'store', host.now);
	const { items, bytes } = await pruneStore(host.storeRoot, { maxBytes: host.storeLimit(), now: host.now });
	if (bytes > 1e6) emit({ type: 'note', says: `the store was tidied: ${items} items that were not used for longest, ${Math.round(bytes / 1e6)} MB` });
}
