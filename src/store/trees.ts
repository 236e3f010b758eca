/** Kept folders: unpacked tools that never change, and installed modules that one build at a time may have. */
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errno } from '../errors.js';
import type { Store } from './contract.js';
import { storeFailure } from './failure.js';
import { keyName } from './key-name.js';
import type { Scratches } from './scratch.js';

type Trees = Pick<Store, 'tree' | 'findTree' | 'takeTree' | 'giveTree'>;

export function createTrees(home: string, scratches: Scratches): Trees {
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
			if (await exists(path)) return path;
			const made = await scratches.scratch(`tree-${kind}`);
			try {
				await fill(made.path);
				await place(made.path, path);
			} finally {
				await made.dispose();
			}
			return path;
		},
		async findTree(kind, key) {
			const path = pathOf(kind, key);
			return (await exists(path)) ? path : undefined;
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
