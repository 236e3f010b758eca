/** One pass from entries to a stored layer: tar → sha256 (diffID) → gzip → sha256 (digest) → store. */
import { createHash } from 'node:crypto';
import { type Digest, digestOfHex } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import type { Descriptor } from '../oci/types.js';
import type { Store } from '../store/contract.js';
import type { Entry } from './entry.js';
import { BLOCKS_IN_USE, gzipBlocks } from './gzip.js';
import { type TarOptions, tarBlocks } from './tar.js';

export interface LayerBlob {
	/** Digest of the uncompressed tar. */
	readonly diffId: Digest;
	readonly descriptor: Descriptor;
	/** The key it is recorded under: what its bytes depend on. */
	readonly key?: string;
}

export interface WriteOptions extends TarOptions {
	/** Gzip level, 1 to 9. */
	readonly level: number;
}

/** Constant memory whatever the size. @throws TareError as `tarBlocks`, NO_SPACE, STORE_UNUSABLE; the store is then as before */
export async function writeLayer(entries: Iterable<Entry> | AsyncIterable<Entry>, store: Store, options: WriteOptions): Promise<LayerBlob> {
	const hash = createHash('sha256');
	async function* counted(): AsyncGenerator<Buffer> {
		for await (const block of tarBlocks(entries, { ...options, recycle: BLOCKS_IN_USE })) {
			hash.update(block);
			yield block;
		}
	}
	const { digest, size } = await store.putStream(gzipBlocks(counted(), options.level));
	return { diffId: digestOfHex(hash.digest('hex')), descriptor: { mediaType: MEDIA_TYPE.layerGzip, digest, size } };
}
