/** Writes an OCI image layout folder: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md */
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TareError } from '../errors.js';
import { documentBlob, documentsOf, imagesOf, layersOf } from '../image/blobs.js';
import type { Blob, ImageResult, Output } from '../image/types.js';
import { hexOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import type { Descriptor, IndexManifest } from '../oci/types.js';
import { outputFailure } from './failure.js';

export const LAYOUT_FILE = JSON.stringify({ imageLayoutVersion: '1.0.0' });
export const REF_NAME = 'org.opencontainers.image.ref.name';

export interface LayoutOptions {
	/** Absolute folder; made when absent. Other images in an existing layout are kept. */
	readonly path: string;
	readonly tag: string;
}

/** Blobs are written aside and renamed, index.json last: readers see the old image or the new one. */
export function ociLayout({ path, tag }: LayoutOptions): Output {
	return {
		async write(result) {
			const made = !existsSync(path);
			try {
				refuseForeign(path);
				await mkdir(join(path, 'blobs', 'sha256'), { recursive: true });
				for (const blob of [...layersOf(result), ...documentsOf(result).map(documentBlob)]) await writeBlob(path, blob);
				await replace(join(path, 'oci-layout'), LAYOUT_FILE);
				await replace(join(path, 'index.json'), JSON.stringify(withImage(readIndex(path), result, tag)));
			} catch (cause) {
				if (made) rmSync(path, { recursive: true, force: true });
				throw outputFailure(cause, path);
			}
			return { kind: 'oci', wrote: `${path}:${tag}`, digest: result.manifest.descriptor.digest, references: [`oci:${path}:${tag}`] };
		},
	};
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

async function writeBlob(path: string, blob: Blob): Promise<void> {
	const { digest, size } = blob.descriptor;
	const target = join(path, 'blobs', 'sha256', hexOf(digest));
	if (existsSync(target) && statSync(target).size === size) return;
	const temporary = `${target}.${randomBytes(6).toString('hex')}`;
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
	const temporary = `${path}.${randomBytes(6).toString('hex')}`;
	try {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(temporary, text, { flag: 'wx' });
		await rename(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}
