/** Images that others wrote: an OCI layout folder, an OCI archive or a docker archive, as lazy values. Everything read is verified. */
import { closeSync, createReadStream, existsSync, fstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errno, messageOf } from '../errors.js';
import { type Digest, hexOf, isDigest, sha256 } from '../oci/digest.js';
import { isIndexType, isManifestType, MEDIA_TYPE } from '../oci/media-types.js';
import type { Descriptor, ImageConfig } from '../oci/types.js';
import { openRegular } from '../project-file.js';
import { archiveFiles } from './archive.js';
import { blobsNamed, isImage, mayBeImage, membersNamed, noImage } from './artifact.js';
import { describeLayer } from './describe-layer.js';
import { readDockerArchive } from './docker-archive.js';
import { fromBytes } from './document.js';
import type { FileSource } from './file-source.js';
import { chooseOne } from './several.js';
import { isConfig, isDocument, isIndex, isManifest } from './shape.js';
import type { Blob, Image, ImageResult, Layer, OpaqueManifest } from './types.js';
import { invalidImage as invalid, verifiedFile } from './verified.js';

/** Documents larger than this are no documents (registries refuse manifests beyond 4 MiB). */
const DOCUMENT_LIMIT = 8 * 2 ** 20;
const DEPTH_LIMIT = 4;
const REF_NAME = 'org.opencontainers.image.ref.name';
const FULL_NAME = 'io.containerd.image.name';

/** @param tag picks one of several images @throws TareError IMAGE_INVALID */
export async function readLayout(path: string, tag?: string): Promise<ImageResult> {
	return fromFiles(directoryFiles(path), tag);
}

/** An OCI archive, or a docker archive with or without a layout in it. @throws TareError IMAGE_INVALID */
export async function readArchive(path: string, tag?: string): Promise<ImageResult> {
	const files = await archiveFiles(path);
	const isDocker = files.size('index.json') === undefined && files.size('manifest.json') !== undefined;
	return isDocker ? readDockerArchive(files, tag) : fromFiles(files, tag);
}

function directoryFiles(root: string): FileSource {
	if (!existsSync(join(root, 'index.json'))) throw invalid(root, 'it has no index.json');
	/** A pipe or a device would be waited for, or read without end. */
	const opened = (name: string): number => {
		const fd = openRegular(join(root, name));
		if (fd === undefined) throw invalid(root, `${name} is not a regular file that can be read`);
		return fd;
	};
	return {
		what: root,
		read: (name) => {
			const fd = opened(name);
			try {
				return readFileSync(fd);
			} finally {
				closeSync(fd);
			}
		},
		stream: (name) => {
			const fd = opened(name);
			// Node makes a buffer of this size for every read, however little there is.
			return createReadStream('', { fd, highWaterMark: Math.max(1, Math.min(1 << 20, fstatSync(fd).size)) });
		},
		size: (name) => {
			const stat = statSync(join(root, name), { throwIfNoEntry: false });
			if (stat !== undefined && !stat.isFile()) throw invalid(root, `${name} is not a regular file`);
			return stat?.size;
		},
	};
}

function fromFiles(files: FileSource, tag: string | undefined): ImageResult {
	const index = json(readBounded(files, 'index.json'), isIndex, files.what, 'index.json lists no manifests');
	const named = tag === undefined ? index.manifests : index.manifests.filter((one) => namesOf(one).includes(tag));
	const images = index.manifests.filter((one) => isIndexType(one.mediaType) || isImageHere(files, one));
	if (named.length > 0 && !named.some((one) => images.includes(one)))
		throw noImage(
			files.what,
			named.flatMap((one) => readOpaque(files, one, 1)),
		);
	const choices = images.map((descriptor) => ({ identity: descriptor.digest, names: namesOf(descriptor), value: descriptor }));
	const { value, names } = chooseOne(choices, tag, files.what);
	return { ...readResult(files, value), ...(names.length > 0 && { name: names[0] }) };
}

/** The full name first. */
function namesOf({ annotations }: Descriptor): readonly string[] {
	return [annotations?.[FULL_NAME], annotations?.[REF_NAME]].filter((name) => name !== undefined && name !== '') as string[];
}

