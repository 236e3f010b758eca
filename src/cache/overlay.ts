/** A store with other people's records and blobs behind it: what it lacks itself is taken from them, verified, when it is needed. */
import { Readable } from 'node:stream';
import { TareError } from '../errors.js';
import type { Blob } from '../image/types.js';
import type { Digest } from '../oci/digest.js';
import type { Store, StoredBlob } from '../store/contract.js';
import { type Bundle, type CachedRecord, PORTABLE } from './bundle.js';
import type { CachePlace } from './place.js';

export interface SharedStore extends Store {
	/** The portable records that this build made or used. */
	used(): readonly CachedRecord[];
	/** The cache that a blob would be taken from; undefined for one that is in the store itself, or nowhere. */
	placeOf(digest: Digest): Promise<CachePlace | undefined>;
}

/**
 * @param load asked at the first miss, once
 * @param doubt told of a blob that could not be had as its digest says: from then on nothing of the caches is used
 */
export function shareStore(store: Store, load: () => Promise<readonly Bundle[]>, doubt: (error: TareError) => void): SharedStore {
	const used = new Map<string, CachedRecord>();
	let bundles: Promise<readonly Bundle[]> | undefined;
	let records: Promise<ReadonlyMap<string, unknown>> | undefined;
	let trusted = true;
	const loaded = async (): Promise<readonly Bundle[]> => {
		bundles ??= load();
		return trusted ? bundles : [];
	};
	const fetch = async ({ descriptor: { digest, size }, open }: Blob): Promise<StoredBlob> => {
		try {
			return await store.putStream(await open(), { digest, size });
		} catch (error) {
			if (!(error instanceof TareError) || error.code === 'CANCELLED' || error.code === 'NO_SPACE') throw error;
			trusted = false;
			records = Promise.resolve(new Map());
			doubt(error);
			// Whoever meets a damaged store builds anew.
			throw new TareError('STORE_CORRUPT', error.message, { cause: error, data: { digest } });
		}
	};
	const imported = (): Promise<ReadonlyMap<string, unknown>> => {
		// The first cache that was named wins.
		records ??= loaded().then((all) => new Map(all.toReversed().flatMap((one) => one.records.map(({ kind, key, value }) => [`${kind} ${key}`, value]))));
		return records;
	};
	const note = (kind: string, key: string, value: unknown): void => {
		if (PORTABLE.has(kind)) used.set(`${kind} ${key}`, { kind, key, value });
	};
	return {
		...store,
		used: () => [...used.values()],
		async placeOf(digest) {
			if (bundles === undefined || (await store.blob(digest)) !== undefined) return undefined;
			return (await loaded()).find(({ blobs }) => blobs.has(digest))?.place;
		},
		async record<T>(kind: string, key: string): Promise<T | undefined> {
			const own = await store.record<T>(kind, key);
			const value = own ?? (PORTABLE.has(kind) ? ((await imported()).get(`${kind} ${key}`) as T | undefined) : undefined);
			if (value !== undefined) note(kind, key, value);
			return value;
		},
		async setRecord(kind, key, value) {
			note(kind, key, value);
			await store.setRecord(kind, key, value);
		},
		async blob(digest) {
			const own = await store.blob(digest);
			// Before a record was asked for, no blob of a cache can be meant.
			if (own !== undefined || bundles === undefined) return own;
			const there = (await loaded()).map(({ blobs }) => blobs.get(digest)).find((blob) => blob !== undefined);
			return there === undefined ? undefined : borrowed(there, fetch);
		},
	};
}

/** Fetched into the store by the first who reads it; verified on the way. */
function borrowed(blob: Blob, fetch: (blob: Blob) => Promise<StoredBlob>): StoredBlob {
	const { digest, size } = blob.descriptor;
	let fetched: Promise<StoredBlob> | undefined;
	const here = (): Promise<StoredBlob> => {
		fetched ??= fetch(blob);
		return fetched;
	};
	return {
		digest,
		size,
		get path(): string {
			throw new Error(`${digest} is not in the store yet`);
		},
		open: () => lazily(async () => (await here()).open()),
		verifiedPath: async () => (await here()).verifiedPath(),
	};
}

function lazily(open: () => Promise<Readable>): Readable {
	return Readable.from(
		(async function* () {
			yield* await open();
		})(),
		{ objectMode: false },
	);
}
