/** A store that may only be read, with one in front that takes what is made: a shared cache that is mounted read-only. */
import type { Store } from './contract.js';

export function layered(own: Store, below: Store): Store {
	return {
		...own,
		blob: async (digest) => (await own.blob(digest)) ?? below.blob(digest),
		record: async <T>(kind: string, key: string) => (await own.record<T>(kind, key)) ?? below.record<T>(kind, key),
		findTree: async (kind, key) => (await own.findTree(kind, key)) ?? below.findTree(kind, key),
		tree: async (kind, key, fill) => (await below.findTree(kind, key)) ?? own.tree(kind, key, fill),
	};
}
