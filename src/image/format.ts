/** The two formats of an image's documents: OCI's, and Docker's image manifest v2.2, for what reads no other. Layers and configuration keep their bytes. */
import { TareError } from '../errors.js';
import { type ImageFormat, MEDIA_TYPE } from '../oci/media-types.js';
import type { Descriptor, ImageManifest, IndexManifest } from '../oci/types.js';
import { fromBytes, toDocument } from './document.js';
import type { Image, ImageIndex, ImageResult } from './types.js';

/** OCI's media types and Docker's: https://distribution.github.io/distribution/spec/manifest-v2-2/ */
const PAIRS: readonly (readonly [oci: string, docker: string])[] = [
	[MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex],
	[MEDIA_TYPE.manifest, MEDIA_TYPE.dockerManifest],
	[MEDIA_TYPE.config, MEDIA_TYPE.dockerConfig],
	[MEDIA_TYPE.layer, MEDIA_TYPE.dockerLayer],
	[MEDIA_TYPE.layerGzip, MEDIA_TYPE.dockerLayerGzip],
];

/**
 * The same image in a format: another manifest and digest, the same layers and image id. Docker's knows no annotations and nothing but images in an index.
 * @throws TareError USAGE for layers that the format does not have
 */
export function toFormat(result: ImageResult, format: ImageFormat): ImageResult {
	if (result.kind === 'image') return imageIn(result, format);
	const images = result.images.map((image) => imageIn(image, format));
	const unchanged = images.every((image, at) => image === result.images[at]) && result.manifest.descriptor.mediaType === typeIn(MEDIA_TYPE.index, format);
	return unchanged ? result : indexOf(images, format);
}

function indexOf(images: readonly Image[], format: ImageFormat): ImageIndex {
	const mediaType = typeIn(MEDIA_TYPE.index, format);
	const value: IndexManifest = { schemaVersion: 2, mediaType, manifests: images.map(({ manifest, platform }) => ({ ...manifest.descriptor, platform })) };
	return { kind: 'index', images, manifest: toDocument(value, mediaType) };
}

function imageIn(image: Image, format: ImageFormat): Image {
	const mediaType = typeIn(MEDIA_TYPE.manifest, format);
	if (image.manifest.descriptor.mediaType === mediaType) return image;
	const { config, annotations } = image.manifest.value;
	const layers = image.layers.map((layer) => ({ ...layer, descriptor: descriptorIn(layer.descriptor, format, layer.name) }));
	const configured = descriptorIn(config, format, 'configuration');
	const value: ImageManifest = {
		schemaVersion: 2,
		mediaType,
		config: configured,
		layers: layers.map(({ descriptor }) => descriptor),
		...(format === 'oci' && annotations !== undefined && { annotations }),
	};
	return { ...image, layers, config: fromBytes(image.config.bytes, image.config.value, configured.mediaType), manifest: toDocument(value, mediaType) };
}

function descriptorIn({ mediaType, digest, size, urls }: Descriptor, format: ImageFormat, name: string): Descriptor {
	return { mediaType: typeIn(mediaType, format, name), digest, size, ...(urls !== undefined && { urls }) };
}

function typeIn(mediaType: string, format: ImageFormat, name = 'document'): string {
	const pair = PAIRS.find((one) => one.includes(mediaType));
	if (pair !== undefined) return format === 'oci' ? pair[0] : pair[1];
	const zstd = mediaType === MEDIA_TYPE.layerZstd;
	throw new TareError('USAGE', `${FORMAT_NAMES[format]} has no ${zstd ? 'zstd layers' : mediaType}: the layer "${name}" is one`, {
		hint: zstd ? 'Leave --format docker out, or take a base whose layers are gzip.' : 'Leave --format out: the image is copied as it is.',
	});
}

const FORMAT_NAMES: Readonly<Record<ImageFormat, string>> = { oci: "OCI's image format", docker: "Docker's manifest v2.2" };
