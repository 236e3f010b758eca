/**
 * What an index holds beside images, and how it is told from them: attestations, signatures, charts, other indexes.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md#guidelines-for-artifact-usage
 */
import { TareError } from '../errors.js';
import { isIndexType, isManifestType, MEDIA_TYPE } from '../oci/media-types.js';
import { isPlatform } from '../oci/platform.js';
import type { Descriptor, ImageManifest } from '../oci/types.js';
import type { ImageResult, OpaqueManifest } from './types.js';

/** `application/octet-stream` is what Docker 1.10 wrote. */
const CONFIG_TYPES: ReadonlySet<unknown> = new Set([MEDIA_TYPE.config, MEDIA_TYPE.dockerConfig, 'application/octet-stream']);

type Members = Readonly<Record<string, unknown>>;

/** As far as the index tells: whoever finds no artifact by it must ask the manifest, too. */
export function mayBeImage(descriptor: Descriptor): boolean {
	return isManifestType(descriptor.mediaType) && isPlatform(descriptor) && !descriptor.artifactType;
}

export function isImage({ artifactType, config }: Partial<ImageManifest>): boolean {
	return !artifactType && CONFIG_TYPES.has(config?.mediaType);
}

/** An attestation of BuildKit has an image's configuration: its layers tell what it is. */
export function artifactTypeOf({ value, descriptor }: OpaqueManifest['manifest']): string {
	const { artifactType, config, layers } = value as Partial<ImageManifest>;
	const configured = CONFIG_TYPES.has(config?.mediaType) ? layers?.[0]?.mediaType : config?.mediaType;
	return artifactType || configured || descriptor.mediaType;
}

/** All that a document names and that is no document itself. */
export function blobsNamed(document: unknown): readonly Descriptor[] {
	const { config, layers, blobs } = document as Members;
	return [config, layers, blobs].flat().filter(isDescriptor);
}

/** An index's members, each once. */
export function membersNamed(document: unknown): readonly Descriptor[] {
	const members = [(document as Members).manifests].flat().filter(isDescriptor);
	return [...new Map(members.map((member) => [member.digest, member])).values()];
}

function isDescriptor(value: unknown): value is Descriptor {
	return typeof value === 'object' && value !== null && typeof (value as Members).digest === 'string';
}

/** Some leave the type out of the document, and some servers send a type of their own. @param sent the Content-Type */
export function documentType(document: unknown, sent: string | undefined): string {
	const { mediaType, manifests, config, layers, schemaVersion } = document as Members;
	if (typeof mediaType === 'string' && mediaType !== '') return mediaType;
	if (sent !== undefined && (isIndexType(sent) || isManifestType(sent))) return sent;
	if (schemaVersion === 1) return "Docker's format of before 2016 (schema 1)";
	if (Array.isArray(manifests)) return MEDIA_TYPE.index;
	return config !== undefined && Array.isArray(layers) ? MEDIA_TYPE.manifest : (sent ?? 'a document without a type');
}

/** @throws TareError IMAGE_INVALID for what is only artifacts */
export function withImage(result: ImageResult, what: string): ImageResult {
	if (result.kind === 'image' || result.images.length > 0) return result;
	throw noImage(what, result.others ?? []);
}

export function noImage(what: string, others: readonly OpaqueManifest[]): TareError {
	const types = [...new Set(others.map(({ manifest }) => artifactTypeOf(manifest)))];
	const holds = types.length === 0 ? 'its index is empty' : `it holds artifacts of type ${types.join(', ')}`;
	return new TareError('IMAGE_INVALID', `${what} has no image: ${holds}`, { hint: 'Name an image. Other tools (oras, helm, cosign) handle artifacts.' });
}

export function notImage(what: string, manifest: OpaqueManifest['manifest']): TareError {
	return new TareError('IMAGE_INVALID', `${what} is not an image: it is an artifact of type ${artifactTypeOf(manifest)}`, {
		hint: 'Name an image. Other tools (oras, helm, cosign) handle artifacts.',
	});
}
