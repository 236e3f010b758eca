/** The places an image may be had from. */
import type { Reference } from '../oci/reference.js';

/**
 * @param mirrors `HOST[:PORT][/PATH]`, in order: the repository is below the path
 * @returns the mirrors' names of the image, and its own last
 */
export function sitesOf(ref: Reference, mirrors: readonly string[]): readonly Reference[] {
	const elsewhere = mirrors.map((mirror): Reference => {
		const [registry = '', ...path] = mirror.replace(/\/+$/, '').split('/');
		return { ...ref, registry, repository: [...path, ref.repository].join('/') };
	});
	return [...elsewhere, ref];
}
