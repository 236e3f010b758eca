/** Whose a build folder in the shared temporary folder is. Other users may put anything there: nothing of theirs is opened. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../errors.js';
import { processStart } from '../store/scratch.js';

const FILE = 'pid';
/** Longer than any record of ours. */
const LIMIT = 256;

/**
 * `dead`: the build that made the folder has ended without removing it. `foreign`: another user's, or nothing that Tare makes.
 * `unknown`: no record yet, or one of a container that shares the folder and not the processes.
 */
export type Owner = 'self' | 'other' | 'dead' | 'unknown' | 'foreign';

/** Names one process on one machine: the id alone may be used again. */
export function ownRecord(): string {
	return `${process.pid} ${processes()} ${processStart(process.pid) ?? ''}`;
}

export function ownerOf(root: string): Owner {
	const stat = lstatSync(root, { throwIfNoEntry: false });
	if (stat === undefined) return 'dead';
	if (!stat.isDirectory() || stat.uid !== process.getuid?.()) return 'foreign';
	const record = readRecord(join(root, FILE));
	if (record === undefined) return 'unknown';
	const [pid, where, start] = record.split(' ');
	if (where !== processes() || !/^\d{1,10}$/.test(pid ?? '')) return 'unknown';
	if (!isAlive(Number(pid))) return 'dead';
	if (start !== undefined && start !== String(processStart(Number(pid)))) return 'dead';
	return Number(pid) === process.pid ? 'self' : 'other';
}

/** Undefined where it is not a small plain file of ours: a link is not followed, a pipe not waited for. */
function readRecord(path: string): string | undefined {
	let file: number | undefined;
	try {
		file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		const stat = fstatSync(file);
		if (!stat.isFile() || stat.uid !== process.getuid?.() || stat.size > LIMIT) return undefined;
		const bytes = Buffer.alloc(LIMIT);
		return bytes.toString('latin1', 0, readSync(file, bytes, 0, LIMIT, 0));
	} catch {
		return undefined;
	} finally {
		if (file !== undefined) closeSync(file);
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (cause) {
		// A process that may not be signalled is there.
		return errno(cause) === 'EPERM';
	}
}

/** Where a process id means something: a container may share the folder and not the processes; another boot has others. */
function processes(): string {
	return `${readlinkSync('/proc/self/ns/pid')}@${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
}
