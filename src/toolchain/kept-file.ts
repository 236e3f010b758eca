/** A file beside tare.lock that a build makes once and that is then kept, in version control as the lock is: what was observed, not resolved. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, TareError } from '../errors.js';
import type { Listener } from '../events.js';

export interface KeptPlace {
	/** Absolute folder of the app. */
	readonly dir: string;
	readonly frozen: boolean;
	readonly emit: Listener;
}

/** Its text; made where it is missing. @throws TareError LOCK_FROZEN */
export async function keptFile(name: string, make: () => Promise<string>, { dir, frozen, emit }: KeptPlace): Promise<string> {
	const path = join(dir, name);
	if (existsSync(path)) return readFileSync(path, 'utf8');
	if (frozen)
		throw new TareError('LOCK_FROZEN', `${name} does not exist, and --frozen forbids making it`, {
			hint: `Build once without --frozen and commit ${name}.`,
			at: { file: name },
		});
	const text = await make();
	const temporary = `${path}.${process.pid}`;
	try {
		writeFileSync(temporary, text);
		renameSync(temporary, path);
		emit({ type: 'note', says: `${name} was made: commit it, so that the next build has the same` });
	} catch (cause) {
		rmSync(temporary, { force: true });
		emit({ type: 'warning', says: `${name} could not be written: ${messageOf(cause)}`, hint: 'Without it the next build makes another.' });
	}
	return text;
}
