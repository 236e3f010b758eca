/** Images made by hand: immutable, lazy, and what was asked for is in them. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { imagesOf } from '../../src/image/blobs.js';
import { readLayout } from '../../src/image/read.js';
import { type Extension, image, inspect, layer } from '../../src/index.js';
import { readLayer } from '../../src/layers/read.js';
import { ownStore } from '../support/api.js';
import { folder } from '../support/files.js';

/** `mode uid:gid path` of everything in an image, bottom-up. */
async function contentsOf(layout: string): Promise<readonly string[]> {
	const lines: string[] = [];
	for (const one of imagesOf(await readLayout(layout))[0]?.layers ?? [])
		await readLayer(await one.open(), one.descriptor.mediaType, ({ path, mode, uid, gid, link }) => {
			lines.push(`${mode.toString(8)} ${uid}:${gid} ${path}${link === undefined ? '' : ` -> ${link}`}`);
			return false;
		});
	return lines;
}

function site(t: TestContext): string {
	const dir = folder(t, {
		'dist/index.js': 'x',
		'dist/run.sh': '#!',
		'dist/index.js.map': '{}',
		'dist/.env': 'SECRET=1',
		'dist/deep/a.txt': 'a',
		'notes.txt': 'n',
	});
	chmodSync(join(dir, 'dist/run.sh'), 0o755);
	return dir;
}

test('nothing is read until an output is asked for, and no method changes a value', async (t) => {
	ownStore(t);
	const dir = join(folder(t), 'later');
	const empty = image({ dir });
	const full = empty.with(layer.dir('dist', { at: '/app' }), layer.files({ '/a': { from: 'a.txt' } })).config({ entrypoint: ['/app/run'] });
	assert.deepEqual((await empty.plan()).layers, []);
	assert.deepEqual(
		(await full.plan()).layers.map(({ name }) => name),
		['layer-1', 'layer-2'],
	);
	assert.ok(!existsSync(dir), 'a plan makes and reads nothing');
	mkdirSync(dir);
	await assert.rejects(full.build(), { code: 'SOURCE_NOT_FOUND', message: /no folder dist/ });
	mkdirSync(join(dir, 'dist'));
	writeFileSync(join(dir, 'dist/run'), '');
	writeFileSync(join(dir, 'a.txt'), 'a');
	const { images, unchanged } = await full.build();
	assert.deepEqual([images[0]?.layers.length, unchanged], [2, false]);
	assert.equal((await full.build()).unchanged, true);
});

test('places, modes, owners, links; secrets and what is excluded stay out', async (t) => {
	ownStore(t);
	const [dir, out] = [site(t), join(folder(t), 'out')];
	await image({ dir })
		.with(layer.dir('dist', { at: '/app', owner: 1000, exclude: ['**/*.map'] }))
		.with(
			layer.files({
				'/etc/version': '1',
				'/opt/run': { content: new Uint8Array([1]), mode: 0o750, owner: '7:8' },
				'/opt/notes': { from: 'notes.txt' },
				'/opt/current': { link: 'run' },
			}),
		)
		.ociLayout(out);
	assert.deepEqual(await contentsOf(out), [
		'755 1000:1000 app',
		'755 1000:1000 app/deep',
		'644 1000:1000 app/deep/a.txt',
		'644 1000:1000 app/index.js',
		'755 1000:1000 app/run.sh',
		'755 0:0 etc',
		'644 0:0 etc/version',
		'755 0:0 opt',
		'777 0:0 opt/current -> run',
		'644 0:0 opt/notes',
		'750 7:8 opt/run',
	]);
});

