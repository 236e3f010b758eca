/** Images in the store: their documents as blobs, plus a record of what the documents do not say. */
import type { Digest } from '../oci/digest.js';
import { isIndexType } from '../oci/media-types.js';
import { parseReference, type Reference } from '../oci/reference.js';
import type { Descriptor, History, ImageConfig, ImageManifest, IndexManifest, Platform } from '../oci/types.js';
import type { Store, StoredBlob } from '../store/contract.js';
import { documentsOf, imagesOf } from './blobs.js';
import { fromBytes } from './document.js';
import type { Image, ImageResult, Layer, OpaqueManifest, Purpose } from './types.js';

interface SavedLayer {
	readonly descriptor: Descriptor;
	readonly diffId: Digest;
	readonly history: History;
	readonly name: string;
	readonly purpose: Purpose;
	readonly origin?: Reference;
}

interface SavedImage {
	readonly platform: Platform;
	readonly manifest: Descriptor;
	readonly config: Descriptor;
	readonly layers: readonly SavedLayer[];
}

interface SavedOther {
	readonly manifest: Descriptor;
	readonly blobs: readonly Descriptor[];
}

interface Saved {
	readonly manifest: Descriptor;
	readonly images: readonly SavedImage[];
	readonly others?: readonly SavedOther[];
}

const KIND = 'image';
const NAME_KIND = 'image-name';
const DOCUMENT_LIMIT = 8 * 2 ** 20;

/** Opens a layer that is not in the store: a base's, from where it comes. */
export type LayerOpener = (layer: { readonly descriptor: Descriptor; readonly origin?: Reference }) => Layer['open'];

export async function saveImage(store: Store, result: ImageResult, names: readonly string[]): Promise<void> {
	for (const { bytes } of documentsOf(result)) await store.putBytes(bytes);
	const others = result.kind === 'index' ? (result.others ?? []) : [];
	for (const { descriptor, open } of others.flatMap(({ blobs }) => blobs))
		if ((await store.blob(descriptor.digest)) === undefined) await store.putStream(await open(), descriptor);
	const saved: Saved = {
		manifest: result.manifest.descriptor,
		images: imagesOf(result).map(({ platform, manifest, config, layers }) => ({
			platform,
			manifest: manifest.descriptor,
			config: config.descriptor,
			layers: layers.map(({ descriptor, diffId, history, name, purpose, origin }) => ({
				descriptor,
				diffId,
				history,
				name,
				purpose,
				...(origin !== undefined && { origin }),
			})),
		})),
		...(others.length > 0 && {
			others: others.map(({ manifest, blobs }) => ({ manifest: manifest.descriptor, blobs: blobs.map(({ descriptor }) => descriptor) })),
		}),
	};
	await store.setRecord(KIND, result.manifest.descriptor.digest, saved);
	for (const name of names) await store.setRecord(NAME_KIND, name, { digest: result.manifest.descriptor.digest });
}

/** The digest last saved under a name. */
export async function digestOfName(store: Store, name: string): Promise<Digest | undefined> {
	return (await store.record<{ readonly digest: Digest }>(NAME_KIND, name))?.digest;
}

/** Undefined when any part is no longer there; `open` supplies layers that were never stored. */
export async function loadImage(store: Store, digest: Digest, open?: LayerOpener): Promise<ImageResult | undefined> {
	const saved = await store.record<Saved>(KIND, digest);
	if (saved === undefined) return undefined;
	const images: Image[] = [];
	for (const one of saved.images) {
		const image = await loadOne(store, one, open);
		if (image === undefined) return undefined;
		images.push(image);
	}
	if (!isIndexType(saved.manifest.mediaType)) return images[0];
	const bytes = await readBlob(await store.blob(saved.manifest.digest));
	const others = await loadOthers(store, saved.others ?? []);
	if (bytes === undefined || others === undefined) return undefined;
	const manifest = fromBytes(bytes, JSON.parse(bytes.toString()) as IndexManifest, saved.manifest.mediaType);
	return { kind: 'index', images, manifest, ...(others.length > 0 && { others }) };
}

async function loadOthers(store: Store, saved: readonly SavedOther[]): Promise<readonly OpaqueManifest[] | undefined> {
	const others: OpaqueManifest[] = [];
	for (const { manifest, blobs } of saved) {
		const bytes = await readBlob(await store.blob(manifest.digest));
		const stored = await Promise.all(blobs.map(({ digest }) => store.blob(digest)));
		if (bytes === undefined || stored.includes(undefined)) return undefined;
		const opened = blobs.map((descriptor, at) => ({ descriptor, open: async () => (stored[at] as StoredBlob).open() }));
		others.push({ manifest: fromBytes(bytes, JSON.parse(bytes.toString()) as unknown, manifest.mediaType), blobs: opened });
	}
	return others;
}

async function loadOne(store: Store, saved: SavedImage, open: LayerOpener | undefined): Promise<Image | undefined> {
	const manifest = await readBlob(await store.blob(saved.manifest.digest));
	const config = await readBlob(await store.blob(saved.config.digest));
	if (manifest === undefined || config === undefined) return undefined;
	const layers: Layer[] = [];
	for (const layer of saved.layers) {
		const blob = await store.blob(layer.descriptor.digest);
		const here = blob?.size === layer.descriptor.size ? async () => blob.open() : undefined;
		const opener = here ?? (layer.origin === undefined ? undefined : open?.(layer));
		if (opener === undefined) return undefined;
		layers.push({ ...layer, open: opener });
	}
	return {
		kind: 'image',
		platform: saved.platform,
		layers,
		manifest: fromBytes(manifest, JSON.parse(manifest.toString()) as ImageManifest, saved.manifest.mediaType),
		config: fromBytes(config, JSON.parse(config.toString()) as ImageConfig, saved.config.mediaType),
	};
}

async function readBlob(blob: StoredBlob | undefined): Promise<Buffer | undefined> {
	if (blob === undefined || blob.size > DOCUMENT_LIMIT) return undefined;
	const parts: Buffer[] = [];
	for await (const part of blob.open()) parts.push(part as Buffer);
	return Buffer.concat(parts);
}

/** `app` and `docker.io/library/app:latest` are one name. */
export function normaliseName(text: string): string {
	const { registry, repository, tag } = parseReference(text);
	return `${registry}/${repository}:${tag ?? 'latest'}`;
}
