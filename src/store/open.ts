/** The store on disk: content-addressed blobs, keyed records, kept folders. Safe to share, to kill and to lose. */
import { randomBytes } from 'node:crypto';
import { access, chmod, constants, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../errors.js';
import { createBlobs } from './blobs.js';
import type { Store } from './contract.js';
import { storeFailure } from './failure.js';
import { layered } from './layered.js';
import { createRecords } from './records.js';
import { createScratches } from './scratch.js';
import { createTrees } from './trees.js';

/** Grows when the layout on disk changes; older versions are left for `prune --all`. */
export const STORE_VERSION = 'v1';
/** A store holds copies of sources, and what it holds is run: no other user reads or writes it. */
const OWNER_ONLY = 0o700;
/** Names the process that uses the store, in tmp/: see `pruneStore`. */
export const ACTIVE = 'active';

export interface OpenOptions {
	/** Folder for what cannot be written to a store that may only be read; without it such a store is an error. */
	readonly aside?: string;
}

/** @param root absolute @throws TareError STORE_UNUSABLE | NO_SPACE */
export async function openStore(root: string, { aside }: OpenOptions = {}): Promise<Store> {
	const home = join(root, STORE_VERSION);
	try {
		return await openWritable(home);
	} catch (cause) {
		if (aside === undefined || !(await isReadable(home)) || !['EROFS', 'EACCES', 'EPERM'].includes(errno(cause) ?? '')) throw storeFailure(cause, home);
		const scratch = join(aside, `tare-store-${randomBytes(6).toString('hex')}`);
		const own = await openWritable(scratch);
		return layered({ ...own, close: () => rm(scratch, { recursive: true, force: true }) }, assemble(home));
	}
}

async function openWritable(home: string): Promise<Store> {
	await mkdir(join(home, 'tmp'), { recursive: true, mode: OWNER_ONLY });
	await closeToOthers(home);
	const store = assemble(home);
	const marker = createScratches(join(home, 'tmp')).name(ACTIVE);
	await writeFile(marker, '');
	return { ...store, close: () => rm(marker, { force: true }) };
}

/** A store that an older version made, or another's umask, is closed where it is ours. */
async function closeToOthers(home: string): Promise<void> {
	const { mode, uid } = await stat(home);
	if ((mode & 0o077) !== 0 && uid === process.getuid?.()) await chmod(home, OWNER_ONLY);
}

function assemble(home: string): Store {
	const scratches = createScratches(join(home, 'tmp'));
	const records = createRecords(home, scratches);
	return {
		root: home,
		close: async () => undefined,
		...createBlobs(home, scratches),
		...records,
		...createTrees(home, scratches, records),
		scratch: scratches.scratch,
	};
}

async function isReadable(home: string): Promise<boolean> {
	return access(home, constants.R_OK | constants.X_OK).then(
		() => true,
		() => false,
	);
}
