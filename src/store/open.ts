/** The store on disk: content-addressed blobs, keyed records, kept folders. Safe to share, to kill and to lose. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createBlobs } from './blobs.js';
import type { Store } from './contract.js';
import { storeFailure } from './failure.js';
import { createRecords } from './records.js';
import { createScratches } from './scratch.js';
import { createTrees } from './trees.js';

/** Grows when the layout on disk changes; older versions are left for `prune --all`. */
export const STORE_VERSION = 'v1';

/** @param root absolute @throws TareError STORE_UNUSABLE | NO_SPACE */
export async function openStore(root: string): Promise<Store> {
	const home = join(root, STORE_VERSION);
	try {
		await mkdir(join(home, 'tmp'), { recursive: true });
	} catch (cause) {
		throw storeFailure(cause, home);
	}
	const scratches = createScratches(join(home, 'tmp'));
	return { root: home, ...createBlobs(home, scratches), ...createRecords(home, scratches), ...createTrees(home, scratches), scratch: scratches.scratch };
}
