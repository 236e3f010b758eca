/** Images that others wrote: whatever is wrong with them is told as such, never as a defect of ours. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLayout } from '../../src/image/read.js';
import { sha256 } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import { folder } from '../support/files.js';

type Json = Record<string, unknown>;

/** Writes layouts of given documents and reads them. */
function layouts(dir: string) {
	mkdirSync(join(dir, 'blobs/sha256'), { recursive: true });
	const put = (value: unknown, mediaType: string): Json => {
		const bytes = Buffer.from(JSON.stringify(value));
		writeFileSync(join(dir, 'blobs/sha256', sha256(bytes).slice(7)), bytes);
		return { mediaType, digest: sha256(bytes), size: bytes.length };
	};
	const layer = put('layer', MEDIA_TYPE.layerGzip);
	const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [layer.digest] } };
	const image = (manifest: Json = {}, changed: Json = {}): Json =>
		put({ schemaVersion: 2, config: put({ ...config, ...changed }, MEDIA_TYPE.config), layers: [layer], ...manifest }, MEDIA_TYPE.manifest);
	const read = (index: unknown) => {
		writeFileSync(join(dir, 'index.json'), JSON.stringify(index));
		return readLayout(dir);
	};
	return { put, layer, image, read };
}

const JUNK: readonly unknown[] = [null, 5, 'x', {}, [], [null], [5], true, { length: 3 }];

test('documents of any shape give an image or IMAGE_INVALID', async (t) => {
	const { put, layer, image, read } = layouts(folder(t));
	const configKeys = ['os', 'architecture', 'variant', 'rootfs', 'history', 'config', 'created'];
	const cases = JUNK.flatMap((junk) => [
		junk,
		{ manifests: junk },
		{ manifests: [junk] },
		{ manifests: [put({ manifests: [junk] }, MEDIA_TYPE.index)] },
		{ manifests: [{ ...image(), annotations: junk }] },
		...['config', 'layers', 'annotations'].map((key) => ({ manifests: [image({ [key]: junk })] })),
		...['size', 'mediaType', 'digest'].map((key) => ({ manifests: [image({ layers: [{ ...layer, [key]: junk }] })] })),
		...configKeys.map((key) => ({ manifests: [image({}, { [key]: junk })] })),
		{ manifests: [image({}, { rootfs: { diff_ids: [junk] } })] },
	]);
	let refused = 0;
	for (const index of cases) {
		const result = await read(index).catch((error: { readonly code?: string }) => error);
		if ('kind' in result) continue;
		assert.equal(result.code, 'IMAGE_INVALID', JSON.stringify(index));
		refused++;
	}
	assert.ok(refused > cases.length / 2, `${refused} of ${cases.length}`);
});

test('what Go programs write is accepted: null for what is absent', async (t) => {
	const { image, read } = layouts(folder(t));
	const result = await read({ manifests: [image({ annotations: null }, { history: null, config: { Env: null, Cmd: null, Labels: null } })] });
	assert.equal(result.kind, 'image');
});

test('a configuration without os, and an index without images, are no images', async (t) => {
	const { put, image, read } = layouts(folder(t));
	await assert.rejects(read({ manifests: [image({}, { os: undefined })] }), { code: 'IMAGE_INVALID', message: /lacks os/ });
	await assert.rejects(read({ manifests: [put({ manifests: [] }, MEDIA_TYPE.index)] }), { code: 'IMAGE_INVALID', message: /no image/ });
});
