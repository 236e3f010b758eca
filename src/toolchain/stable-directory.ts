/** A work folder that has the same path on every machine: compilers and bundlers write the path into names and contents. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errno, TareError } from '../errors.js';
import type { ScratchDirectory } from '../store/contract.js';

/** On disk, not in memory, and there on every Linux (FHS 3.0, 5.15). */
const PARENT = '/var/tmp';
const PREFIX = 'tare-build-';

export interface StableOptions {
	readonly signal?: AbortSignal | undefined;
	/** Called once, when another build has the folder and is waited for. */
	readonly onWait?: () => void;
}

/** A folder without an owner is being removed, or nobody's. */
const OWNERLESS_MS = 5000;
const POLL_MS = 100;

/**
 * Waits while another process builds in it: a folder elsewhere could give another result.
 * @param name equal for equal sources @returns a folder with a file `pid` that says whose it is; undefined when the place cannot be written, or this process has it
 * @throws TareError CANCELLED
 */
export async function stableDirectory(name: string, { signal, onWait }: StableOptions = {}): Promise<ScratchDirectory | undefined> {
	if (!existsSync('/proc/self/ns/pid') || !existsSync(PARENT)) return undefined;
	const root = join(PARENT, `${PREFIX}${name}`);
	let said = false;
	for (let ownerless = 0; ownerless < OWNERLESS_MS; ) {
		for (const other of readdirSync(PARENT)) if (other.startsWith(PREFIX) && ownerOf(join(PARENT, other)) === 'dead') remove(join(PARENT, other));
		// Aside of the thread: a workspace may have many thousand files.
		if (take(root)) return { path: root, dispose: () => rm(root, { recursive: true, force: true }).catch(() => undefined) };
		const owner = existsSync(root) ? ownerOf(root) : 'dead';
		if (owner === 'self' || !isWritable(PARENT)) return undefined;
		if (owner === 'other' && !said) onWait?.();
		said ||= owner === 'other';
		if (owner === 'unknown') ownerless += POLL_MS;
		await setTimeout(POLL_MS, undefined, { signal }).catch((cause) => {
			throw new TareError('CANCELLED', 'stopped while another build of the same source was under way', { cause });
		});
	}
	return undefined;
}

/** Fails when the folder is there, whoever made it: nobody can put one in our way that we would use. */
function take(root: string): boolean {
	try {
		mkdirSync(root, { mode: 0o700 });
		writeFileSync(join(root, 'pid'), `${process.pid} ${processes()}`, { flag: 'wx' });
		return true;
	} catch {
		return false;
	}
}

/** `dead`: the build that made the folder has ended without removing it. */
function ownerOf(root: string): 'self' | 'other' | 'dead' | 'unknown' {
	try {
		const [pid, where] = readFileSync(join(root, 'pid'), 'utf8').split(' ');
		if (where !== processes()) return 'unknown';
		if (Number(pid) === process.pid) return 'self';
		process.kill(Number(pid), 0);
		return 'other';
	} catch (cause) {
		// Another user's process may not be signalled, but is there.
		return errno(cause) === 'ESRCH' ? 'dead' : errno(cause) === 'EPERM' ? 'other' : 'unknown';
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

/** Where a process id means something: a container may share the folder and not the processes. */
function processes(): string {
	return readlinkSync('/proc/self/ns/pid');
}

function remove(root: string): void {
	try {
		rmSync(root, { recursive: true, force: true });
	} catch {
		// Another user's: theirs to remove.
	}
}
