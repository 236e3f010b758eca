/** `tare.lock` on disk, next to the app. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { readProjectFile } from '../project-file.js';
import { formatLock, type LockFile, parseLock } from './lock.js';

export const LOCK_NAME = 'tare.lock';
const EMPTY: LockFile = { lockVersion: 1 };

/** An empty lock where there is no file. @throws TareError LOCK_INVALID */
export function readLock(dir: string): LockFile {
	const text = readProjectFile(dir, LOCK_NAME, { code: 'LOCK_INVALID' });
	return text === undefined ? EMPTY : parseLock(text, LOCK_NAME);
}

/**
 * Writes what has changed, aside and renamed. A folder that cannot be written to is a warning: the build itself can go on.
 * @throws TareError LOCK_FROZEN
 */
export function writeLock(dir: string, before: LockFile, after: LockFile, { frozen }: { readonly frozen: boolean }, emit: Listener): void {
	const text = formatLock(after);
	if (text === formatLock(before)) return;
	if (frozen) throw lockFrozen(before === EMPTY ? 'does not exist' : 'does not have everything that this build needs');
	const path = join(dir, LOCK_NAME);
	const temporary = `${path}.${process.pid}`;
	try {
		writeFileSync(temporary, text);
		renameSync(temporary, path);
	} catch (cause) {
		rmSync(temporary, { force: true });
		emit({ type: 'warning', says: `${LOCK_NAME} could not be written: ${messageOf(cause)}`, hint: 'Without it the next build may use newer packages.' });
	}
}

/** @param why what the lock lacks */
export function lockFrozen(why: string): TareError {
	return new TareError('LOCK_FROZEN', `${LOCK_NAME} ${why}, and --frozen forbids changing it`, {
		hint: `Build once without --frozen and commit ${LOCK_NAME}.`,
		at: { file: LOCK_NAME },
	});
}