function readResult(files: FileSource, descriptor: Descriptor): ImageResult {
	const bytes = readDocument(files, descriptor);
	if (isManifestType(descriptor.mediaType)) return readImage(files, descriptor, bytes);
	const value = json(bytes, isIndex, files.what, 'an index lists no manifests');
	const members = membersNamed(value);
	if (members.length === 0) throw noImage(files.what, []);
	const images: Image[] = [];
	const others: OpaqueManifest[] = [];
	for (const member of members) {
		if (isImageHere(files, member)) images.push(readImage(files, member, readDocument(files, member)));
		else others.push(...readOpaque(files, member, 1));
	}
	return { kind: 'index', images, manifest: fromBytes(bytes, value, descriptor.mediaType), ...(others.length > 0 && { others }) };
}

function isImageHere(files: FileSource, member: Descriptor): boolean {
	return mayBeImage(member) && isImage(json(readDocument(files, member), isManifest, files.what, 'a manifest has no config or layers'));
}

/** What an index in an index names comes before it. */
function readOpaque(files: FileSource, descriptor: Descriptor, depth: number): readonly OpaqueManifest[] {
	if (depth > DEPTH_LIMIT) throw invalid(files.what, 'its indexes are nested too deep');
	const bytes = readDocument(files, descriptor);
	const value = json(bytes, isDocument, files.what, 'a document is not a JSON object');
	const below = isIndexType(descriptor.mediaType) ? membersNamed(value) : [];
	const blobs = blobsNamed(value).map((blob): Blob => {
		const name = blobName(files, blob);
		return { descriptor: blob, open: async () => verifiedFile(files, name, blob) };
	});
	return [...below.flatMap((one) => readOpaque(files, one, depth + 1)), { manifest: fromBytes(bytes, value, descriptor.mediaType), blobs }];
}

function readImage(files: FileSource, descriptor: Descriptor, bytes: Buffer): Image {
	const manifest = json(bytes, isManifest, files.what, 'a manifest has no config or layers');
	const configBytes = readDocument(files, manifest.config);
	const config = json(configBytes, isConfig, files.what, 'a configuration lacks os, architecture or diff_ids');
	const diffIds = config.rootfs.diff_ids;
	if (diffIds.length !== manifest.layers.length)
		throw invalid(files.what, `its configuration has ${diffIds.length} diff_ids for ${manifest.layers.length} layers`);
	const { os, architecture, variant } = config;
	return {
		kind: 'image',
		platform: { os, architecture, ...(variant !== undefined && { variant }) },
		manifest: fromBytes(bytes, manifest, descriptor.mediaType),
		config: fromBytes(configBytes, config, manifest.config.mediaType),
		layers: manifest.layers.map((layer, at) => toLayer(files, layer, diffIds[at] as Digest, config, at)),
	};
}

function toLayer(files: FileSource, descriptor: Descriptor, diffId: Digest, config: ImageConfig, at: number): Layer {
	const history = (config.history ?? []).filter(({ empty_layer }) => empty_layer !== true)[at] ?? {};
	const name = blobName(files, descriptor);
	const isPlain = descriptor.mediaType === MEDIA_TYPE.layer || descriptor.mediaType === MEDIA_TYPE.dockerLayer;
	if (isPlain && descriptor.digest !== diffId)
		throw invalid(files.what, `the diff_id of its layer ${at + 1} is ${diffId}, and the layer is ${descriptor.digest}`);
	return { descriptor, diffId, history, ...describeLayer(history, at), open: async () => verifiedFile(files, name, descriptor) };
}

function readDocument(files: FileSource, descriptor: Descriptor): Buffer {
	const bytes = readBounded(files, blobName(files, descriptor));
	if (sha256(bytes) !== descriptor.digest) throw invalid(files.what, `the blob ${descriptor.digest} does not match its digest`);
	return bytes;
}

function readBounded(files: FileSource, name: string): Buffer {
	const size = files.size(name);
	if (size === undefined) throw invalid(files.what, `${name} is missing`);
	if (size > DOCUMENT_LIMIT) throw invalid(files.what, `${name} is larger than ${DOCUMENT_LIMIT} bytes`);
	try {
		return files.read(name);
	} catch (cause) {
		throw invalid(files.what, `${name} cannot be read (${errno(cause) ?? messageOf(cause)})`);
	}
}

function blobName(files: FileSource, { digest }: Descriptor): string {
	if (!isDigest(digest)) throw invalid(files.what, `${JSON.stringify(digest)} is no digest`);
	return `blobs/sha256/${hexOf(digest)}`;
}

function json<T>(bytes: Buffer, is: (value: unknown) => value is T, what: string, otherwise: string): T {
	let value: unknown;
	try {
		value = JSON.parse(bytes.toString());
	} catch {
		throw invalid(what, 'a document is not JSON');
	}
	if (is(value)) return value;
	throw invalid(what, otherwise);
}
