/** Outputs are written aside and renamed. What a killed build left there is removed by the next one. */
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isAlive, owner } from '../store/scratch.js';

const OWNED = /\.\d+\.\d+\.[0-9a-f]{12}$/;

/** A name beside the output that says which process writes there. */
export function asideOf(path: string): string {
	return `${resolve(path)}.${owner()}.${randomBytes(6).toString('hex')}`;
}

/** @param path of an output: leftovers of it alone */
export function removeLeftovers(path: string): void {
	const full = resolve(path);
	sweep(dirname(full), (name) => name.replace(OWNED, '') === basename(full));
}

/** @param folder in which nothing else has such names */
export function removeLeftoversIn(folder: string): void {
	sweep(folder, () => true);
}

function sweep(folder: string, isOurs: (name: string) => boolean): void {
	for (const name of namesOf(folder)) {
		if (!OWNED.test(name) || !isOurs(name) || isAlive(name)) continue;
		try {
			rmSync(join(folder, name), { recursive: true, force: true });
		} catch {
			// Somebody else's: they may remove it.
		}
	}
}

function namesOf(folder: string): readonly string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
