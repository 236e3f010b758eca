/**
 * Reads an archive as `docker save` wrote it before Docker 25, with a manifest.json and no OCI layout
 * (https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format). It carries no
 * manifest: one is made, so its digest is ours, not a registry's.
 */
import { createHash } from 'node:crypto';
import { TareError } from '../errors.js';
import { type Digest, digestOfHex } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import type { Descriptor, ImageManifest } from '../oci/types.js';
import { describeLayer } from './describe-layer.js';
import { fromBytes, toDocument } from './document.js';
import type { FileSource } from './file-source.js';
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
	const one = (Array.isArray(saved) ? saved : []).find(
		({ RepoTags }) => tag === undefined || (RepoTags ?? []).some((name: string) => name.endsWith(`:${tag}`)),
	);
	if (one === undefined || typeof one.Config !== 'string' || !Array.isArray(one.Layers)) throw invalid(files, 'its manifest.json names no image');
	const configBytes = files.read(one.Config);
	const config = parse<unknown>(files, one.Config);
	if (!isConfig(config)) throw invalid(files, 'its configuration is none');
	const history = (config.history ?? []).filter(({ empty_layer }) => empty_layer !== true);
	const layers: Layer[] = [];
	for (const [at, name] of one.Layers.entries()) {
		const descriptor = await describe(files, name);
		layers.push({
			descriptor,
			diffId: config.rootfs.diff_ids[at] as Digest,
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
		manifest: toDocument(manifest, MEDIA_TYPE.manifest),
	};
}

/** Layers are plain tars, or gzip where the tool that saved them left them so. */
async function describe(files: FileSource, name: string): Promise<Descriptor> {
	const size = files.size(name);
	if (size === undefined) throw invalid(files, `${name} is missing`);
	const hash = createHash('sha256');
	let gzip: boolean | undefined;
	for await (const chunk of files.stream(name)) {
		gzip ??= (chunk as Buffer)[0] === 0x1f && (chunk as Buffer)[1] === 0x8b;
		hash.update(chunk as Buffer);
	}
	return { mediaType: gzip === true ? MEDIA_TYPE.layerGzip : MEDIA_TYPE.layer, digest: digestOfHex(hash.digest('hex')), size };
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
