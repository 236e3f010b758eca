/**
 * Writes an archive for `docker load`: Docker's manifest.json
 * (https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format) over the blobs of an
 * OCI layout, as Docker 25 and newer write it themselves, so that the same manifest digest is carried.
 */
import { TareError } from '../errors.js';
import { documentBlob } from '../image/blobs.js';
import type { Output } from '../image/types.js';
import { formatPlatform } from '../oci/platform.js';
import { blobPath, layoutMembers } from './oci-archive.js';
import { writeTarFile } from './tar-file.js';

export interface DockerArchiveOptions {
	/** Absolute file. */
	readonly path: string;
	/** `name:tag` as Docker will show it. */
	readonly names: readonly string[];
	readonly tag: string;
}

/** @throws TareError USAGE for several platforms: the format names one image */
export function dockerArchive({ path, names, tag }: DockerArchiveOptions): Output {
	return {
		async write(result) {
			if (result.kind === 'index') {
				throw new TareError(
					'USAGE',
					`a docker archive holds one platform, not ${result.images.map(({ platform }) => formatPlatform(platform)).join(' and ')}`,
					{
						hint: 'Build one with --platform, or use oci-archive:FILE.',
					},
				);
			}
			const manifest = [{ Config: blobPath(documentBlob(result.config)), RepoTags: names, Layers: result.layers.map(blobPath) }];
			const members = [...layoutMembers(result, tag), { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) }];
			await writeTarFile(path, members);
			return { kind: 'docker-archive', wrote: path, digest: result.manifest.descriptor.digest, references: names };
		},
	};
}
