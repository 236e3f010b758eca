/** What an app is made of is known to whoever has its image's configuration, here or through a cache. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromResult, toArtifact } from '../../src/cache/bundle.js';
import { shareStore } from '../../src/cache/overlay.js';
import { adoptPackages, packagesOf, savePackages } from '../../src/image/app-packages.js';
import { assembleIndex } from '../../src/image/assemble.js';
import { inspectImage } from '../../src/image/inspect.js';
import type { PackageRef } from '../../src/image/types.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';

const ARM = { os: 'linux', architecture: 'arm64' };
const npm = (name: string): PackageRef => ({ type: 'npm', name, version: '1.0.0', purl: `pkg:npm/${name}@1.0.0` });
const fail = (error: Error): never => {
	throw error;
};

test('packages are listed for the platform that has them, each once and sorted', async (t) => {
	const store = await openStore(folder(t));
	const [amd, arm] = [await testImage(store), await testImage(store, ['one', 'two'], ARM)];
	await savePackages(store, amd, [npm('b'), npm('a'), npm('b')]);
	await savePackages(store, arm, [npm('c')]);
	const { images } = await inspectImage(assembleIndex([amd, arm]), { contents: 0 }, (image) => packagesOf(store, image));
	assert.deepEqual(
		images.map(({ platform, packages }) => [platform, packages.map(({ purl }) => purl)]),
		[
			['linux/amd64', ['pkg:npm/a@1.0.0', 'pkg:npm/b@1.0.0']],
			['linux/arm64', ['pkg:npm/c@1.0.0']],
		],
	);
});

test('an image of elsewhere has no packages but those of its layers', async (t) => {
	const store = await openStore(folder(t));
	assert.deepEqual(await packagesOf(store, await testImage(store)), []);
});

test('a cache brings them along, and they stay when it is gone', async (t) => {
	const first = shareStore(await openStore(folder(t)), async () => [], fail);
	const image = await testImage(first);
	await savePackages(first, image, [npm('a')]);
	const bundle = await fromResult(toArtifact(first.used(), image), { kind: 'folder', path: '/cache', tag: 'cache' });

	const own = await openStore(folder(t));
	const second = shareStore(own, async () => [bundle], fail);
	assert.deepEqual(await packagesOf(own, image), []);
	await adoptPackages(second, image);
	assert.deepEqual(await packagesOf(own, image), [npm('a')]);
	assert.ok(
		second.used().some(({ kind }) => kind === 'packages'),
		'the next cache has them, too',
	);
});
