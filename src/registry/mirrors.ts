/** The places an image may be had from. */
import { type Reference, repositoryName } from '../oci/reference.js';

/**
 * @param mirrors `HOST[:PORT][/PATH]`, in order: the repository is below the path
 * @returns the mirrors' names of the image, and its own last
 */
export function sitesOf(ref: Reference, mirrors: readonly string[]): readonly Reference[] {
	return [...mirrors.map((mirror) => movedTo(ref, mirror, ref.registry)), ref];
}

/** @param prefix the part of the name that `place` (`HOST[:PORT][/PATH]`) takes the place of */
export function movedTo(ref: Reference, place: string, prefix: string): Reference {
	const [registry = '', ...path] = `${place.replace(/\/+$/, '')}${repositoryName(ref).slice(prefix.length)}`.split('/');
	return { ...ref, registry, repository: path.join('/') };
}
