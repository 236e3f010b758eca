/** Images as immutable, lazy values: no byte of a layer moves until an output opens it. */
import type { Readable } from 'node:stream';
import type { Digest } from '../oci/digest.js';
import type { Reference } from '../oci/reference.js';
import type { Descriptor, History, ImageConfig, ImageManifest, IndexManifest, Platform } from '../oci/types.js';

/** A lazy blob; `open` yields exactly `descriptor.size` bytes of `descriptor.digest` or errors. */
export interface Blob {
	readonly descriptor: Descriptor;
	open(): Promise<Readable>;
}

export type Purpose = 'os' | 'runtime' | 'dependencies' | 'app' | 'assets';

export interface Layer extends Blob {
	/** Digest of the uncompressed tar. */
	readonly diffId: Digest;
	readonly history: History;
	/** What its bytes were made of, free of places and times. */
	readonly key?: string;
	/** Short name: `static`, `libc`, `node`, `dependencies`, `app`, ... */
	readonly name: string;
	readonly purpose: Purpose;
	/** Where the blob comes from, when that is a registry: lets a push mount it instead of uploading. */
	readonly origin?: Reference;
}

/** A document with its exact bytes. */
export interface Document<T> {
	readonly value: T;
	readonly bytes: Uint8Array;
	readonly descriptor: Descriptor;
}

export interface Image {
	readonly kind: 'image';
	readonly platform: Platform;
	readonly manifest: Document<ImageManifest>;
	readonly config: Document<ImageConfig>;
	readonly layers: readonly Layer[];
	/** As the layout or archive that it was read from calls it. */
	readonly name?: string;
}

export interface ImageIndex {
	readonly kind: 'index';
	readonly manifest: Document<IndexManifest>;
	readonly images: readonly Image[];
	/** What else the index names: copied with it. */
	readonly others?: readonly OpaqueManifest[];
	/** As the layout or archive that it was read from calls it. */
	readonly name?: string;
}

/** A manifest in an index that is no image of a platform: an attestation, say. */
export interface OpaqueManifest {
	readonly manifest: Document<unknown>;
	readonly blobs: readonly Blob[];
}

export type ImageResult = Image | ImageIndex;

/** A package in the image, as inspection lists it. */
export interface PackageRef {
	readonly type: 'deb' | 'npm' | 'pypi' | 'maven' | 'golang' | 'cargo' | 'generic';
	readonly name: string;
	readonly version: string;
	readonly architecture?: string;
	readonly purl: string;
}

/** What an output did; `wrote` names the place for the user. */
export interface Written {
	readonly kind: string;
	readonly wrote: string;
	readonly digest: Digest;
	/** Names under which the image can be found now, with digest. */
	readonly references: readonly string[];
}

export interface Output {
	/** Writes the image whole or not at all. */
	write(result: ImageResult): Promise<Written>;
}
