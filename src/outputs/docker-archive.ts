/**
 * Writes an archive for `docker load`: Docker's manifest.json
 * (https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format) over the blobs of an
 * OCI layout, as Docker 25 and newer write it themselves, so that the same manifest digest is carried.
 */
import { TareError } from '../errors.js';
import { documentBlob, imagesOf } from '../image/blobs.js';
import type { Image, ImageResult, Output } from '../image/types.js';
import { formatPlatform } from '../oci/platform.js';
import { blobPath, type LayoutName, layoutMembers } from './oci-archive.js';
import { writeTarFile } from './tar-file.js';

export interface DockerArchiveOptions {
	/** Absolute file. */
	readonly path: string;
	/** `name:tag` as Docker will show it. */
	readonly names: readonly string[];
	readonly tag: string;
}

/** What containerd and Docker's containerd store call an image of a layout. */
const NAME = 'io.containerd.image.name';

/**
 * Of several platforms the first has the names, the others the names with their architecture behind (`app:1-arm64`): manifest.json knows no
 * platforms. The layout beside it has them under one name, for engines that read that.
 * @throws TareError USAGE where two platforms would share a name
 */
export function dockerArchive({ path, names, tag }: DockerArchiveOptions): Output {
	return {
		async write(result) {
			const images = imagesOf(result);
			const manifest = images.map((image, at) => entry(image, at === 0 ? names : names.map((name) => `${name}-${suffix(image)}`)));
			refuseShared(
				result,
				manifest.map(({ RepoTags }) => RepoTags[0] ?? ''),
			);
			await writeTarFile(path, [...layoutMembers(result, layoutNames(names, tag)), { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) }]);
			return { kind: 'docker-archive', wrote: path, digest: result.manifest.descriptor.digest, references: manifest.flatMap(({ RepoTags }) => RepoTags) };
		},
	};
}

/** One entry a name, as Docker writes them: containerd reads no others. */
function layoutNames(names: readonly string[], tag: string): readonly LayoutName[] {
	if (names.length === 0) return [{ tag }];
	return names.map((name) => ({ tag: name.slice(name.lastIndexOf(':') + 1), annotations: { [NAME]: qualified(name) } }));
}

function entry({ config, layers }: Image, names: readonly string[]) {
	return { Config: blobPath(documentBlob(config)), RepoTags: names, Layers: layers.map(blobPath) };
}

function suffix({ platform: { architecture, variant } }: Image): string {
	return [architecture, variant].filter(Boolean).join('-');
}

function refuseShared(result: ImageResult, names: readonly string[]): void {
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice === undefined) return;
	const platforms = imagesOf(result).map(({ platform }) => formatPlatform(platform));
	throw new TareError('USAGE', `a docker archive cannot hold ${platforms.join(' and ')}: two would be ${twice}`, {
		hint: 'Choose one with --platform, or use oci-archive:FILE.',
	});
}

/** Docker Hub's names in full: `app:1` is docker.io/library/app:1. */
export function qualified(name: string): string {
	const [first = '', ...rest] = name.split('/');
	if (rest.length === 0) return `docker.io/library/${name}`;
	return /[.:]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`;
}
