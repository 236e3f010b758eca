/** Specification documents with their exact bytes: fixed key order, no white space, so that equal values have equal digests. */
import { sha256 } from '../oci/digest.js';
import type { Descriptor } from '../oci/types.js';
import type { Document } from './types.js';

export function toDocument<T>(value: T, mediaType: string, more: Partial<Descriptor> = {}): Document<T> {
	return fromBytes(Buffer.from(JSON.stringify(value)), value, mediaType, more);
}

export function fromBytes<T>(bytes: Uint8Array, value: T, mediaType: string, more: Partial<Descriptor> = {}): Document<T> {
	return { value, bytes, descriptor: { mediaType, digest: sha256(bytes), size: bytes.length, ...more } };
}
