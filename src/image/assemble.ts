/** Base + app layers + configuration = image. Pure: values in, a value out. */
import type { ConfigPatch } from '../builder/contract.js';
import { TareError } from '../errors.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import type { ContainerConfig, Descriptor, ImageConfig, ImageManifest, IndexManifest, Platform } from '../oci/types.js';
import { toDocument } from './document.js';
import { LAYER_KEY } from './layer-key.js';
import type { Image, ImageIndex, Layer } from './types.js';

/** Of overlayfs, as docker uses it. */
const LAYER_LIMIT = 127;

export interface AssembleOptions {
	readonly platform: Platform;
	readonly base: { readonly layers: readonly Layer[]; readonly config: ContainerConfig };
	/** Bottom-up. */
	readonly layers: readonly Layer[];
	readonly config: ConfigPatch;
	/** Seconds since the epoch. */
	readonly epoch: number;
	readonly annotations: Readonly<Record<string, string>>;
}

/** @throws TareError IMAGE_INVALID for more layers than can be run */
export function assembleImage({ platform, base, layers: own, config, epoch, annotations }: AssembleOptions): Image {
	const layers = [...base.layers, ...own];
	if (layers.length > LAYER_LIMIT)
		throw new TareError('IMAGE_INVALID', `the image would have ${layers.length} layers: docker runs none with more than ${LAYER_LIMIT}`, {
			hint: `The base has ${base.layers.length}: take one with fewer layers.`,
		});
	const created = new Date(epoch * 1000).toISOString().replace('.000Z', 'Z');
	const document: ImageConfig = {
		created,
		architecture: platform.architecture,
		...(platform.variant !== undefined && { variant: platform.variant }),
		os: platform.os,
		config: mergeConfig(base.config, config),
		rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
		history: layers.map(({ history }) => ({ created, ...history })),
	};
	const configDocument = toDocument(document, MEDIA_TYPE.config);
	const manifest: ImageManifest = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		config: configDocument.descriptor,
		layers: layers.map(layerDescriptor),
		...(Object.keys(annotations).length > 0 && { annotations: sorted(annotations) }),
	};
	return { kind: 'image', platform, config: configDocument, layers, manifest: toDocument(manifest, MEDIA_TYPE.manifest) };
}

/** Docker's layers in a manifest of OCI's format. */
const OCI_LAYERS: Readonly<Record<string, string>> = {
	[MEDIA_TYPE.dockerLayer]: MEDIA_TYPE.layer,
	[MEDIA_TYPE.dockerLayerGzip]: MEDIA_TYPE.layerGzip,
};

/** @throws TareError INTERNAL for no image */
export function assembleIndex(images: readonly Image[], annotations: Readonly<Record<string, string>> = {}): ImageIndex {
	if (images.length === 0) throw new TareError('INTERNAL', 'an index of no image');
	const value: IndexManifest = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.index,
		manifests: images.map(({ manifest, platform }) => ({ ...manifest.descriptor, platform })),
		...(Object.keys(annotations).length > 0 && { annotations: sorted(annotations) }),
	};
	return { kind: 'index', images, manifest: toDocument(value, MEDIA_TYPE.index) };
}

/** Annotations of a base's descriptors say nothing about this image. */
function layerDescriptor({ descriptor: { mediaType, digest, size }, key }: Layer): Descriptor {
	return {
		mediaType: OCI_LAYERS[mediaType] ?? mediaType,
		digest,
		size,
		...(key !== undefined && { annotations: { [LAYER_KEY]: key } }),
	};
}

function mergeConfig(base: ContainerConfig, { env, Labels, ExposedPorts, ...rest }: ConfigPatch): ContainerConfig {
	// A command of the base belongs to its entrypoint.
	const { Cmd, ...inherited } = base;
	const keepsCommand = rest.Entrypoint === undefined && rest.Cmd === undefined;
	const merged: ContainerConfig = { ...inherited, ...(keepsCommand && Cmd !== undefined && { Cmd }), ...withoutUndefined(rest) };
	const ports = { ...base.ExposedPorts, ...ExposedPorts };
	const labels = { ...base.Labels, ...Labels };
	return {
		...(merged.User !== undefined && { User: merged.User }),
		...(Object.keys(ports).length > 0 && { ExposedPorts: sorted(ports) }),
		Env: mergeEnv(base.Env ?? [], env ?? {}),
		...(merged.Entrypoint !== undefined && { Entrypoint: merged.Entrypoint }),
		...(merged.Cmd !== undefined && { Cmd: merged.Cmd }),
		...(merged.Volumes !== undefined && { Volumes: merged.Volumes }),
		...(merged.WorkingDir !== undefined && { WorkingDir: merged.WorkingDir }),
		...(Object.keys(labels).length > 0 && { Labels: sorted(labels) }),
		...(merged.StopSignal !== undefined && { StopSignal: merged.StopSignal }),
	};
}

/** The base's order, then the new names in byte order. */
function mergeEnv(base: readonly string[], env: Readonly<Record<string, string>>): readonly string[] {
	const all = new Map(base.map((pair) => splitPair(pair)));
	for (const [name, value] of Object.entries(sorted(env))) all.set(name, value);
	return [...all].map(([name, value]) => `${name}=${value}`);
}

/** A name alone has an empty value. */
function splitPair(pair: string): readonly [string, string] {
	const at = pair.indexOf('=');
	return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
	return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
}
