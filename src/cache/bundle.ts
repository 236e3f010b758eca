/** What one machine hands to another: records of the store that hold anywhere, and the blobs they name, as an OCI artifact. */
import { Readable } from 'node:stream';
import { TareError } from '../errors.js';
import { documentsOf, imagesOf, layersOf } from '../image/blobs.js';
import { fromBytes, toDocument } from '../image/document.js';
import { LAYER_KEY } from '../image/layer-key.js';
import type { Blob, Image, ImageIndex, ImageResult, Layer, OpaqueManifest } from '../image/types.js';
import type { LayerBlob } from '../layers/write.js';
import { type Digest, sha256 } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import type { Descriptor, ImageManifest } from '../oci/types.js';
import type { CachePlace } from './place.js';

/** Records whose keys name no folder, time or machine. */
export const PORTABLE = new Set(['build', 'image', 'layer', 'binaries', 'libraries', 'packages']);

export interface CachedRecord {
	readonly kind: string;
	readonly key: string;
	readonly value: unknown;
}

export interface Bundle {
	readonly place: CachePlace;
	readonly records: readonly CachedRecord[];
	/** What the records name, by digest: opened when somebody asks. */
	readonly blobs: ReadonlyMap<Digest, Blob>;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md#guidelines-for-artifact-usage */
const ARTIFACT = 'application/vnd.tare.cache.v1';
const RECORDS = 'application/vnd.tare.cache.records.v1+json';
const BLOB = 'application/octet-stream';
const EMPTY = Buffer.from('{}');
const RECORDS_LIMIT = 64 << 20;

/** An index with the artifact in it: every output can write it, every registry keeps what it names. @param image whose layers and documents go along */
export function toArtifact(records: readonly CachedRecord[], image: ImageResult): ImageIndex {
	const sorted = [...records, ...layerRecords(image)].toSorted((a, b) => compare(`${a.kind} ${a.key}`, `${b.kind} ${b.key}`));
	const text = bytesBlob(Buffer.from(JSON.stringify({ records: distinct(sorted) })), RECORDS);
	const empty = bytesBlob(EMPTY, MEDIA_TYPE.empty);
	const documents = documentsOf(image).map(({ bytes }) => bytesBlob(Buffer.from(bytes), BLOB));
	const blobs = [text, ...documents, ...layersOf(image)];
	const manifest: ImageManifest = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		artifactType: ARTIFACT,
		config: empty.descriptor,
		layers: blobs.map(({ descriptor: { mediaType, digest, size } }) => ({ mediaType, digest, size })),
	};
	const artifact: OpaqueManifest = { manifest: toDocument(manifest, MEDIA_TYPE.manifest), blobs: [empty, ...blobs] };
	const nowhere = { os: 'unknown', architecture: 'unknown' };
	const index = {
		schemaVersion: 2 as const,
		mediaType: MEDIA_TYPE.index,
		manifests: [{ ...artifact.manifest.descriptor, artifactType: ARTIFACT, platform: nowhere }],
	};
	return { kind: 'index', images: [], others: [artifact], manifest: toDocument(index, MEDIA_TYPE.index) };
}

/** Of an artifact all it has; of an image its layers, by the keys in its annotations. @throws TareError IMAGE_INVALID */
export async function fromResult(result: ImageResult, place: CachePlace): Promise<Bundle> {
	const others = result.kind === 'index' ? (result.others ?? []) : [];
	const artifact = others.find(({ manifest }) => (manifest.value as ImageManifest).artifactType === ARTIFACT);
	if (artifact === undefined) return { place, records: layerRecords(result), blobs: byDigest(layersOf(result)) };
	const text = artifact.blobs.find(({ descriptor }) => descriptor.mediaType === RECORDS);
	if (text === undefined) throw new TareError('IMAGE_INVALID', 'the cache has no records', { hint: 'Write it anew with --cache-to.' });
	return { place, records: await readRecords(text), blobs: byDigest(artifact.blobs) };
}

async function readRecords(blob: Blob): Promise<readonly CachedRecord[]> {
	if (blob.descriptor.size > RECORDS_LIMIT) throw new TareError('IMAGE_INVALID', `the cache's records are larger than ${RECORDS_LIMIT} bytes`);
	const parts: Buffer[] = [];
	for await (const part of await blob.open()) parts.push(part as Buffer);
	const value = JSON.parse(Buffer.concat(parts).toString()) as { readonly records?: readonly CachedRecord[] };
	return (value.records ?? []).filter(({ kind, key }) => PORTABLE.has(kind) && typeof key === 'string');
}

/** The images' manifests say what their layers are made of. */
function layerRecords(result: ImageResult): readonly CachedRecord[] {
	return imagesOf(result).flatMap((image) => image.manifest.value.layers.flatMap((descriptor, at) => layerRecord(descriptor, at, image)));
}

function layerRecord({ mediaType, digest, size, annotations }: Descriptor, at: number, { config }: Image): readonly CachedRecord[] {
	const key = annotations?.[LAYER_KEY];
	const diffId = config.value.rootfs.diff_ids[at];
	if (key === undefined || diffId === undefined) return [];
	return [{ kind: 'layer', key, value: { diffId, descriptor: { mediaType, digest, size }, key } satisfies LayerBlob }];
}

function byDigest(blobs: readonly (Blob | Layer)[]): ReadonlyMap<Digest, Blob> {
	return new Map(blobs.map((blob) => [blob.descriptor.digest, blob]));
}

function bytesBlob(bytes: Buffer, mediaType: string): Blob {
	const { descriptor } = fromBytes(bytes, undefined, mediaType);
	return { descriptor: { ...descriptor, digest: sha256(bytes) }, open: async () => Readable.from([bytes]) };
}

function distinct(sorted: readonly CachedRecord[]): readonly CachedRecord[] {
	return sorted.filter(({ kind, key }, at) => sorted[at - 1]?.kind !== kind || sorted[at - 1]?.key !== key);
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
