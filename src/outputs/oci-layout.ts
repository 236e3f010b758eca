/** Writes an OCI image layout folder: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md */
import { createWriteStream, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errno, TareError } from '../errors.js';
import { blobsOf, documentBlob, documentsOf, imagesOf } from '../image/blobs.js';
import type { Blob, ImageResult, Output } from '../image/types.js';
import { hexOf, sha256 } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import type { Descriptor, IndexManifest } from '../oci/types.js';
import { asideOf, removeLeftovers, removeLeftoversIn } from './aside.js';
import { outputFailure } from './failure.js';
import { withLock } from './lock.js';

export const LAYOUT_FILE = JSON.stringify({ imageLayoutVersion: '1.0.0' });
export const REF_NAME = 'org.opencontainers.image.ref.name';

export interface LayoutOptions {
	/** Absolute folder; made when absent. Other images in an existing layout are kept. */
	readonly path: string;
	readonly tag: string;
}

/** A new layout appears whole or not at all; into one that is there, blobs are renamed first and index.json last. */
export function ociLayout({ path, tag }: LayoutOptions): Output {
	return {
		async write(result) {
			try {
				refuseForeign(path);
				for (const place of [path, join(path, 'index.json'), join(path, 'oci-layout')]) removeLeftovers(place);
				removeLeftoversIn(join(path, 'blobs', 'sha256'));
				if (existsSync(path) || !(await createLayout(path, result, tag))) await addTo(path, result, tag);
			} catch (cause) {
				throw outputFailure(cause, path);
			}
			return { kind: 'oci', wrote: `${path}:${tag}`, digest: result.manifest.descriptor.digest, references: [`oci:${path}:${tag}`] };
		},
	};
}

/** @returns false when another writer's layout was there first */
async function createLayout(path: string, result: ImageResult, tag: string): Promise<boolean> {
	const aside = asideOf(path);
	try {
		await addTo(aside, result, tag);
		await rename(aside, path);
		return true;
	} catch (cause) {
		if (['ENOTEMPTY', 'EEXIST'].includes(errno(cause) ?? '')) return false;
		throw cause;
	} finally {
		await rm(aside, { recursive: true, force: true });
	}
}

async function addTo(path: string, result: ImageResult, tag: string): Promise<void> {
	await mkdir(join(path, 'blobs', 'sha256'), { recursive: true });
	for (const layer of blobsOf(result)) await writeBlob(path, layer, false);
	for (const document of documentsOf(result)) await writeBlob(path, documentBlob(document), true);
	await replace(join(path, 'oci-layout'), LAYOUT_FILE);
	const index = join(path, 'index.json');
	await withLock(index, () => replace(index, JSON.stringify(withImage(readIndex(path), result, tag))));
}

/** @throws TareError OUTPUT_UNWRITABLE for a folder with something else in it */
function refuseForeign(path: string): void {
	if (!existsSync(path)) return;
	if (!statSync(path).isDirectory())
		throw new TareError('OUTPUT_UNWRITABLE', `${path} is a file, not a folder`, { hint: 'An OCI layout is a folder; for one file use oci-archive:FILE.' });
	const names = existsSync(join(path, 'index.json')) || existsSync(join(path, 'blobs'));
	if (!names && readdirSync(path).length > 0)
		throw new TareError('OUTPUT_UNWRITABLE', `${path} is not empty and not an OCI layout`, { hint: 'Name an empty or new folder.' });
}

/** A layer that is there with its size is kept: layouts are verified by whoever reads them. Documents are small enough to be compared. */
async function writeBlob(path: string, blob: Blob, compare: boolean): Promise<void> {
	const { digest, size } = blob.descriptor;
	const target = join(path, 'blobs', 'sha256', hexOf(digest));
	if (existsSync(target) && statSync(target).size === size && (!compare || sha256(readFileSync(target)) === digest)) return;
	const temporary = asideOf(target);
	try {
		await pipeline(await blob.open(), createWriteStream(temporary, { flags: 'wx', highWaterMark: 4 << 20 }));
		await rename(temporary, target);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}

/** The index with the image under its name; an image of that name before is replaced, others stay. */
function withImage(index: IndexManifest | undefined, result: ImageResult, tag: string): IndexManifest {
	const others = (index?.manifests ?? []).filter(({ annotations }) => annotations?.[REF_NAME] !== tag);
	return { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [...others, namedDescriptor(result, tag)] };
}

export function namedDescriptor(result: ImageResult, tag: string): Descriptor {
	const [image] = imagesOf(result);
	const platform = result.kind === 'image' && image !== undefined ? { platform: image.platform } : {};
	return { ...result.manifest.descriptor, ...platform, annotations: { [REF_NAME]: tag } };
}

function readIndex(path: string): IndexManifest | undefined {
	const file = join(path, 'index.json');
	if (!existsSync(file)) return undefined;
	try {
		const value = JSON.parse(readFileSync(file, 'utf8')) as IndexManifest;
		if (Array.isArray(value.manifests)) return value;
	} catch {
		// Said below.
	}
	throw new TareError('OUTPUT_UNWRITABLE', `${file} is not an OCI index`, { hint: 'Name an empty or new folder.' });
}

async function replace(path: string, text: string): Promise<void> {
	if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
	const temporary = asideOf(path);
	try {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(temporary, text, { flag: 'wx' });
		await rename(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}
