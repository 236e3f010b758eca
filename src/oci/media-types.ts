/** Media types: https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md and Docker's image manifest v2.2. */

export const MEDIA_TYPE = {
	index: 'application/vnd.oci.image.index.v1+json',
	manifest: 'application/vnd.oci.image.manifest.v1+json',
	config: 'application/vnd.oci.image.config.v1+json',
	layer: 'application/vnd.oci.image.layer.v1.tar',
	layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
	layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
	empty: 'application/vnd.oci.empty.v1+json',
	dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
	dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
	dockerConfig: 'application/vnd.docker.container.image.v1+json',
	dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
	dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

/** Whose media types an image's documents have. */
export const IMAGE_FORMATS = ['oci', 'docker'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export function isIndexType(mediaType: string): boolean {
	return mediaType === MEDIA_TYPE.index || mediaType === MEDIA_TYPE.dockerIndex;
}

export function isManifestType(mediaType: string): boolean {
	return mediaType === MEDIA_TYPE.manifest || mediaType === MEDIA_TYPE.dockerManifest;
}
