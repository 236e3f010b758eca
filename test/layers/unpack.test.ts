/** Layers become a folder, and nothing outside of it: what hostile ones try. What honest ones mean is compared with umoci in e2e. */
import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { TareError } from '../../src/errors.js';
import { pathInside } from '../../src/layers/inside.js';
import { unpackLayers } from '../../src/layers/unpack.js';
import { folder } from '../support/files.js';
import { type Member, packed } from '../support/layers.js';

async function unpack(t: TestContext, ...layers: readonly (readonly Member[])[]): Promise<string> {
	const root = join(folder(t), 'outer', 'root');
	mkdirSync(root, { recursive: true });
	writeFileSync(join(root, '..', 'secret'), 'outside');
	await unpackLayers(await Promise.all(layers.map(packed)), root, { owners: false });
	assert.deepEqual(readdirSync(join(root, '..')).sort(), ['root', 'secret']);
	assert.equal(readFileSync(join(root, '..', 'secret'), 'utf8'), 'outside');
	return root;
}

const invalid = (error: unknown) => error instanceof TareError && error.code === 'IMAGE_INVALID';

test('a link to a folder is followed inside the image, wherever it points', async (t) => {
	const up = '../../../../../../..';
	const root = await unpack(
		t,
		[
			{ name: 'usr/lib/', type: 'directory' },
			{ name: 'lib', type: 'symlink', linkname: '/usr/lib' },
			{ name: 'out', type: 'symlink', linkname: up },
			{ name: 'loop', type: 'symlink', linkname: 'loop' },
		],
		[
			{ name: 'lib/a', content: 'a' },
			{ name: 'out/b', content: 'b' },
		],
	);
	assert.equal(readFileSync(join(root, 'usr/lib/a'), 'utf8'), 'a');
	assert.equal(readFileSync(join(root, 'b'), 'utf8'), 'b');
	assert.equal(readlinkSync(join(root, 'lib')), '/usr/lib');
	assert.equal(pathInside(root, `out/${up}/lib/a`, 'target'), join(root, 'usr/lib/a'));
	assert.throws(() => pathInside(root, 'loop/x', 'target'), invalid);
});

test('a file takes the place of a link, and is not written through it', async (t) => {
	const root = await unpack(t, [{ name: 'a', type: 'symlink', linkname: '../secret' }], [{ name: 'a', content: 'mine' }]);
	assert.ok(lstatSync(join(root, 'a')).isFile());
});

const HOSTILE: readonly (readonly [string, readonly Member[]])[] = [
	['a path upwards', [{ name: '../secret', content: 'x' }]],
	['a whiteout upwards', [{ name: '.wh...', content: '' }]],
	['a whiteout of its own folder', [{ name: 'a/.wh..', content: '' }]],
	['a hard link upwards', [{ name: 'a', type: 'link', linkname: '../secret' }]],
	['a hard link to nothing', [{ name: 'a', type: 'link', linkname: 'b' }]],
	[
		'a hard link through a link',
		[
			{ name: 'out', type: 'symlink', linkname: '..' },
			{ name: 'a', type: 'link', linkname: 'out/secret' },
		],
	],
	[
		'a file below a file',
		[
			{ name: 'a', content: '' },
			{ name: 'a/b', content: '' },
		],
	],
	[
		'a file below a circle of links',
		[
			{ name: 'a', type: 'symlink', linkname: 'b' },
			{ name: 'b', type: 'symlink', linkname: 'a' },
			{ name: 'a/c', content: '' },
		],
	],
];

for (const [what, members] of HOSTILE)
	test(`refused: ${what}`, async (t) => {
		await assert.rejects(unpack(t, members), invalid);
	});

test('no device, no set-user-ID; what the caller cannot read stays removable', async (t) => {
	const root = await unpack(t, [
		{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 },
		{ name: 'su', content: '#!', mode: 0o4755 },
		{ name: 'closed/', type: 'directory', mode: 0o001 },
		{ name: 'closed/file', content: 'x', mode: 0o001 },
	]);
	assert.ok(!existsSync(join(root, 'null')));
	assert.equal(lstatSync(join(root, 'su')).mode & 0o7777, 0o755);
	assert.equal(lstatSync(join(root, 'closed')).mode & 0o7777, 0o701);
});

test('a layer that ends too early is no layer', async (t) => {
	const whole = await packed([{ name: 'a', content: 'x'.repeat(5000) }]);
	const root = folder(t);
	const [bytes] = (await (await whole.open()).toArray()) as [Buffer];
	const cut = { ...whole, open: async () => Readable.from([bytes.subarray(0, 40)]) };
	await assert.rejects(unpackLayers([cut], root, { owners: false }), invalid);
});
