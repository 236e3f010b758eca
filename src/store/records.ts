/** Small values by kind and key, with a checksum: a damaged record is no record. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errno } from '../errors.js';
import type { Store } from './contract.js';
import { storeFailure } from './failure.js';
import { keyName } from './key-name.js';
import type { Scratches } from './scratch.js';

type Records = Pick<Store, 'record' | 'setRecord' | 'dropRecord'>;

/** First line: checksum of the rest. Second line: the key, so that a hash collision or a moved file is no hit. Rest: JSON. */
export function createRecords(home: string, scratches: Scratches): Records {
	const pathOf = (kind: string, key: string): string => join(home, 'records', kind, keyName(key).slice(0, 2), keyName(key));
	return {
		async record<T>(kind: string, key: string): Promise<T | undefined> {
			const path = pathOf(kind, key);
			const value = parse(await read(path), key) as T | undefined;
			if (value !== undefined) await touch(path);
			return value;
		},
		async setRecord(kind, key, value) {
			const path = pathOf(kind, key);
			const body = `${JSON.stringify(key)}\n${JSON.stringify(value)}`;
			const text = `${checksum(body)}\n${body}`;
			// A file that takes another's place is written out by some file systems: on a busy disk that takes longer than to look.
			if ((await read(path)) === text) return touch(path);
			const temporary = scratches.name('record');
			try {
				await mkdir(dirname(path), { recursive: true });
				await writeFile(temporary, text);
				await rename(temporary, path);
			} catch (cause) {
				await rm(temporary, { force: true }).catch(() => undefined);
				throw storeFailure(cause, path);
			}
		},
		dropRecord: (kind, key) => rm(pathOf(kind, key), { force: true }),
	};
}

async function read(path: string): Promise<string | undefined> {
	// A promise that fails costs many times what looking does, and most records that are asked for are not there.
	if (!existsSync(path)) return undefined;
	try {
		return await readFile(path, 'utf8');
	} catch (cause) {
		if (errno(cause) === 'ENOENT') return undefined;
		throw storeFailure(cause, path);
	}
}

function parse(text: string | undefined, key: string): unknown {
	if (text === undefined) return undefined;
	const first = text.indexOf('\n');
	const body = text.slice(first + 1);
	if (text.slice(0, first) !== checksum(body)) return undefined;
	const second = body.indexOf('\n');
	return body.slice(0, second) === JSON.stringify(key) ? (JSON.parse(body.slice(second + 1)) as unknown) : undefined;
}

function checksum(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

async function touch(path: string): Promise<void> {
	const now = Date.now() / 1000;
	await utimes(path, now, now).catch(() => undefined);
}
