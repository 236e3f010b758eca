/** Temporary names on the store's file system, marked with their owner so that the leftovers of dead processes can be told. */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchDirectory } from './contract.js';
import { storeFailure } from './failure.js';

const NAMESPACE_DIGITS = 10;

export interface Scratches {
	/** A fresh name for a file or folder that will be renamed away. */
	name(label: string): string;
	scratch(label: string): Promise<ScratchDirectory>;
}

export function createScratches(tmp: string): Scratches {
	const name = (label: string): string => join(tmp, `${label.replace(/[^\w-]/g, '_')}.${owner()}.${randomBytes(6).toString('hex')}`);
	return {
		name,
		async scratch(label) {
			const path = name(label);
			try {
				await mkdir(path, { recursive: true });
			} catch (cause) {
				throw storeFailure(cause, path);
			}
			return { path, dispose: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
		},
	};
}

/** This process, as the names of its scratch files have it. */
export function owner(): string {
	return `${process.pid}.${processStart(process.pid) ?? 0}${namespace()}`;
}

/** True for what a process with other process ids made, in a container that shares the folder: whether it runs cannot be told. */
export function isElsewhere(scratchName: string): boolean {
	const number = /\.\d+\.(\d+)\.[0-9a-f]{12}$/.exec(scratchName)?.[1] ?? '';
	return number.length > NAMESPACE_DIGITS && number.slice(-NAMESPACE_DIGITS) !== namespace();
}

/** True when the process that made a scratch name still runs, or may. */
export function isAlive(scratchName: string): boolean {
	const match = /\.(\d+)\.(\d+)\.[0-9a-f]{12}$/.exec(scratchName);
	if (match === null) return false;
	const pid = Number(match[1]);
	if (isElsewhere(scratchName)) return true;
	const started = processStart(pid);
	if (started !== undefined) return `${started}${namespace()}` === match[2];
	// No /proc: the pid alone has to do.
	return match[2] === '0' && exists(pid);
}

/** Where a process id means something: the inode of the pid namespace, as digits of one length; empty where there is no /proc. */
function namespace(): string {
	try {
		return (/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '').padStart(NAMESPACE_DIGITS, '0');
	} catch {
		return '';
	}
}

/** Start time of a process in clock ticks after boot: with the pid, it names one process only (proc(5), field 22). */
export function processStart(pid: number): number | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
	} catch {
		return undefined;
	}
}

function exists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
