/** The store's seam: content-addressed blobs and small keyed records, both safe to lose. */
import type { Readable } from 'node:stream';
import type { Digest } from '../oci/digest.js';

export interface StoredBlob {
	readonly digest: Digest;
	/** Bytes. */
	readonly size: number;
	/** Absolute path; for what was just written. Others use `verifiedPath`. */
	readonly path: string;
	/** A verifying stream: it errors with STORE_CORRUPT (and the blob is set aside) when the bytes do not match the digest. */
	open(): Readable;
	/** The path, after the bytes were verified: for readers that need random access. @throws TareError STORE_CORRUPT */
	verifiedPath(): Promise<string>;
}

export interface BlobWriter {
	/** The file being written; callers append with `write` only. */
	write(chunk: Uint8Array): Promise<void>;
	/** Ends the write and renames the blob into place; `expected` is verified when given. @throws TareError STORE_CORRUPT | NO_SPACE */
	commit(expected?: { readonly digest?: Digest; readonly size?: number }): Promise<StoredBlob>;
	/** Forgets what was written. */
	abort(): Promise<void>;
}

export interface Store {
	readonly root: string;
	/** Who uses the store no longer lets others prune what it used. */
	close(): Promise<void>;
	/** The blob when it is there with a plausible size; its bytes are verified by `open`. */
	blob(digest: Digest): Promise<StoredBlob | undefined>;
	writer(): Promise<BlobWriter>;
	putBytes(bytes: Uint8Array): Promise<StoredBlob>;
	/** Streams into the store. @throws TareError STORE_CORRUPT when the bytes do not match `expected` */
	putStream(stream: AsyncIterable<Uint8Array>, expected?: { readonly digest?: Digest; readonly size?: number }): Promise<StoredBlob>;
	/** Reads every blob and removes the damaged ones; after one was found, there may be more. */
	verify(): Promise<void>;
	/** A record by kind (`layer`, `build`, `deb`, ...) and key (any string; hashed). A damaged or foreign record reads as undefined. */
	record<T>(kind: string, key: string): Promise<T | undefined>;
	setRecord(kind: string, key: string, value: unknown): Promise<void>;
	dropRecord(kind: string, key: string): Promise<void>;
	/** A new empty folder under the store (same file system), removed by `dispose` and, after a crash, by the next prune. */
	scratch(label: string): Promise<ScratchDirectory>;
	/**
	 * A folder kept by kind and key, e.g. an unpacked tool: made by `fill` in a scratch folder, renamed into place, then immutable.
	 * Two processes may fill at once; one wins, both get the same path.
	 */
	tree(kind: string, key: string, fill: (dir: string) => Promise<void>): Promise<string>;
	/** Takes a kept mutable folder out of the store by renaming it to `to`; false when there is none (or another build has it). */
	takeTree(kind: string, key: string, to: string): Promise<boolean>;
	/** The folder kept by kind and key, if there is one. */
	findTree(kind: string, key: string): Promise<string | undefined>;
	/** Gives a folder back under kind and key, replacing nothing that is there already. */
	giveTree(kind: string, key: string, from: string): Promise<void>;
}

export interface ScratchDirectory {
	readonly path: string;
	dispose(): Promise<void>;
}
