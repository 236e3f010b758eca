/** Everything an image is made of, as blobs in the order in which they must be written: contents first, index last. */
import { Readable } from 'node:stream';
import type { Digest } from '../oci/digest.js';
import type { Blob, Document, Image, ImageResult, Layer, OpaqueManifest } from './types.js';

export function imagesOf(result: ImageResult): readonly Image[] {
	return result.kind === 'image' ? [result] : result.images;
}

/** Layers of all platforms, each digest once. */
export function layersOf(result: ImageResult): readonly Layer[] {
	const byDigest = new Map<Digest, Layer>(imagesOf(result).flatMap(({ layers }) => layers.map((layer) => [layer.descriptor.digest, layer])));
	return [...byDigest.values()];
}

/** All that is stored as blobs but the images' configurations: layers, and what manifests that are no images name. */
export function blobsOf(result: ImageResult): readonly PushableBlob[] {
	const others = othersOf(result).flatMap(({ blobs }) => blobs);
	return [...new Map([...layersOf(result), ...others].map((blob) => [blob.descriptor.digest, blob])).values()];
}

export type PushableBlob = Blob & Partial<Pick<Layer, 'name' | 'origin'>>;

export function othersOf(result: ImageResult): readonly OpaqueManifest[] {
	return result.kind === 'index' ? (result.others ?? []) : [];
}

/** Configurations, then manifests, then the index: no document names one that comes later. */
export function documentsOf(result: ImageResult): readonly Document<unknown>[] {
	const images = imagesOf(result);
	return [
		...images.map(({ config }) => config),
		...images.map(({ manifest }) => manifest),
		...othersOf(result).map(({ manifest }) => manifest),
		...(result.kind === 'index' ? [result.manifest] : []),
	];
}

export function documentBlob({ bytes, descriptor }: Document<unknown>): Blob {
	return { descriptor, open: async () => Readable.from([Buffer.from(bytes)]) };
}

/** Bytes of the compressed layers and documents. */
export function sizeOf(image: Image): number {
	return image.layers.reduce((total, { descriptor }) => total + descriptor.size, image.config.descriptor.size + image.manifest.descriptor.size);
}
