/** Layout folders under bad luck: several writers at once, failures, leftovers of the killed, damage. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { readLayout } from '../../src/image/read.js';
import type { Image } from '../../src/image/types.js';
import { withLock } from '../../src/outputs/lock.js';
import { ociLayout } from '../../src/outputs/oci-layout.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';

/** The image with a layer that fails when it is read. */
function broken(image: Image, afterMs: number): Image {
	const open = async (): Promise<never> => {
		await setTimeout(afterMs);
		throw new Error('the disk is gone');
	};
	return { ...image, layers: image.layers.map((layer) => ({ ...layer, open })) };
}

test('eight writers of one new layout: every image is in its index, and nothing else is left', async (t) => {
	const [dir, store] = [folder(t), await openStore(folder(t))];
	const path = join(dir, 'layout');
	const images = await Promise.all(Array.from({ length: 8 }, (_, at) => testImage(store, [`own ${at}`, 'shared'])));
	await Promise.all(images.map((image, at) => ociLayout({ path, tag: `t${at}` }).write(image)));
	for (const [at, image] of images.entries()) assert.equal((await readLayout(path, `t${at}`)).manifest.descriptor.digest, image.manifest.descriptor.digest);
	assert.deepEqual(readdirSync(dir), ['layout']);
	assert.deepEqual(readdirSync(path).sort(), ['blobs', 'index.json', 'oci-layout']);
});

test('a failed write leaves no layout, and never takes away what another has written meanwhile', async (t) => {
	const [dir, store] = [folder(t), await openStore(folder(t))];
	const path = join(dir, 'layout');
	const image = await testImage(store);
	await assert.rejects(ociLayout({ path, tag: 'x' }).write(broken(image, 0)), { code: 'OUTPUT_UNWRITABLE', message: /the disk is gone/ });
	assert.deepEqual(readdirSync(dir), []);
	const failing = assert.rejects(ociLayout({ path, tag: 'bad' }).write(broken(image, 100)), { code: 'OUTPUT_UNWRITABLE' });
	await ociLayout({ path, tag: 'good' }).write(image);
	await failing;
	assert.equal((await readLayout(path, 'good')).manifest.descriptor.digest, image.manifest.descriptor.digest);
});

test('a damaged document of an existing layout is written anew', async (t) => {
	const [path, store] = [join(folder(t), 'layout'), await openStore(folder(t))];
	const image = await testImage(store);
	await ociLayout({ path, tag: 'x' }).write(image);
	const config = join(path, 'blobs/sha256', image.config.descriptor.digest.slice(7));
	writeFileSync(config, Buffer.alloc(statSync(config).size, 'x'));
	await ociLayout({ path, tag: 'x' }).write(image);
	assert.deepEqual(readFileSync(config), Buffer.from(image.config.bytes));
});

test('the lock of a killed process is taken over; one that is held is waited for', async (t) => {
	const path = join(folder(t), 'index.json');
	writeFileSync(`${path}.lock`, 'of a dead process');
	assert.equal(await withLock(path, async () => 'done', 2), 'done');
	assert.ok(!existsSync(`${path}.lock`));
	const order: string[] = [];
	const slow = withLock(path, async () => {
		await setTimeout(60);
		order.push('first');
	});
	await setTimeout(5);
	await withLock(path, async () => order.push('second'));
	await slow;
	assert.deepEqual(order, ['first', 'second']);
});
