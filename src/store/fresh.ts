/** The store as `--fresh` sees it: nothing that an earlier build made is taken, and what is given replaces what was there. */
import { rm } from 'node:fs/promises';
import type { Store } from './contract.js';
import { keptKind } from './kept.js';

/** @param scratch a new empty folder that is gone after the build */
export function freshStore(store: Store, scratch: (label: string) => Promise<string>): Store {
	const made = new Map<string, Promise<string>>();
	return {
		...store,
		findTree: async (kind, key) => (keptKind(kind).isSource ? store.findTree(kind, key) : made.get(`${kind} ${key}`)),
		tree: (kind, key, fill) => {
			if (keptKind(kind).isSource) return store.tree(kind, key, fill);
			const known = made.get(`${kind} ${key}`);
			if (known !== undefined) return known;
			const filled = fillIn(scratch(`tree-${kind}`), fill);
			made.set(`${kind} ${key}`, filled);
			return filled;
		},
		takeTree: async (kind, key, to) => {
			if (await store.takeTree(kind, key, to)) await rm(to, { recursive: true, force: true });
			return false;
		},
	};
}

async function fillIn(folder: Promise<string>, fill: (dir: string) => Promise<void>): Promise<string> {
	const dir = await folder;
	await fill(dir);
	return dir;
}
