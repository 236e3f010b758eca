/** Indexes that hold more than images: all of it is copied, none of it is taken for an image. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { withImage } from '../../src/image/artifact.js';
import { documentsOf, imagesOf } from '../../src/image/blobs.js';
import { toDocument } from '../../src/image/document.js';
import { inspectImage } from '../../src/image/inspect.js';
import { readLayout } from '../../src/image/read.js';
import { loadImage, saveImage } from '../../src/image/saved.js';
import { selectPlatform } from '../../src/image/select.js';
import type { Blob, Document, Image, ImageIndex, OpaqueManifest } from '../../src/image/types.js';
import { createHttpClient } from '../../src/net/client.js';
import { sha256 } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import { parseReference } from '../../src/oci/reference.js';
import type { Descriptor } from '../../src/oci/types.js';
import { ociLayout } from '../../src/outputs/oci-layout.js';
import { registryOutput } from '../../src/outputs/registry.js';
import { createRegistryClient, type RegistryClient } from '../../src/registry/client.js';
import { pullImage } from '../../src/registry/pull.js';
import { openStore } from '../../src/store/open.js';
import { startFaultRegistry } from '../support/fault-registry.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';

type Json = Readonly<Record<string, unknown>>;
const CHART = 'application/vnd.cncf.helm.config.v1+json';
const AMD64 = { os: 'linux', architecture: 'amd64' };

function blob(text: string, mediaType: string): Blob & { readonly descriptor: Descriptor } {
	const bytes = Buffer.from(text);
	return { descriptor: { mediaType, digest: sha256(bytes), size: bytes.length }, open: async () => Readable.from([bytes]) };
}

function artifact(more: Json, configType: string, mediaType: string = MEDIA_TYPE.manifest): OpaqueManifest {
	const [config, layer] = [blob('{}', configType), blob(`what is signed ${JSON.stringify(more)}`, 'text/plain')];
	const value = { schemaVersion: 2, mediaType, config: config.descriptor, layers: [layer.descriptor], ...more };
	return { manifest: toDocument(value, mediaType), blobs: [config, layer] };
}

function index(images: readonly Image[], others: readonly OpaqueManifest[], members: readonly Json[]): ImageIndex {
	const value = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: members } as unknown as ImageIndex['manifest']['value'];
	return { kind: 'index', images, others, manifest: toDocument(value, MEDIA_TYPE.index) };
}

const member = ({ descriptor }: Document<unknown>, more: Json = {}): Json => ({ ...descriptor, ...more });

/** An image; artifacts told by their type, by their configuration only, by their media type; an attestation; an index in an index. */
async function odd(t: TestContext): Promise<ImageIndex> {
	const image = await testImage(await openStore(folder(t)));
	const typed = artifact({ artifactType: 'application/vnd.example.sbom' }, MEDIA_TYPE.empty);
	const chart = artifact({}, CHART);
	const foreign = artifact({ a: 1 }, MEDIA_TYPE.empty, 'application/vnd.example.manifest.v1+json');
	const attestation = artifact({ b: 1 }, MEDIA_TYPE.config);
	const inner = artifact({ artifactType: 'application/vnd.example.inner' }, MEDIA_TYPE.empty);
	const nested = index([], [], [member(inner.manifest)]).manifest;
	const others = [typed, chart, foreign, attestation, inner, { manifest: nested, blobs: [] }];
	return index([image], others, [
		member(typed.manifest),
		member(chart.manifest, { platform: AMD64 }),
		member(image.manifest),
		member(foreign.manifest),
		member(attestation.manifest, { platform: { os: 'unknown', architecture: 'unknown' } }),
		member(nested),
	]);
}

function clientOf(t: TestContext): RegistryClient {
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {} });
	t.after(() => http.close());
	const keychain = { resolve: async () => ({ kind: 'basic', username: 'bob', password: 's3cret', from: 'the test' }) as const };
	return createRegistryClient({ http, keychain, emit: () => undefined, signal: undefined, patience: { attempts: 2, baseMs: 2 } });
}

const digests = (result: Awaited<ReturnType<typeof readLayout>>): readonly string[] =>
	documentsOf(result)
		.map(({ descriptor }) => descriptor.digest)
		.sort();

