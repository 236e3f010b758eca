/** A work folder that has the same path on every machine: compilers and bundlers write the path into names and contents. */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../errors.js';
import type { ScratchDirectory } from '../store/contract.js';

/** On disk, not in memory, and there on every Linux (FHS 3.0, 5.15). */
const PARENT = '/var/tmp';
const PREFIX = 'tare-build-';

/** @param name equal for equal sources @returns a folder with a file `pid` that says whose it is; undefined when another build has it, or the place cannot be written */
export function stableDirectory(name: string): ScratchDirectory | undefined {
	if (!existsSync('/proc/self/ns/pid') || !existsSync(PARENT)) return undefined;
	const root = join(PARENT, `${PREFIX}${name}`);
	for (const other of readdirSync(PARENT)) if (other.startsWith(PREFIX) && isAbandoned(join(PARENT, other))) remove(join(PARENT, other));
	if (!take(root)) return undefined;
	// Aside of the thread: a workspace may have many thousand files.
	return { path: root, dispose: () => rm(root, { recursive: true, force: true }).catch(() => undefined) };
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

/** True when the build that made the folder has ended without removing it. */
function isAbandoned(root: string): boolean {
	try {
		const [pid, where] = readFileSync(join(root, 'pid'), 'utf8').split(' ');
		if (where === processes()) process.kill(Number(pid), 0);
		return false;
	} catch (cause) {
		return errno(cause) === 'ESRCH';
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
