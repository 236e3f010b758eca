/** Pulling: manifests by tag or digest, layers lazily; everything verified while it streams. */
import { Readable } from 'node:stream';
import { TareError } from '../errors.js';
import { blobsNamed, documentType, isImage, mayBeImage, membersNamed, noImage, notImage } from '../image/artifact.js';
import { describeLayer } from '../image/describe-layer.js';
import { fromBytes } from '../image/document.js';
import type { Document, Image, ImageResult, Layer, OpaqueManifest } from '../image/types.js';
import { verified } from '../image/verified.js';
import { succeeded } from '../net/contract.js';
import { type Digest, sha256 } from '../oci/digest.js';
import { isIndexType, isManifestType, MEDIA_TYPE } from '../oci/media-types.js';
import { formatReference, type Reference } from '../oci/reference.js';
import type { Descriptor, ImageConfig, ImageManifest, IndexManifest } from '../oci/types.js';
import type { RegistryClient } from './client.js';
import { download } from './download.js';
import { registryError } from './errors.js';
import { mayPassAgain, waitBefore } from './retry.js';

const ACCEPT = [MEDIA_TYPE.index, MEDIA_TYPE.manifest, MEDIA_TYPE.dockerIndex, MEDIA_TYPE.dockerManifest].join(', ');
/** Registries refuse larger manifests: distribution-spec, "Pushing Manifests". */
const MANIFEST_LIMIT = 4 * 2 ** 20;
const CONFIG_LIMIT = 8 * 2 ** 20;
const DEPTH_LIMIT = 4;

/** @throws TareError REGISTRY_* | IMAGE_INVALID | NETWORK */
export async function pullManifest(ref: Reference, client: RegistryClient): Promise<Document<ImageManifest | IndexManifest>> {
	const document = await pullDocument(ref, client);
	const { mediaType } = document.descriptor;
	if (!isIndexType(mediaType) && !isManifestType(mediaType)) throw notImage(formatReference(ref), document);
	return document as Document<ImageManifest | IndexManifest>;
}

function pullDocument(ref: Reference, client: RegistryClient, accept = ACCEPT): Promise<Document<unknown>> {
	return fromAnySite(ref, client, (site) => fetchDocument(site, accept, client));
}

async function fetchDocument(ref: Reference, accept: string, client: RegistryClient): Promise<Document<unknown>> {
	const { bytes, response } = await readDocument(ref, accept, client);
	if (ref.digest !== undefined && sha256(bytes) !== ref.digest) throw invalid(ref, `the manifest does not match ${ref.digest}`);
	const value = parse(bytes, ref);
	return fromBytes(bytes, value, documentType(value, response.header('content-type')?.split(';')[0]?.trim()));
}

/** The client sends a request again where it fails; here it is the body that may break. */
async function readDocument(ref: Reference, accept: string, client: RegistryClient) {
	const { attempts, documentMs: timeoutMs } = client.patience;
	for (let attempt = 1; ; attempt++) {
		const response = await client.request(ref, `manifests/${ref.digest ?? ref.tag ?? 'latest'}`, 'pull', { headers: { accept }, timeoutMs });
		if (!succeeded(response)) throw await registryError(response, formatReference(ref));
		try {
			return { response, bytes: await response.bytes(MANIFEST_LIMIT) };
		} catch (error) {
			if (!(error instanceof TareError) || attempt >= attempts || !mayPassAgain(error, attempt)) throw error;
			await waitBefore(attempt, undefined, client.patience, client.signal);
		}
	}
}

export interface PullOptions {
	/** Take along what an index names beside images: for a copy that is to be whole. */
	readonly whole?: boolean;
}

/** An image or index; of an index, all platforms that are images. @throws TareError REGISTRY_* | IMAGE_INVALID | NETWORK */
export async function pullImage(ref: Reference, client: RegistryClient, { whole = false }: PullOptions = {}): Promise<ImageResult> {
	const document = await pullManifest(ref, client);
	if (!isIndexType(document.descriptor.mediaType)) return toImage(document as Document<ImageManifest>, ref, client);
	const members = membersNamed(document.value);
	if (members.length === 0) throw noImage(formatReference(ref), []);
	const pulled = await Promise.all(members.map((member) => pullMember(member, ref, client, whole)));
	const images = pulled.flatMap(({ image }) => image ?? []);
	const others = pulled.flatMap(({ others }) => others ?? []);
	return { kind: 'index', images, manifest: document as Document<IndexManifest>, ...(others.length > 0 && { others }) };
}

interface Member {
	readonly image?: Image;
	readonly others?: readonly OpaqueManifest[];
}