test('an index with artifacts, an attestation and an index in it goes everywhere whole', async (t) => {
	const result = await odd(t);
	const registry = await startFaultRegistry(t);
	const client = clientOf(t);
	const sites = { find: async () => [], add: async () => undefined, remove: async () => undefined };
	await registryOutput({ names: [parseReference(`${registry.host}/a:1`)], client, emit: () => undefined, sites }).write(result);
	const pulled = await pullImage(parseReference(`${registry.host}/a:1`), client, { whole: true });
	assert.equal(pulled.manifest.descriptor.digest, result.manifest.descriptor.digest);
	assert.deepEqual(digests(pulled), digests(result));
	const path = folder(t);
	await ociLayout({ path, tag: '1' }).write(pulled);
	const read = await readLayout(path, '1');
	assert.deepEqual(digests(read), digests(result));
	const store = await openStore(folder(t));
	await saveImage(store, read, []);
	for (const { layers } of imagesOf(read)) for (const layer of layers) await store.putStream(await layer.open(), layer.descriptor);
	const loaded = await loadImage(store, read.manifest.descriptor.digest);
	assert.ok(loaded !== undefined);
	for (const one of [pulled, read, loaded]) {
		assert.deepEqual(digests(one), digests(result));
		assert.equal(imagesOf(one).length, 1);
		assert.equal(selectPlatform(one, AMD64, 'it').manifest.descriptor.digest, result.images[0]?.manifest.descriptor.digest);
	}
	const { artifacts = [] } = await inspectImage(read, { contents: 0 });
	assert.equal(artifacts.length, 6);
	assert.deepEqual(
		['application/vnd.example.sbom', CHART, 'text/plain', MEDIA_TYPE.index].filter((type) => !artifacts.some((one) => one.type === type)),
		[],
	);
	registry.arm();
	assert.equal(imagesOf(await pullImage(parseReference(`${registry.host}/a:1`), client)).length, 1);
});

test('an artifact where an image was asked for is refused by its type', async (t) => {
	const registry = await startFaultRegistry(t);
	const client = clientOf(t);
	const chart = artifact({}, CHART);
	const result = index([], [chart], [member(chart.manifest)]);
	const sites = { find: async () => [], add: async () => undefined, remove: async () => undefined };
	await registryOutput({ names: [parseReference(`${registry.host}/a:1`)], client, emit: () => undefined, sites }).write(result);
	const pulled = await pullImage(parseReference(`${registry.host}/a:1`), client, { whole: true });
	const refusal = { code: 'IMAGE_INVALID', message: /artifacts? of type application\/vnd\.cncf\.helm\.config/ };
	assert.throws(() => selectPlatform(pulled, AMD64, 'a:1'), refusal);
	assert.throws(() => withImage(pulled, 'a:1'), refusal);
	await assert.rejects(pullImage(parseReference(`${registry.host}/a@${chart.manifest.descriptor.digest}`), client), refusal);
	const path = folder(t);
	await ociLayout({ path, tag: '1' }).write(result);
	assert.throws(() => withImage(index([], [chart], []), 'a:1'), refusal);
	const read = await readLayout(path, '1');
	assert.throws(() => withImage(read, 'a:1'), refusal);
});

test('a document without its media type is known by its shape', async (t) => {
	const image = await testImage(await openStore(folder(t)));
	for (const sent of ['application/json', 'text/plain; charset=utf-8', MEDIA_TYPE.manifest, '']) {
		const registry = await startFaultRegistry(t, {
			alter: (answer) => ({ ...answer, headers: { ...answer.headers, ...(answer.status === 200 && { 'content-type': sent }) } }),
		});
		const { mediaType: _, ...value } = image.manifest.value;
		const untyped: Image = { ...image, manifest: toDocument(value, MEDIA_TYPE.manifest) };
		const sites = { find: async () => [], add: async () => undefined, remove: async () => undefined };
		await registryOutput({ names: [parseReference(`${registry.host}/a:1`)], client: clientOf(t), emit: () => undefined, sites }).write(untyped);
		const pulled = await pullImage(parseReference(`${registry.host}/a:1`), clientOf(t));
		assert.equal(pulled.manifest.descriptor.mediaType, MEDIA_TYPE.manifest, sent);
	}
});
