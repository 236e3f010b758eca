/** Archives as `docker save` has written them over the years, and layouts with several images: all of it is read, nothing is chosen in silence. */
import assert from 'node:assert/strict';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { readArchive, readLayout } from '../../src/image/read.js';
import type { ImageResult } from '../../src/image/types.js';
import { sha256 } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import { folder } from '../support/files.js';

async function archive(t: TestContext, fill: (tar: Pack) => void): Promise<string> {
	const path = join(folder(t), 'saved.tar');
	const tar = pack();
	const file = tar.pipe(createWriteStream(path));
	fill(tar);
	tar.finalize();
	await finished(file);
	return path;
}

const LAYER = Buffer.alloc(1024, 'a');
const OTHER = Buffer.alloc(2048, 'b');
const configOf = (...diffIds: readonly string[]): string =>
	JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: diffIds } });

const layersOf = (image: ImageResult): readonly (readonly [string, string])[] => {
	assert.ok(image.kind === 'image');
	return image.layers.map(({ descriptor: { digest, mediaType } }) => [digest, mediaType] as const);
};

test('a layer that comes again is a link, of any kind, to the first', async (t) => {
	const links: readonly (readonly ['symlink' | 'link', string])[] = [
		['symlink', '../aaa/layer.tar'],
		['symlink', '../link/layer.tar'],
		['link', 'aaa/layer.tar'],
		['link', './aaa/layer.tar'],
	];
	for (const [type, linkname] of links) {
		const path = await archive(t, (tar) => {
			tar.entry({ name: 'bbb/layer.tar', type, linkname });
			tar.entry({ name: 'link/layer.tar', type: 'symlink', linkname: '../aaa/layer.tar' });
			tar.entry({ name: './aaa/layer.tar' }, LAYER);
			tar.entry({ name: 'c.json' }, configOf(sha256(LAYER), sha256(LAYER)));
			tar.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'c.json', RepoTags: ['app/s:1'], Layers: ['aaa/layer.tar', 'bbb/layer.tar'] }]));
		});
		const image = await readArchive(path);
		assert.deepEqual(layersOf(image), [
			[sha256(LAYER), MEDIA_TYPE.layer],
			[sha256(LAYER), MEDIA_TYPE.layer],
		]);
		assert.equal(image.name, 'app/s:1');
	}
});

test('links that lead out, in a circle or nowhere are a layer that is missing', async (t) => {
	for (const linkname of ['../../aaa/layer.tar', '/aaa/layer.tar', '../bbb/layer.tar', '../none/layer.tar']) {
		const path = await archive(t, (tar) => {
			tar.entry({ name: 'aaa/layer.tar' }, LAYER);
			tar.entry({ name: 'bbb/layer.tar', type: 'symlink', linkname });
			tar.entry({ name: 'c.json' }, configOf(sha256(LAYER)));
			tar.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'c.json', Layers: ['bbb/layer.tar'] }]));
		});
		await assert.rejects(readArchive(path), { code: 'IMAGE_INVALID', message: /bbb\/layer\.tar is missing/ }, linkname);
	}
});

test('of several images one is asked for, by tag, name or configuration', async (t) => {
	const path = await archive(t, (tar) => {
		tar.entry({ name: '1.tar' }, LAYER);
		tar.entry({ name: '2.tar' }, gzipSync(OTHER));
		tar.entry({ name: 'one.json' }, configOf(sha256(LAYER)));
		tar.entry({ name: 'two.json' }, configOf(sha256(OTHER)));
		const saved = [
			{ Config: 'one.json', RepoTags: ['app/one:1', 'app/one:stable'], Layers: ['1.tar'] },
			{ Config: 'two.json', RepoTags: ['app/two:1'], Layers: ['2.tar'] },
		];
		tar.entry({ name: 'manifest.json' }, JSON.stringify(saved));
	});
	await assert.rejects(readArchive(path), { code: 'IMAGE_INVALID', message: /holds several images$/, hint: /app\/one:1, app\/two:1/ });
	await assert.rejects(readArchive(path, '1'), { code: 'IMAGE_INVALID', message: /several images named "1"/, hint: /app\/one:1, app\/two:1/ });
	await assert.rejects(readArchive(path, '9'), { code: 'IMAGE_INVALID', message: /no image named "9"/, hint: /app\/one:1/ });
	for (const name of ['stable', 'app/one:1', 'one.json']) assert.equal(layersOf(await readArchive(path, name))[0]?.[0], sha256(LAYER), name);
	assert.deepEqual(layersOf(await readArchive(path, 'app/two:1')), [[sha256(gzipSync(OTHER)), MEDIA_TYPE.layerGzip]]);
});

test('a layer that is not what the configuration says is refused', async (t) => {
	for (const [layer, diffIds] of [
		[LAYER, [sha256(OTHER)]],
		[gzipSync(LAYER), [sha256(OTHER)]],
		[gzipSync(LAYER).subarray(0, 20), [sha256(LAYER)]],
		[LAYER, [sha256(LAYER), sha256(LAYER)]],
	] as const) {
		const path = await archive(t, (tar) => {
			tar.entry({ name: '1.tar' }, layer);
			tar.entry({ name: 'c.json' }, configOf(...diffIds));
			tar.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'c.json', Layers: ['1.tar'] }]));
		});
		await assert.rejects(readArchive(path), { code: 'IMAGE_INVALID' });
	}
});

test('images of a layout that have one tag are told apart by name or digest', async (t) => {
	const dir = folder(t);
	mkdirSync(join(dir, 'blobs/sha256'), { recursive: true });
	const put = (bytes: Buffer | string, mediaType: string) => {
		const digest = sha256(Buffer.from(bytes));
		writeFileSync(join(dir, 'blobs/sha256', digest.slice(7)), bytes);
		return { mediaType, digest, size: bytes.length };
	};
	const image = (layer: Buffer, diffId = sha256(layer)) =>
		put(
			JSON.stringify({ schemaVersion: 2, config: put(configOf(diffId), MEDIA_TYPE.config), layers: [put(layer, MEDIA_TYPE.dockerLayer)] }),
			MEDIA_TYPE.manifest,
		);
	const named = (descriptor: ReturnType<typeof put>, name: string) => ({
		...descriptor,
		annotations: { 'org.opencontainers.image.ref.name': '1', 'io.containerd.image.name': `docker.io/app/${name}:1` },
	});
	const index = (...manifests: readonly object[]): void => writeFileSync(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
	const [one, two] = [image(LAYER), image(OTHER)];
	index(named(one, 'one'), named(two, 'two'), named(one, 'again'));
	for (const tag of [undefined, '1'])
		await assert.rejects(readLayout(dir, tag), { code: 'IMAGE_INVALID', hint: /docker\.io\/app\/one:1, docker\.io\/app\/two:1/ });
	assert.equal((await readLayout(dir, 'docker.io/app/two:1')).manifest.descriptor.digest, two.digest);
	assert.equal((await readLayout(dir, 'app/one:1')).name, 'docker.io/app/one:1');
	assert.equal((await readLayout(dir, two.digest)).manifest.descriptor.digest, two.digest);
	index(named(one, 'one'), named(one, 'again'));
	assert.equal((await readLayout(dir, '1')).manifest.descriptor.digest, one.digest);
	index(image(LAYER, sha256(OTHER)));
	await assert.rejects(readLayout(dir), { code: 'IMAGE_INVALID', message: /diff_id/ });
});
