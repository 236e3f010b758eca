/** Choices that the lock keeps: what a project leaves open is asked once, and has the same answer until the question changes. */
import { createHash } from 'node:crypto';
import type { LockedChoice } from '../bases/lock.js';
import { lockFrozen } from '../bases/lock-file.js';
import type { Choice } from './contract.js';

export interface Choices {
	/** @throws TareError LOCK_FROZEN */
	choose(choice: Choice): Promise<readonly string[]>;
	/** The lock's, with what was chosen since. */
	all(): Readonly<Record<string, LockedChoice>>;
}

export function createChoices(locked: Readonly<Record<string, LockedChoice>>, frozen: boolean): Choices {
	const made: Record<string, LockedChoice> = { ...locked };
	return {
		choose: async ({ name, question, like = [], make }) => {
			const asked = createHash('sha256').update(question).digest('hex');
			const known = made[name];
			if (known?.question === asked) return known.lines;
			if (frozen) throw lockFrozen(known === undefined ? `does not have "${name}"` : `has "${name}" of other dependencies`);
			const near = [name, ...like].map((one) => made[one]).find((one) => one !== undefined);
			const lines = await make(near?.lines ?? []);
			made[name] = { question: asked, lines };
			return lines;
		},
		all: () => made,
	};
}
