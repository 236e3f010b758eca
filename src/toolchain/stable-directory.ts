/** A work folder that has the same path on every machine: compilers and bundlers write the path into names and contents. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../errors.js';
import type { ScratchDirectory } from '../store/contract.js';

/** On disk, not in memory, and there on every Linux (FHS 3.0, 5.15). */
const PARENT = '/var/tmp';

/** @param name equal for equal sources @returns undefined when another build has it, or the place cannot be written */
export function stableDirectory(name: string): ScratchDirectory | undefined {
	const root = join(PARENT, `tare-${name}`);
	const taken = take(root) || (isAbandoned(root) && remove(root) && take(root));
	if (!taken) return undefined;
	const path = join(root, 'app');
	mkdirSync(path);
	return { path, dispose: async () => void remove(root) };
}

/** Fails when the folder is there, whoever made it: nobody can put one in our way that we would use. */
function take(root: string): boolean {
	try {
		mkdirSync(root, { mode: 0o700 });
		writeFileSync(join(root, 'pid'), String(process.pid), { flag: 'wx' });
		return true;
	} catch {
		return false;
	}
}

/** True when the build that made the folder has ended without removing it. */
function isAbandoned(root: string): boolean {
	try {
		process.kill(Number(readFileSync(join(root, 'pid'), 'utf8')), 0);
		return false;
	} catch (cause) {
		return errno(cause) === 'ESRCH';
	}
}

function remove(root: string): boolean {
	rmSync(root, { recursive: true, force: true });
	return true;
}
