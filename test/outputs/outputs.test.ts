/** Layouts and archives, as other tools read them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assembleIndex } from '../../src/image/assemble.js';
import { inspectImage } from '../../src/image/inspect.js';
import { readArchive, readLayout } from '../../src/image/read.js';
import { loadImage, saveImage } from '../../src/image/saved.js';
import { dockerArchive } from '../../src/outputs/docker-archive.js';
import { ociArchive } from '../../src/outputs/oci-archive.js';
import { ociLayout } from '../../src/outputs/oci-layout.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';
import { hasTools } from '../support/tools.js';

const ARM = { os: 'linux', architecture: 'arm64' };

test('skopeo and umoci read what we write, with our digest', async (t) => {
	if (!hasTools(t, 'skopeo', 'umoci')) return;
	const [dir, store] = [folder(t), await openStore(folder(t))];
	const image = await testImage(store);
	const { digest } = image.manifest.descriptor;
	await ociLayout({ path: join(dir, 'layout'), tag: '1.0' }).write(image);
	await ociArchive({ path: join(dir, 'a.tar'), tag: '1.0' }).write(image);
	await dockerArchive({ path: join(dir, 'd.tar'), tag: '1.0', names: ['app:1.0'] }).write(image);
	const inspect = (name: string) => JSON.parse(execFileSync('skopeo', ['inspect', name], { encoding: 'utf8' }));
	assert.equal(inspect(`oci:${dir}/layout:1.0`).Digest, digest);
	assert.equal(inspect(`oci-archive:${dir}/a.tar:1.0`).Digest, digest);
	execFileSync('skopeo', ['copy', '-q', `docker-archive:${dir}/d.tar:app:1.0`, `oci:${dir}/copied:x`]);
	execFileSync('umoci', ['unpack', '--rootless', '--image', `${dir}/layout:1.0`, join(dir, 'bundle')], { stdio: 'ignore' });
	assert.equal(readFileSync(join(dir, 'bundle/rootfs/layer-1'), 'utf8'), 'two');
	for (const result of [await readLayout(join(dir, 'layout'), '1.0'), await readArchive(join(dir, 'a.tar')), await readArchive(join(dir, 'd.tar'))])
		assert.equal(result.manifest.descriptor.digest, digest);
});

test('an archive of an older docker save, as skopeo writes it, is read too', async (t) => {
	if (!hasTools(t, 'skopeo')) return;
	const [dir, store] = [folder(t), await openStore(folder(t))];
	await ociLayout({ path: join(dir, 'layout'), tag: '1' }).write(await testImage(store));
	execFileSync('skopeo', ['copy', '-q', `oci:${dir}/layout:1`, `docker-archive:${dir}/old.tar:app:1`]);
	const details = await inspectImage(await readArchive(join(dir, 'old.tar')), { contents: 1 });
	assert.deepEqual(
		details.images[0]?.layers.map(({ contents }) => contents?.biggest[0]?.path),
		['layer-0', 'layer-1'],
	);
});

test('archives have the same bytes every time', async (t) => {
	const [dir, store] = [folder(t), await openStore(folder(t))];
	const image = await testImage(store);
	for (const name of ['a', 'b']) {
		await ociArchive({ path: join(dir, `${name}.oci`), tag: 'x' }).write(image);
		await dockerArchive({ path: join(dir, `${name}.docker`), tag: 'x', names: ['app:x'] }).write(image);
	}
	assert.deepEqual(readFileSync(join(dir, 'a.oci')), readFileSync(join(dir, 'b.oci')));
	assert.deepEqual(readFileSync(join(dir, 'a.docker')), readFileSync(join(dir, 'b.docker')));
});

test('a layout holds several images; writing one again replaces it and changes nothing else', async (t) => {
	const [dir, store] = [join(folder(t), 'layout'), await openStore(folder(t))];
	const [one, two] = [await testImage(store, ['1']), await testImage(store, ['2'])];
	await ociLayout({ path: dir, tag: 'a' }).write(one);
	await ociLayout({ path: dir, tag: 'b' }).write(two);
	const before = readFileSync(join(dir, 'index.json'), 'utf8');
	await ociLayout({ path: dir, tag: 'b' }).write(two);
	assert.equal(readFileSync(join(dir, 'index.json'), 'utf8'), before);
	assert.equal((await readLayout(dir, 'a')).manifest.descriptor.digest, one.manifest.descriptor.digest);
	await assert.rejects(readLayout(dir), { code: 'IMAGE_INVALID', hint: /a, b/ });
	assert.ok(!readdirSync(join(dir, 'blobs/sha256')).some((name) => name.includes('.')), 'no temporary file is left');
});

test('an index of two platforms goes to a layout, and is refused for a docker archive', async (t) => {
	const [dir, store] = [folder(t), await openStore(folder(t))];
	const index = assembleIndex([await testImage(store), await testImage(store, ['three'], ARM)]);
	await ociLayout({ path: join(dir, 'layout'), tag: 'x' }).write(index);
	const read = await readLayout(join(dir, 'layout'));
	assert.deepEqual(read.kind === 'index' && read.images.map(({ platform }) => platform.architecture), ['amd64', 'arm64']);
	await assert.rejects(dockerArchive({ path: join(dir, 'd.tar'), tag: 'x', names: [] }).write(index), { code: 'USAGE', hint: /oci-archive/ });
	assert.ok(!existsSync(join(dir, 'd.tar')));
});

test('inspect names layers, their purpose and their biggest files', async (t) => {
	const details = await inspectImage(await testImage(await openStore(folder(t))), { contents: 1 });
	assert.deepEqual(
		details.images[0]?.layers.map(({ name, purpose, contents }) => [name, purpose, contents?.biggest[0]?.path]),
		[
			['layer-0', 'app', 'layer-0'],
			['layer-1', 'app', 'layer-1'],
		],
	);
	assert.deepEqual(details.images[0]?.config.Env, ['PATH=/bin', 'A=1']);
});

test('a damaged layout is told, not used', async (t) => {
	const [dir, store] = [join(folder(t), 'layout'), await openStore(folder(t))];
	const image = await testImage(store);
	await ociLayout({ path: dir, tag: 'x' }).write(image);
	const blob = (digest: string): string => join(dir, 'blobs/sha256', digest.slice(7));
	const layer = image.layers[0]?.descriptor.digest ?? '';
	writeFileSync(blob(layer), 'damaged');
	await assert.rejects(inspectImage(await readLayout(dir), {}), { code: 'IMAGE_INVALID' });
	writeFileSync(blob(image.manifest.descriptor.digest), '{}');
	await assert.rejects(readLayout(dir), { code: 'IMAGE_INVALID', message: /does not match its digest/ });
	writeFileSync(
		join(dir, 'index.json'),
		JSON.stringify({ manifests: [{ mediaType: image.manifest.descriptor.mediaType, digest: 'sha256:../../../../etc/passwd', size: 1 }] }),
	);
	await assert.rejects(readLayout(dir), { code: 'IMAGE_INVALID', message: /is no digest/ });
	writeFileSync(join(dir, 'x.tar'), 'not a tar');
	await assert.rejects(readArchive(join(dir, 'x.tar')), { code: 'IMAGE_INVALID' });
});

test('an image in the store is found again, until a part of it is gone', async (t) => {
	const store = await openStore(folder(t));
	const image = await testImage(store);
	await saveImage(store, image, ['docker.io/library/app:latest']);
	const { digest } = image.manifest.descriptor;
	assert.deepEqual((await loadImage(store, digest))?.manifest.descriptor, image.manifest.descriptor);
	const blob = await store.blob(image.layers[0]?.descriptor.digest as never);
	writeFileSync(blob?.path ?? '', 'short');
	assert.equal(await loadImage(store, digest), undefined);
});
