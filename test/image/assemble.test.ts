/** What an image inherits from its base, and that equal values give equal bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigPatch } from '../../src/builder/contract.js';
import { assembleImage } from '../../src/image/assemble.js';
import type { Layer } from '../../src/image/types.js';
import { sha256 } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import type { ContainerConfig } from '../../src/oci/types.js';

const layer = (name: string): Layer => ({
	name,
	purpose: 'app',
	history: { created_by: name },
	diffId: sha256(name),
	descriptor: { mediaType: MEDIA_TYPE.layerGzip, digest: sha256(`gzip of ${name}`), size: 1 },
	open: () => assert.fail('no layer is read to assemble an image'),
});

const assemble = (base: ContainerConfig, config: ConfigPatch, names: readonly string[] = ['a']) =>
	assembleImage({
		platform: { os: 'linux', architecture: 'amd64' },
		base: { layers: [layer('base')], config: base },
		layers: names.map(layer),
		config,
		epoch: 1_000_000_000,
		annotations: { z: '1', b: '2' },
	});
const configOf = (base: ContainerConfig, config: ConfigPatch): ContainerConfig | undefined => assemble(base, config).config.value.config;

test('variables are merged by name, in the order of the base; a name alone has an empty value', () => {
	const { Env } = configOf({ Env: ['PATH=/bin', 'FLAG', 'OPTS=a=b'] }, { env: { Z: '1', A: '2', PATH: '/app' } }) ?? {};
	assert.deepEqual(Env, ['PATH=/app', 'FLAG=', 'OPTS=a=b', 'A=2', 'Z=1']);
});

test("a base's command is inherited with its entrypoint only", () => {
	const base = { Entrypoint: ['/base'], Cmd: ['serve'] };
	assert.deepEqual(configOf(base, {})?.Cmd, ['serve']);
	assert.equal(configOf(base, { Entrypoint: ['/app'] })?.Cmd, undefined);
	assert.deepEqual(configOf(base, { Cmd: ['other'] })?.Entrypoint, ['/base']);
});

test('one history entry and one diffID for each layer; a layer that comes again, after one that hid it, say, is kept', () => {
	const image = assemble({}, {}, ['a', 'base', 'b']);
	const { value } = image.config;
	assert.equal(image.manifest.value.layers.length, 4);
	assert.equal(image.layers.length, 4);
	assert.deepEqual(value.rootfs.diff_ids, ['base', 'a', 'base', 'b'].map(sha256));
	assert.deepEqual(
		value.history?.map(({ created_by, created }) => [created_by, created]),
		['base', 'a', 'base', 'b'].map((name) => [name, '2001-09-09T01:46:40Z']),
	);
});

test('more layers than engines can mount are an error', () => {
	const names = Array.from({ length: 127 }, (_, at) => `layer ${at}`);
	assert.equal(assemble({}, {}, names.slice(1)).layers.length, 127);
	assert.throws(() => assemble({}, {}, names), { code: 'IMAGE_INVALID', message: /128 layers/ });
});

test('equal values give equal bytes, whatever the order of their keys', () => {
	const one = assemble({ Labels: { a: '1' } }, { env: { A: '1', B: '2' }, Labels: { x: '1', b: '2' }, User: '1:1', Entrypoint: ['/x'] });
	const two = assemble({ Labels: { a: '1' } }, { Entrypoint: ['/x'], User: '1:1', Labels: { b: '2', x: '1' }, env: { B: '2', A: '1' } });
	assert.equal(one.manifest.descriptor.digest, two.manifest.descriptor.digest);
	assert.match(Buffer.from(one.manifest.bytes).toString(), /"annotations":\{"b":"2","z":"1"\}/);
});
