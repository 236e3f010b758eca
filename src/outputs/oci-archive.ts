/** Writes an OCI archive: an image layout as one tar file. */
import { blobsOf, documentBlob, documentsOf } from '../image/blobs.js';
import type { Blob, ImageResult, Output } from '../image/types.js';
import { hexOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { LAYOUT_FILE, namedDescriptor } from './oci-layout.js';
import { blobMembers, type Member, writeTarFile } from './tar-file.js';

export interface ArchiveOptions {
	/** Absolute file. */
	readonly path: string;
	readonly tag: string;
}

export function ociArchive({ path, tag }: ArchiveOptions): Output {
	return {
		async write(result) {
			await writeTarFile(path, layoutMembers(result, [{ tag }]));
			return { kind: 'oci-archive', wrote: path, digest: result.manifest.descriptor.digest, references: [`oci-archive:${path}:${tag}`] };
		},
	};
}

export function blobPath({ descriptor }: Blob): string {
	return `blobs/sha256/${hexOf(descriptor.digest)}`;
}

/** A name in index.json, with further annotations of its entry. */
export interface LayoutName {
	readonly tag: string;
	readonly annotations?: Readonly<Record<string, string>>;
}

/** @param names each gets an entry in index.json */
export function layoutMembers(result: ImageResult, names: readonly LayoutName[]): readonly Member[] {
	const manifests = names.map(({ tag, annotations }) => {
		const named = namedDescriptor(result, tag);
		return { ...named, annotations: { ...annotations, ...named.annotations } };
	});
	const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests };
	return [
		{ name: 'oci-layout', bytes: Buffer.from(LAYOUT_FILE) },
		{ name: 'index.json', bytes: Buffer.from(JSON.stringify(index)) },
		...blobMembers([...documentsOf(result).map(documentBlob), ...blobsOf(result)], blobPath),
	];
}
