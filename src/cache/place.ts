/** Where a cache is: a repository of a registry, or a folder. */
import { formatReference, parseReference, type Reference } from '../oci/reference.js';

export type CachePlace =
	/** An OCI layout folder, absolute. */
	{ readonly kind: 'folder'; readonly path: string; readonly tag: string } | { readonly kind: 'registry'; readonly ref: Reference };

/** `oci:DIR[:TAG]` or a reference. @param absolute makes a path so @throws TareError REFERENCE_INVALID */
export function parseCachePlace(text: string, absolute: (path: string) => string): CachePlace {
	if (!text.startsWith('oci:')) return { kind: 'registry', ref: parseReference(text) };
	const rest = text.slice('oci:'.length);
	const match = /^(.+):([A-Za-z0-9_][A-Za-z0-9._-]*)$/.exec(rest);
	return { kind: 'folder', path: absolute(match?.[1] ?? rest), tag: match?.[2] ?? 'cache' };
}

export function describePlace(place: CachePlace): string {
	return place.kind === 'folder' ? `${place.path}:${place.tag}` : formatReference(place.ref);
}
