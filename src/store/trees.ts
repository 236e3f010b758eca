/** Kept folders: unpacked tools that never change, and installed modules that one build at a time may have. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errno } from '../errors.js';
import type { Store } from './contract.js';
import { storeFailure } from './failure.js';
import { keptKind } from './kept.js';
import { keyName } from './key-name.js';
import { readRows, sumOfContent, sumOfRows } from './manifest.js';
import type { Scratches } from './scratch.js';

type Trees = Pick<Store, 'tree' | 'findTree' | 'takeTree' | 'giveTree'>;
type Records = Pick<Store, 'record' | 'setRecord'>;

/** What a folder was when it was made. */
interface Made {
	/** Of its rows, which cost little to read. */
	readonly rows: string;
	/** Decides where the rows differ: a store that was copied has others. */
	readonly content: string;
}

const MADE = 'tree';

export function createTrees(home: string, scratches: Scratches, records: Records): Trees {
	const pathOf = (kind: string, key: string): string => join(home, 'trees', kind, keyName(key));
	const place = async (from: string, to: string): Promise<boolean> => {
		await mkdir(dirname(to), { recursive: true });
		try {
			await rename(from, to);
			return true;
		} catch (cause) {
			// Another process was first: its folder is as good.
			if (['ENOTEMPTY', 'EEXIST', 'EXDEV'].includes(errno(cause) ?? '')) return false;
			throw storeFailure(cause, to);
		}
	};
	return {
		async tree(kind, key, fill) {
			const path = pathOf(kind, key);
			const { verified } = keptKind(kind);
			if ((await exists(path)) && (!verified || (await isAsMade(path, `${kind} ${key}`, records)))) return path;
			const made = await scratches.scratch(`tree-${kind}`);
			try {
				await fill(made.path);
				const sums: Made | undefined = verified ? { rows: sumOfRows(readRows(made.path)), content: await sumOfContent(made.path) } : undefined;
				// Another process may have made it meanwhile: that one stays.
				if (verified && !(await isAsMade(path, `${kind} ${key}`, records))) await setAside(path, scratches);
				if ((await place(made.path, path)) && sums !== undefined) await records.setRecord(MADE, `${kind} ${key}`, sums);
			} finally {
				await made.dispose();
			}
			return path;
		},
		async findTree(kind, key) {
			const path = pathOf(kind, key);
			return (await exists(path)) && (!keptKind(kind).verified || (await isAsMade(path, `${kind} ${key}`, records))) ? path : undefined;
		},
		async takeTree(kind, key, to) {
			try {
				await rename(pathOf(kind, key), to);
				return true;
			} catch (cause) {
				// A folder on another disk cannot be moved: it is made anew.
				if (errno(cause) === 'ENOENT' || errno(cause) === 'EXDEV') return false;
				throw storeFailure(cause, to);
			}
		},
		async giveTree(kind, key, from) {
			if (!(await place(from, pathOf(kind, key)))) await rm(from, { recursive: true, force: true });
			else await touch(pathOf(kind, key));
		},
	};
}

/** False where anything was added, changed or removed since, by whomever. */
async function isAsMade(path: string, name: string, records: Records): Promise<boolean> {
	const made = await records.record<Made>(MADE, name);
	if (made === undefined || !existsSync(path)) return false;
	const rows = sumOfRows(readRows(path));
	if (rows === made.rows) return true;
	if ((await sumOfContent(path)) !== made.content) return false;
	await records.setRecord(MADE, name, { ...made, rows } satisfies Made).catch(() => undefined);
	return true;
}

async function setAside(path: string, scratches: Scratches): Promise<void> {
	const aside = scratches.name('changed');
	await rename(path, aside).catch((cause) => {
		if (errno(cause) !== 'ENOENT') throw storeFailure(cause, path);
	});
	await rm(aside, { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
	try {
		await stat(path);
		await touch(path);
		return true;
	} catch {
		return false;
	}
}

async function touch(path: string): Promise<void> {
	const now = Date.now() / 1000;
	await utimes(path, now, now).catch(() => undefined);
}
