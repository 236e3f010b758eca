/** One writer at a time for a file that is read, changed and replaced. */
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { errno } from '../errors.js';

const POLL_MS = 20;
/** The work is one small file: whoever holds the lock for so many polls (about five seconds) was killed. */
const PATIENCE = 250;

/** Holds `${path}.lock` while `work` runs; the lock of a killed process is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>, patience = PATIENCE): Promise<T> {
	const lock = `${path}.lock`;
	await acquire(lock, patience);
	try {
		return await work();
	} finally {
		await rm(lock, { force: true });
	}
}

async function acquire(lock: string, patience: number): Promise<void> {
	let holder: string | undefined;
	for (let polls = 0; !(await create(lock)); polls++) {
		const now = await readFile(lock, 'utf8').catch(() => undefined);
		if (now !== holder) polls = 0;
		holder = now;
		if (polls >= patience) await rm(lock, { force: true });
		await setTimeout(POLL_MS);
	}
}

async function create(lock: string): Promise<boolean> {
	try {
		await writeFile(lock, randomBytes(8).toString('hex'), { flag: 'wx' });
		return true;
	} catch (cause) {
		if (errno(cause) === 'EEXIST') return false;
		throw cause;
	}
}