test('configuration adds up; platforms get their own contents in one index; the base may be another layout', async (t) => {
	ownStore(t);
	const dir = folder(t, { 'bin/amd64/p': 'intel', 'bin/arm64/p': 'arm' });
	const base = join(dir, 'base');
	const below = image({ dir })
		.with(layer.files({ '/below': '' }, { name: 'below' }))
		.config({ env: { A: '1', B: '1' }, labels: { x: '1' }, ports: [80] });
	await below.for('linux/amd64', 'linux/arm64').ociLayout(base);
	const above = image({ dir, base: `oci:${base}` })
		.for('linux/amd64', 'linux/arm64')
		.with(layer.dir(({ architecture }) => `bin/${architecture}`, { at: '/bin2' }))
		.config({ env: { B: '2' }, cmd: ['a'], user: 5, workdir: '/w', ports: ['53/udp'], volumes: ['/data'], stopSignal: 'SIGINT' })
		.config({ entrypoint: ['/bin2/p'], cmd: ['b'] })
		.annotate({ 'example.note': 'yes' });
	const { digest, images } = await above.ociLayout(join(dir, 'out'));
	assert.deepEqual(
		images.map(({ platform }) => platform),
		['linux/amd64', 'linux/arm64'],
	);
	assert.notEqual(images[0]?.layers[1]?.digest, images[1]?.layers[1]?.digest);
	const details = await inspect(`oci:${join(dir, 'out')}`);
	assert.equal(details.digest, digest);
	const { config, annotations } = details.images[0] as (typeof details.images)[number];
	assert.deepEqual(config, {
		User: '5',
		ExposedPorts: { '53/udp': {}, '80/tcp': {} },
		Env: ['A=1', 'B=2'],
		Entrypoint: ['/bin2/p'],
		Cmd: ['b'],
		Volumes: { '/data': {} },
		WorkingDir: '/w',
		Labels: { x: '1' },
		StopSignal: 'SIGINT',
	});
	assert.equal(annotations['example.note'], 'yes');
});

test('extensions, names and outputs are those of every build; mistakes are typed errors', async (t) => {
	ownStore(t);
	const dir = folder(t);
	const labelled: Extension = (plan) => ({ ...plan, config: { ...plan.config, Labels: { by: 'extension' } } });
	const made = image({ dir })
		.with(layer.files({ '/a': 'a' }, { name: 'first', purpose: 'assets' }))
		.extend(labelled);
	const { reference, outputs, images } = await made.build({ tags: ['team/app:1'], outputs: [`oci:${dir}/o`, `oci-archive:${dir}/a.tar`] });
	assert.match(reference, /^team\/app:1@sha256:/);
	assert.equal(outputs.length, 2);
	assert.deepEqual(
		images[0]?.layers.map(({ name, purpose }) => `${name} ${purpose}`),
		['first assets'],
	);
	assert.deepEqual((await inspect('team/app:1')).images[0]?.config.Labels, { by: 'extension' });
	assert.throws(() => layer.files({}, { name: 'a b' }), { code: 'USAGE' });
	await assert.rejects(
		image({ dir })
			.with(layer.files({ '/../x': '' }))
			.build(),
		{ code: 'UNSAFE_PATH' },
	);
	await assert.rejects(image({ dir }).for('windows').build(), { code: 'PLATFORM_INVALID' });
	await assert.rejects(image({ dir, base: 'debian' }).build({ offline: true }), { code: 'OFFLINE' });
});

test('a layer that comes again after one that hid it is kept, and so is a repeated layer of a base', async (t) => {
	ownStore(t);
	const dir = folder(t);
	const [on, off] = [layer.files({ '/etc/c': 'on' }), layer.files({ '/etc/c': 'off' })];
	await image({ dir }).with(on).with(off).with(on).ociLayout(`${dir}/base`);
	await image({ dir, base: `oci:${dir}/base` })
		.with(layer.files({ '/app': 'x' }))
		.ociLayout(`${dir}/app`);
	const digestsOf = async (layout: string): Promise<readonly string[]> =>
		(imagesOf(await readLayout(layout))[0]?.layers ?? []).map(({ descriptor }) => descriptor.digest);
	const [first, second, third] = await digestsOf(`${dir}/base`);
	assert.notEqual(first, second);
	assert.equal(first, third);
	assert.deepEqual((await digestsOf(`${dir}/app`)).slice(0, 3), [first, second, third]);
});
