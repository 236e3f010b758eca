/** What a killed build left beside its output goes with the next one; what others have there, and who still writes, is let be. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ociArchive } from '../../src/outputs/oci-archive.js';
import { ociLayout } from '../../src/outputs/oci-layout.js';
import { openStore } from '../../src/store/open.js';
import { owner } from '../../src/store/scratch.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';

const DEAD = '1.0.0123456789ab';

test('leftovers of layouts and archives are removed', async (t) => {
	const dir = folder(t);
	const image = await testImage(await openStore(folder(t)));
	const out = join(dir, 'out');
	const kept = [`out.${owner()}.0123456789ab`, `other.${DEAD}`, 'out.0123', 'out.1.2.txt'];
	for (const name of [...kept, `out.${DEAD}`, `out.tar.${DEAD}`]) mkdirSync(join(dir, name, 'blobs'), { recursive: true });
	await ociLayout({ path: out, tag: '1' }).write(image);
	await ociArchive({ path: `${out}.tar`, tag: '1' }).write(image);
	assert.deepEqual(readdirSync(dir).sort(), [...kept, 'out', 'out.tar'].sort());
	for (const place of ['index.json', 'blobs/sha256/aa']) writeFileSync(join(out, `${place}.${DEAD}`), '');
	await ociLayout({ path: out, tag: '2' }).write(image);
	assert.deepEqual(
		[...readdirSync(out), ...readdirSync(join(out, 'blobs/sha256'))].filter((name) => name.includes(DEAD)),
		[],
	);
});
