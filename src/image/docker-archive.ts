/**
 * Reads an archive as `docker save` wrote it before Docker 25, with a manifest.json and no OCI layout
 * (https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format). It carries no
 * manifest: one is made, so its digest is ours, not a registry's.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { messageOf, TareError } from '../errors.js';
import { type Digest, digestOfHex } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import type { Descriptor, ImageManifest } from '../oci/types.js';
import { describeLayer } from './describe-layer.js';
import { fromBytes, toDocument } from './document.js';
import type { FileSource } from './file-source.js';
import { chooseOne } from './several.js';
import { isConfig } from './shape.js';
import type { Image, Layer } from './types.js';
import { verifiedFile } from './verified.js';

interface SavedImage {
	readonly Config: string;
	readonly RepoTags?: readonly string[] | null;
	readonly Layers: readonly string[];
}

/** @throws TareError IMAGE_INVALID */
export async function readDockerArchive(files: FileSource, tag?: string): Promise<Image> {
	const saved = parse<readonly SavedImage[]>(files, 'manifest.json');
	const images = (Array.isArray(saved) ? saved : []).filter((one) => typeof one?.Config === 'string' && Array.isArray(one.Layers));
	if (images.length === 0) throw invalid(files, 'its manifest.json names no image');
	const choices = images.map((value) => ({ identity: value.Config, names: (value.RepoTags ?? []).map(String), value }));
	const { value: one, names } = chooseOne(choices, tag, files.what);
	const configBytes = files.read(one.Config);
	const config = parse<unknown>(files, one.Config);
	if (!isConfig(config)) throw invalid(files, 'its configuration is none');
	const diffIds = config.rootfs.diff_ids;
	if (diffIds.length !== one.Layers.length) throw invalid(files, `its configuration has ${diffIds.length} diff_ids for ${one.Layers.length} layers`);
	const history = (config.history ?? []).filter(({ empty_layer }) => empty_layer !== true);
	const layers: Layer[] = [];
	for (const [at, name] of one.Layers.entries()) {
		const diffId = diffIds[at] as Digest;
		const descriptor = await describe(files, name, diffId);
		layers.push({
			descriptor,
			diffId,
			history: history[at] ?? {},
			...describeLayer(history[at] ?? {}, at),
			open: async () => verifiedFile(files, name, descriptor),
		});
	}
	const configDocument = fromBytes(configBytes, config, MEDIA_TYPE.config);
	const manifest: ImageManifest = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		config: configDocument.descriptor,
		layers: layers.map(({ descriptor }) => descriptor),
	};
	const { os, architecture, variant } = config;
	return {
		kind: 'image',
		platform: { os, architecture, ...(variant !== undefined && { variant }) },
		config: configDocument,
		layers,
		...(names[0] !== undefined && { name: tag === undefined ? names[0] : (names.find((name) => name.endsWith(tag)) ?? names[0]) }),
		manifest: toDocument(manifest, MEDIA_TYPE.manifest),
	};
}

/** Layers are plain tars, or gzip where the tool that saved them left them so. There is no digest to verify but the diff_id. */
async function describe(files: FileSource, name: string, diffId: Digest): Promise<Descriptor> {
	const size = files.size(name);
	if (size === undefined) throw invalid(files, `${name} is missing`);
	const gzip = await isGzip(files.stream(name));
	const hash = createHash('sha256');
	const unpacked = createHash('sha256');
	const seen = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
		for await (const chunk of source) {
			hash.update(chunk);
			yield chunk;
		}
	};
	try {
		await (gzip ? pipeline(files.stream(name), seen, createGunzip(), unpacked) : pipeline(files.stream(name), seen, unpacked));
	} catch (cause) {
		throw invalid(files, `${name} cannot be read: ${messageOf(cause)}`);
	}
	const digest = digestOfHex(hash.digest('hex'));
	const found = digestOfHex(unpacked.digest('hex'));
	if (found !== diffId) throw invalid(files, `the diff_id of ${name} is ${diffId}, and its content is ${found}`);
	return { mediaType: gzip ? MEDIA_TYPE.layerGzip : MEDIA_TYPE.layer, digest, size };
}

async function isGzip(stream: Readable): Promise<boolean> {
	for await (const chunk of stream) return (chunk as Buffer)[0] === 0x1f && (chunk as Buffer)[1] === 0x8b;
	return false;
}

function parse<T>(files: FileSource, name: string): T {
	try {
		return JSON.parse(files.read(name).toString()) as T;
	} catch {
		throw invalid(files, `${name} is not JSON`);
	}
}

function invalid({ what }: FileSource, why: string): TareError {
	return new TareError('IMAGE_INVALID', `${what} is not a valid image: ${why}`, { hint: 'Make it again, or check that the copy is complete.' });
}
