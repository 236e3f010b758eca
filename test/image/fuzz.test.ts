/** What comes from outside in any shape: an answer or a clear error, never a crash, a hang or a path out. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { readDebTar } from '../../src/bases/debian/deb.js';
import { TareError } from '../../src/errors.js';
import { imagesOf } from '../../src/image/blobs.js';
import { readArchive, readLayout } from '../../src/image/read.js';
import { readLayer } from '../../src/layers/read.js';
import { formatReference, parseReference } from '../../src/oci/reference.js';
import { ociArchive } from '../../src/outputs/oci-archive.js';
import { ociLayout } from '../../src/outputs/oci-layout.js';
import { parseChallenges } from '../../src/registry/auth/challenge.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';
import { hasTools } from '../support/tools.js';

const RUNS = Number(process.env.FUZZ_RUNS ?? 150);

/** Bytes of the original changed, cut off, doubled or replaced. */
function mutated(bytes: Buffer): fc.Arbitrary<Buffer> {
	const at = fc.nat({ max: Math.max(0, bytes.length - 1) });
	return fc.oneof(
		fc.array(fc.tuple(at, fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }).map((changes) => {
			const copy = Buffer.from(bytes);
			for (const [position, value] of changes) copy[position] = value;
			return copy;
		}),
		at.map((length) => bytes.subarray(0, length)),
		fc.tuple(at, at).map(([from, to]) => Buffer.concat([bytes, bytes.subarray(Math.min(from, to), Math.max(from, to))])),
		fc.uint8Array({ maxLength: 2000 }).map((random) => Buffer.from(random)),
	);
}

async function clearly(work: () => Promise<unknown>): Promise<void> {
	try {
		await work();
	} catch (error) {
		assert.ok(error instanceof TareError && error.code !== 'INTERNAL', error instanceof Error ? error.stack : String(error));
	}
}

test('references: what is accepted means the same when written again', () => {
	const word = fc.stringMatching(/^[a-zA-Z0-9._:@/-]{0,40}$/);
	fc.assert(
		fc.property(
			fc.oneof(
				word,
				fc.string(),
				fc.tuple(word, word).map(([a, b]) => `${a}/${b}:1`),
			),
			(text) => {
				try {
					const parsed = parseReference(text);
					assert.deepEqual(parseReference(formatReference(parsed)), parsed);
					assert.ok(!/(^|\/)\.\.(\/|$)/.test(parsed.repository));
				} catch (error) {
					assert.ok(error instanceof TareError && error.code === 'REFERENCE_INVALID', String(error));
				}
			},
		),
		{ numRuns: RUNS * 20 },
	);
	fc.assert(
		fc.property(fc.string(), (text) => void parseChallenges(text)),
		{ numRuns: RUNS * 10 },
	);
});

test('documents of a layout: any JSON, with digests that match', async (t) => {
	const dir = folder(t);
	const image = await testImage(await openStore(folder(t)), ['a']);
	await ociLayout({ path: join(dir, 'oci'), tag: 'x' }).write(image);
	const documents = {
		index: JSON.parse(readFileSync(join(dir, 'oci/index.json'), 'utf8')) as object,
		manifest: image.manifest.value,
		config: image.config.value,
	};
	const json = fc.jsonValue({ maxDepth: 3 });
	const broken = (value: object): fc.Arbitrary<unknown> =>
		fc.oneof(
			json,
			fc.tuple(fc.constantFrom(...Object.keys(value)), json).map(([key, other]) => ({ ...value, [key]: other })),
		);
	const blob = (text: string): { digest: string; size: number } => {
		const digest = createHash('sha256').update(text).digest('hex');
		writeFileSync(join(dir, 'oci/blobs/sha256', digest), text);
		return { digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
	};
	await fc.assert(
		fc.asyncProperty(
			fc.oneof(
				broken(documents.index).map((index) => ({ ...documents, index })),
				broken(documents.manifest).map((manifest) => ({ ...documents, manifest, relink: true })),
				broken(documents.config).map((config) => ({ ...documents, config, relink: true })),
			),
			async (made) => {
				const config = blob(JSON.stringify(made.config));
				const manifest =
					'relink' in made && made.config !== documents.config ? { ...documents.manifest, config: { ...documents.manifest.config, ...config } } : made.manifest;
				const index = 'relink' in made ? { schemaVersion: 2, manifests: [{ ...image.manifest.descriptor, ...blob(JSON.stringify(manifest)) }] } : made.index;
				writeFileSync(join(dir, 'oci/index.json'), JSON.stringify(index));
				await clearly(() => readLayout(join(dir, 'oci')));
			},
		),
		{ numRuns: RUNS },
	);
});

test('archives and layers: bytes changed, cut off, doubled', async (t) => {
	const dir = folder(t);
	const store = await openStore(folder(t));
	const image = await testImage(store, ['a', 'b'.repeat(3000)]);
	const file = join(dir, 'image.tar');
	await ociArchive({ path: file, tag: 'x' }).write(image);
	const readAll = async (): Promise<void> => {
		for (const { layers } of imagesOf(await readArchive(file)))
			for (const layer of layers) await readLayer(await layer.open(), layer.descriptor.mediaType, () => true);
	};
	await fc.assert(
		fc.asyncProperty(mutated(readFileSync(file)), async (bytes) => {
			writeFileSync(file, bytes);
			await clearly(readAll);
		}),
		{ numRuns: RUNS },
	);
	const [layer] = image.layers;
	assert.ok(layer);
	const parts: Buffer[] = [];
	for await (const part of await layer.open()) parts.push(part as Buffer);
	const types = ['tar', 'tar+gzip', 'tar+zstd'].map((end) => `application/vnd.oci.image.layer.v1.${end}`);
	await fc.assert(
		fc.asyncProperty(mutated(Buffer.concat(parts)), fc.constantFrom(...types), (bytes, type) =>
			clearly(() => readLayer(Readable.from([bytes]), type, () => true)),
		),
		{ numRuns: RUNS },
	);
});

test('debs: bytes changed, cut off, doubled', async (t) => {
	if (!hasTools(t, 'dpkg-deb')) return;
	const dir = folder(t, {
		'p/DEBIAN/control': 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n',
		'p/usr/share/x/file': 'content',
	});
	const file = join(dir, 'x.deb');
	for (const compression of ['gzip', 'xz', 'none']) {
		execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '-b', join(dir, 'p'), file], { stdio: 'ignore' });
		await readDeb(t, file);
	}
});

async function readDeb(_t: TestContext, file: string): Promise<void> {
	const read = (part: 'control' | 'data'): Promise<void> => readDebTar(file, part, 'x', async (_header, content) => void content.resume());
	const original = readFileSync(file);
	await read('data');
	await fc.assert(
		fc.asyncProperty(mutated(original), fc.constantFrom('control' as const, 'data' as const), async (bytes, part) => {
			writeFileSync(file, bytes);
			await clearly(() => read(part));
		}),
		{ numRuns: Math.ceil(RUNS / 3) },
	);
}
