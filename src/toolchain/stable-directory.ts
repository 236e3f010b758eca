/** A work folder that has the same path on every machine: compilers and bundlers write the path into names and contents. */
import { accessSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TareError } from '../errors.js';
import type { ScratchDirectory } from '../store/contract.js';
import { ownerOf, ownRecord } from './folder-owner.js';

/** On disk, not in memory, and there on every Linux (FHS 3.0, 5.15). */
const PARENT = '/var/tmp';
const PREFIX = 'tare-build-';

export interface StableOptions {
	readonly signal?: AbortSignal | undefined;
	/** Called once, when another build has the folder and is waited for. */
	readonly onWait?: () => void;
	/** Called when another user has the folder: it is not waited for, and not opened. */
	readonly onForeign?: (path: string) => void;
}

/** A folder without an owner is being removed, or nobody's. */
const OWNERLESS_MS = 5000;
const POLL_MS = 100;
/** No build is waited for longer. */
const WAIT_MS = 3_600_000;
/** Other users may make any number of folders; so many are looked at. */
const SWEPT = 4096;
/** Longer than any build takes: a container that shares the folder may have it. */
const ABANDONED_MS = 86_400_000;

/**
 * Waits while another process builds in it: a folder elsewhere could give another result.
 * @param name equal for equal sources @returns a folder with a file `pid` that says whose it is; undefined when the place cannot be written, or this process or another user has it
 * @throws TareError CANCELLED
 */
export async function stableDirectory(name: string, { signal, onWait, onForeign }: StableOptions = {}): Promise<ScratchDirectory | undefined> {
	if (!existsSync('/proc/self/ns/pid') || !existsSync(PARENT)) return undefined;
	const root = join(PARENT, `${PREFIX}${name}`);
	sweep();
	let said = false;
	const patience = Date.now() + WAIT_MS;
	for (let ownerless = 0; ownerless < OWNERLESS_MS && Date.now() < patience; ) {
		// Aside of the thread: a workspace may have many thousand files.
		if (take(root)) return { path: root, dispose: () => rm(root, { recursive: true, force: true }).catch(() => undefined) };
		const owner = ownerOf(root);
		if (owner === 'foreign') onForeign?.(root);
		if (owner === 'self' || owner === 'foreign' || !isWritable(PARENT)) return undefined;
		if (owner === 'dead') remove(root);
		if (owner === 'other' && !said) onWait?.();
		said ||= owner === 'other';
		if (owner !== 'other') ownerless += POLL_MS;
		await setTimeout(POLL_MS, undefined, { signal }).catch((cause) => {
			throw new TareError('CANCELLED', 'stopped while another build of the same source was under way', { cause });
		});
	}
	return undefined;
}

/** Removes what builds of this user left that were killed; what no process here can answer for, after a day. */
function sweep(): void {
	const names = readdirSync(PARENT).filter((name) => name.startsWith(PREFIX));
	for (const name of names.slice(0, SWEPT)) {
		const path = join(PARENT, name);
		const owner = ownerOf(path);
		if (owner === 'dead' || (owner === 'unknown' && isOld(path))) remove(path);
	}
}

function isOld(path: string): boolean {
	const stat = lstatSync(path, { throwIfNoEntry: false });
	return stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_MS;
}

/** Fails when the folder is there, whoever made it: nobody can put one in our way that we would use. */
function take(root: string): boolean {
	try {
		mkdirSync(root, { mode: 0o700 });
		writeFileSync(join(root, 'pid'), ownRecord(), { flag: 'wx', mode: 0o600 });
		return true;
	} catch {
		return false;
	}
}

function isWritable(folder: string): boolean {
	try {
		accessSync(folder, constants.W_OK);
		return true;
	} catch {
		return false;
	}
}

function remove(root: string): void {
	try {
		rmSync(root, { recursive: true, force: true });
	} catch {
		// Another user's: theirs to remove.
	}
}