async function pullMember(member: Descriptor, ref: Reference, client: RegistryClient, whole: boolean): Promise<Member> {
	if (!mayBeImage(member)) return whole ? { others: await pullOpaque(member, ref, client, 1) } : {};
	const manifest = (await pullManifest(withDigest(ref, member.digest), client)) as Document<ImageManifest>;
	if (isImage(manifest.value)) return { image: await toImage(manifest, ref, client) };
	return { others: [toOpaque(manifest, ref, client)] };
}

/** What an index in an index names comes before it. */
async function pullOpaque(member: Descriptor, ref: Reference, client: RegistryClient, depth: number): Promise<readonly OpaqueManifest[]> {
	if (depth > DEPTH_LIMIT) throw invalid(ref, 'its indexes are nested too deep');
	const { bytes, value } = await pullDocument(withDigest(ref, member.digest), client, `${member.mediaType}, */*`);
	const below = isIndexType(member.mediaType) ? membersNamed(value) : [];
	const inner = await Promise.all(below.map((one) => pullOpaque(one, ref, client, depth + 1)));
	return [...inner.flat(), toOpaque(fromBytes(bytes, value, member.mediaType), ref, client)];
}

function toOpaque(manifest: Document<unknown>, ref: Reference, client: RegistryClient): OpaqueManifest {
	return { manifest, blobs: blobsNamed(manifest.value).map((descriptor) => ({ descriptor, open: () => openBlob(ref, descriptor, client) })) };
}

async function toImage(manifest: Document<ImageManifest>, ref: Reference, client: RegistryClient): Promise<Image> {
	const { config: descriptor, layers } = manifest.value;
	if (descriptor !== undefined && !isImage(manifest.value)) throw notImage(formatReference(ref), manifest);
	if (descriptor === undefined || !Array.isArray(layers)) throw invalid(ref, 'the manifest has no config or layers');
	const bytes = await collect(await openBlob(ref, descriptor, client), CONFIG_LIMIT, ref);
	const config = parse(bytes, ref) as ImageConfig;
	const diffIds = config.rootfs?.diff_ids ?? [];
	if (diffIds.length !== layers.length) throw invalid(ref, `the configuration has ${diffIds.length} diff_ids for ${layers.length} layers`);
	const history = (config.history ?? []).filter(({ empty_layer }) => empty_layer !== true);
	return {
		kind: 'image',
		platform: { os: config.os, architecture: config.architecture, ...(config.variant !== undefined && { variant: config.variant }) },
		manifest,
		config: fromBytes(bytes, config, descriptor.mediaType),
		layers: layers.map(
			(layer, at): Layer => ({
				descriptor: layer,
				diffId: diffIds[at] as Digest,
				history: history[at] ?? {},
				...describeLayer(history[at] ?? {}, at),
				origin: ref,
				open: () => openBlob(ref, layer, client),
			}),
		),
	};
}

/** @throws TareError REGISTRY_NOT_FOUND | REGISTRY_ERROR; the stream errors unless it carries exactly the descriptor's bytes */
export async function openBlob(ref: Reference, descriptor: Descriptor, client: RegistryClient): Promise<Readable> {
	const bytes = await fromAnySite(ref, client, (site) => download(site, descriptor, client));
	return verified(Readable.from(bytes, { objectMode: false, highWaterMark: 1 << 20 }), descriptor, formatReference(ref));
}

/** Mirrors are asked first, and any that cannot help is passed over; the registry itself has the last word. */
async function fromAnySite<T>(ref: Reference, client: RegistryClient, ask: (site: Reference) => Promise<T>): Promise<T> {
	const sites = client.sites(ref);
	for (const mirror of sites.slice(0, -1)) {
		try {
			return await ask(mirror);
		} catch (error) {
			if (!(error instanceof TareError) || error.code === 'CANCELLED') throw error;
			client.passedOver(mirror, error);
		}
	}
	return ask(sites.at(-1) ?? ref);
}

function withDigest({ registry, repository }: Reference, digest: Digest): Reference {
	return { registry, repository, digest };
}

async function collect(stream: Readable, limit: number, ref: Reference): Promise<Buffer> {
	const parts: Buffer[] = [];
	let length = 0;
	for await (const part of stream) {
		length += (part as Buffer).length;
		if (length > limit) throw invalid(ref, `the configuration is larger than ${limit} bytes`);
		parts.push(part as Buffer);
	}
	return Buffer.concat(parts);
}

function parse(bytes: Uint8Array, ref: Reference): unknown {
	try {
		const value: unknown = JSON.parse(Buffer.from(bytes).toString());
		if (typeof value === 'object' && value !== null) return value;
	} catch {
		// Said below.
	}
	throw invalid(ref, 'a document is not a JSON object');
}

function invalid(ref: Reference, why: string): TareError {
	return new TareError('IMAGE_INVALID', `${formatReference(ref)} is not a valid image: ${why}`, {
		hint: 'The registry or a proxy in front of it may be damaged: pull it with another tool to compare.',
	});
}
