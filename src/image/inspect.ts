/** What is in an image: layers with their purpose, sizes and biggest files, configuration, packages. */
import { readLayer } from '../layers/read.js';
import { formatPlatform } from '../oci/platform.js';
import type { ContainerConfig } from '../oci/types.js';
import { artifactTypeOf } from './artifact.js';
import { imagesOf, othersOf, sizeOf } from './blobs.js';
import type { Image, ImageResult, Layer, PackageRef } from './types.js';

export interface InspectOptions {
	/** How many of the biggest files to list for each layer; 0 reads no layer. Default 3. */
	readonly contents?: number;
}

export interface LayerDetails {
	readonly name: string;
	readonly purpose: string;
	readonly digest: string;
	readonly diffId: string;
	readonly mediaType: string;
	/** Compressed bytes. */
	readonly size: number;
	readonly createdBy?: string;
	/** Known where the layer was read: bytes of all files, their number, and the biggest. */
	readonly contents?: { readonly bytes: number; readonly files: number; readonly biggest: readonly { readonly path: string; readonly size: number }[] };
}

export interface PlatformDetails {
	readonly platform: string;
	readonly digest: string;
	readonly imageId: string;
	readonly created?: string;
	/** Compressed bytes. */
	readonly size: number;
	readonly config: ContainerConfig;
	readonly annotations: Readonly<Record<string, string>>;
	readonly layers: readonly LayerDetails[];
	/** Debian's, from the status files that scanners read; then those of the app, where it was built with this store. */
	readonly packages: readonly PackageRef[];
}

export interface ImageDetails {
	readonly digest: string;
	readonly mediaType: string;
	readonly images: readonly PlatformDetails[];
	/** What else the index holds: attestations, signatures, other indexes. Left out where there is nothing. */
	readonly artifacts?: readonly { readonly type: string; readonly digest: string }[];
}

/** What is known of an image's app beside its layers. */
export type OfApp = (image: Image) => Promise<readonly PackageRef[]>;

/** @throws TareError IMAGE_INVALID | REGISTRY_* | NETWORK */
export async function inspectImage(result: ImageResult, { contents = 3 }: InspectOptions, ofApp: OfApp = async () => []): Promise<ImageDetails> {
	const images: PlatformDetails[] = [];
	for (const image of imagesOf(result)) images.push(await inspectPlatform(image, contents, await ofApp(image)));
	const { digest, mediaType } = result.manifest.descriptor;
	const artifacts = othersOf(result).map(({ manifest }) => ({ type: artifactTypeOf(manifest), digest: manifest.descriptor.digest }));
	return { digest, mediaType, images, ...(artifacts.length > 0 && { artifacts }) };
}

async function inspectPlatform(image: Image, count: number, ofApp: readonly PackageRef[]): Promise<PlatformDetails> {
	const packages: PackageRef[] = [];
	const layers: LayerDetails[] = [];
	for (const layer of image.layers) layers.push(await inspectLayer(layer, count, packages));
	const { config, created } = image.config.value;
	return {
		platform: formatPlatform(image.platform),
		digest: image.manifest.descriptor.digest,
		imageId: image.config.descriptor.digest,
		...(created !== undefined && { created }),
		size: sizeOf(image),
		config: config ?? {},
		annotations: image.manifest.value.annotations ?? {},
		layers,
		packages: [...packages.sort((a, b) => (a.name < b.name ? -1 : 1)), ...ofApp],
	};
}

const STATUS = /^var\/lib\/dpkg\/status\.d\/[^/]+(?<!\.md5sums)$/;

async function inspectLayer(layer: Layer, count: number, packages: PackageRef[]): Promise<LayerDetails> {
	const { descriptor, diffId, name, purpose, history } = layer;
	const details = {
		name,
		purpose,
		digest: descriptor.digest,
		diffId,
		mediaType: descriptor.mediaType,
		size: descriptor.size,
		...(history.created_by !== undefined && { createdBy: history.created_by }),
	};
	if (count <= 0) return details;
	let bytes = 0;
	let files = 0;
	let biggest: { path: string; size: number }[] = [];
	await readLayer(
		await layer.open(),
		descriptor.mediaType,
		({ path, size, type }) => {
			if (type === 'file') files++;
			bytes += size;
			biggest.push({ path, size });
			if (biggest.length > 64 + count) biggest = largest(biggest, count);
			return STATUS.test(path);
		},
		(_member, content) => {
			packages.push(debianPackage(content.toString('utf8')));
		},
	);
	return { ...details, contents: { bytes, files, biggest: largest(biggest, count) } };
}

/** https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst#deb */
function debianPackage(status: string): PackageRef {
	const field = (key: string): string => new RegExp(`^${key}: (.*)$`, 'm').exec(status)?.[1] ?? '';
	const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
	const arch = architecture === '' ? '' : `?arch=${architecture}`;
	return {
		type: 'deb',
		name,
		version,
		...(architecture !== '' && { architecture }),
		purl: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}${arch}`,
	};
}

function largest<T extends { readonly path: string; readonly size: number }>(files: readonly T[], count: number): T[] {
	return [...files].sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1)).slice(0, count);
}
