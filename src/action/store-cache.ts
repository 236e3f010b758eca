/** Tare's store between runs, kept by the runner's cache service. It never fails a build. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { cachePrune, cacheUsage } from '../index.js';
import { formatBytes } from '../ui/style.js';
import { type Environment, flag, invalidInput, text } from './inputs.js';
import type { Log } from './log.js';

export interface Restored {
	/** Absolute. */
	readonly root: string;
	/** Of the keys under which the store is saved; what follows says what is in it. */
	readonly prefix: string;
	/** The key that was found. */
	readonly key?: string;
	/** What was there before the build. */
	readonly contents: string;
}

/** Grows when older stores are of no use. */
const VERSION = 1;
const DEFAULT_SIZE = '1GB';

/** @throws TareError USAGE */
export function sizeLimit(env: Environment): string {
	const value = text(env, 'cache-size') || DEFAULT_SIZE;
	if (/^\d+(?:\.\d+)? *[kMGT]?B?$/i.test(value)) return value;
	throw invalidInput('cache-size', `"${value}" is not a size`, 'Write it as 500MB or 2GB.');
}

/** On a machine of one's own the store stays on the disk. */
export function isCached(env: Environment): boolean {
	return flag(env, 'cache') ?? env.RUNNER_ENVIRONMENT !== 'self-hosted';
}

/**
 * The first step of a job restores the store, and its post step, which is the last, saves what all of them have made.
 * @returns undefined where there is no service, or an earlier step has done it
 */
export async function restoreStore(env: Environment, log: Log): Promise<Restored | undefined> {
	const { root } = await cacheUsage();
	if (isSecond(env)) return undefined;
	if (!hasService(env)) {
		log('warning', 'the runner has no cache service: the store is not kept between runs (`cache: false` leaves it alone)');
		return undefined;
	}
	const general = `tare-v${VERSION}-${env.RUNNER_OS}-${env.RUNNER_ARCH}-`;
	const prefix = `${general}${scopeOf(env)}-`;
	const key = await guarded(log, 'the store is not restored', async () =>
		(await import('@actions/cache')).restoreCache([root], prefix + randomUUID(), [prefix, general]),
	);
	log('info', key === undefined ? 'no store is kept yet' : `the store is restored from ${key}`);
	const { contents } = await cacheUsage();
	return { root, prefix, ...(key !== undefined && { key }), contents };
}

/** Saves the store if something was made that it did not have. */
export async function saveStore({ root, prefix, key, contents }: Restored, env: Environment, log: Log): Promise<void> {
	if (key !== undefined && (await cacheUsage()).contents === contents) return log('info', 'the store has nothing new: it is not saved');
	await cachePrune({ maxSize: sizeLimit(env) });
	const now = await cacheUsage();
	const next = prefix + now.contents.slice(0, 16);
	if (next === key) return log('info', 'the store has nothing new: it is not saved');
	log('info', `save the store, ${formatBytes(now.bytes)}, as ${next}`);
	await guarded(log, 'the store is not saved', async () => (await import('@actions/cache')).saveCache([root], next));
}

/** A job has its own folder for what is temporary. */
function isSecond({ RUNNER_TEMP: folder }: Environment): boolean {
	if (!folder) return false;
	const mark = join(folder, 'tare-store-restored');
	const there = existsSync(mark);
	if (!there) writeFileSync(mark, '');
	return there;
}

async function guarded<T>(log: Log, says: string, work: () => Promise<T>): Promise<T | undefined> {
	try {
		return await work();
	} catch (error) {
		log('warning', `${says}: ${messageOf(error)}`);
		return undefined;
	}
}

/** Asked before the client is loaded, which is a third of the bundle. */
function hasService({ ACTIONS_RESULTS_URL: results, ACTIONS_CACHE_URL: url }: Environment): boolean {
	return Boolean(results || url);
}

/** Jobs that build other things have stores of their own, and begin with anybody's. */
function scopeOf(env: Environment): string {
	const parts = [env.GITHUB_WORKFLOW, env.GITHUB_JOB, text(env, 'context'), text(env, 'platforms')];
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
