/** What the store holds, and how it is kept within bounds. */
import { createHash } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ACTIVE, STORE_VERSION } from './open.js';
import { isAlive, isElsewhere } from './scratch.js';

export interface StoreUsage {
	readonly root: string;
	/** Bytes and number of items by kind. */
	readonly kinds: readonly { readonly kind: string; readonly items: number; readonly bytes: number }[];
	readonly bytes: number;
	/** Says whether something was made or fetched since: a hash of what records and folders are called. */
	readonly contents: string;
}

export interface PruneOptions {
	/** Keep at most this many bytes. */
	readonly maxBytes?: number;
	readonly all?: boolean;
	/** Milliseconds since the epoch. */
	readonly now: number;
}

interface Item {
	readonly kind: string;
	readonly path: string;
	readonly bytes: number;
	/** Last use, ms since the epoch. */
	readonly used: number;
}

/** What was used so lately is kept, whoever used it. */
const RECENT_MS = 3_600_000;
const ABANDONED_MS = 86_400_000;
/** Uses are noted to ten minutes (see blobs.ts): what a build has used may look that much older than the build. */
const MARGIN_MS = 900_000;

export async function storeUsage(root: string): Promise<StoreUsage> {
	const items = await list(join(root, STORE_VERSION));
	const kinds = [...new Set(items.map(({ kind }) => kind))].sort().map((kind) => {
		const those = items.filter((item) => item.kind === kind);
		return { kind, items: those.length, bytes: sum(those) };
	});
	return { root, kinds, bytes: sum(items), contents: contentsOf(items) };
}

/** What is remembered of the files of one checkout is new with every checkout, its blob, too; other blobs come with a record that names them. */
const PASSING = ['tmp', 'blobs', 'records/stat-rows'];

function contentsOf(items: readonly Item[]): string {
	const names = items.filter(({ kind }) => !PASSING.includes(kind)).map(({ kind, path }) => `${kind} ${basename(path)}\n`);
	return createHash('sha256').update(names.sort().join('')).digest('hex');
}

/** What was used since then may be in use: by builds that run, since the oldest of them began. Only `--all` forgets what was used lately. */
function spareSince(scratch: readonly Item[], all: boolean, now: number): number {
	const running = scratch
		.filter(({ path, used }) => basename(path).startsWith(`${ACTIVE}.`) && isInUse({ path, used }, now))
		.map(({ used }) => used - MARGIN_MS);
	return Math.min(all ? Number.POSITIVE_INFINITY : now - RECENT_MS, ...running);
}

/** Removes leftovers of dead processes, then the least recently used until the bound holds; never what a running build may have. @returns what was removed */
export async function pruneStore(root: string, { maxBytes, all, now }: PruneOptions): Promise<{ readonly items: number; readonly bytes: number }> {
	const items = await list(join(root, STORE_VERSION));
	const scratch = items.filter(({ kind }) => kind === 'tmp');
	const since = spareSince(scratch, all === true, now);
	const kept = items.filter(({ kind, used }) => kind !== 'tmp' && used < since).sort((a, b) => a.used - b.used);
	const gone = scratch.filter((item) => !isInUse(item, now));
	let bytes = sum(items) - sum(gone);
	for (const item of kept) {
		if (all !== true && (maxBytes === undefined || bytes <= maxBytes)) break;
		gone.push(item);
		bytes -= item.bytes;
	}
	for (const { path } of gone) await rm(path, { recursive: true, force: true });
	return { items: gone.length, bytes: sum(gone) };
}

/** What a container with other process ids has is spared for a day. */
function isInUse({ path, used }: Pick<Item, 'path' | 'used'>, now: number): boolean {
	const name = basename(path);
	return isAlive(name) && !(isElsewhere(name) && used < now - ABANDONED_MS);
}

async function list(home: string): Promise<Item[]> {
	const records = await names(join(home, 'records'));
	const trees = await names(join(home, 'trees'));
	const groups = await Promise.all([
		nested(join(home, 'blobs', 'sha256'), 'blobs'),
		...records.map((kind) => nested(join(home, 'records', kind), `records/${kind}`)),
		...trees.map((kind) => flat(join(home, 'trees', kind), `trees/${kind}`)),
		flat(join(home, 'tmp'), 'tmp'),
	]);
	return groups.flat();
}

async function nested(folder: string, kind: string): Promise<Item[]> {
	const inner = await Promise.all((await names(folder)).map((name) => flat(join(folder, name), kind)));
	return inner.flat();
}

async function flat(folder: string, kind: string): Promise<Item[]> {
	const items = await Promise.all((await names(folder)).map((name) => measure(join(folder, name), kind)));
	return items.filter((item) => item !== undefined);
}

async function measure(path: string, kind: string): Promise<Item | undefined> {
	try {
		const stat = await lstat(path);
		return { kind, path, used: stat.mtimeMs, bytes: stat.isDirectory() ? await sizeOf(path) : stat.size };
	} catch {
		// Another process removed it meanwhile.
		return undefined;
	}
}

async function sizeOf(folder: string): Promise<number> {
	let bytes = 0;
	for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
		const path = join(folder, entry.name);
		bytes += entry.isDirectory() ? await sizeOf(path) : ((await lstat(path).catch(() => undefined))?.size ?? 0);
	}
	return bytes;
}

async function names(folder: string): Promise<string[]> {
	return readdir(folder).catch(() => []);
}

function sum(items: readonly Item[]): number {
	return items.reduce((total, { bytes }) => total + bytes, 0);
}
