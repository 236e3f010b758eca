/** Frameworks whose project has no adapter for Node: the build puts one in, pinned in tare.lock. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { boot } from '../support/boot.js';
import { built, digestOf, tare } from '../support/cli.js';
import { copyOfExample } from '../support/example.js';
import { folder } from '../support/files.js';
import { canBoot } from '../support/tools.js';

test('SvelteKit with adapter-auto answers, and has one digest with the lock of another machine', async (t) => {
	if (!canBoot(t)) return;
	const dir = copyOfExample(t, 'node-sveltekit');
	const auto = (file: string, change: (text: string) => string): void => writeFileSync(join(dir, file), change(readFileSync(join(dir, file), 'utf8')));
	auto('svelte.config.js', (text) => text.replace('adapter-node', 'adapter-auto'));
	auto('package.json', (text) => text.replace(/"@sveltejs\/adapter-node": "[^"]*"/, '"@sveltejs/adapter-auto": "^6"'));
	rmSync(join(dir, 'package-lock.json'));
	const out = folder(t);
	const first = built(['build', dir, '-o', `oci:${out}/image`]);
	const app = await boot({ image: `${out}/image:latest` });
	try {
		assert.match((await app.get('/')).body, /A page rendered by SvelteKit/);
	} finally {
		await app.stop();
	}

	const lock = readFileSync(join(dir, 'tare.lock'), 'utf8');
	assert.match(lock, /"node sveltekit-adapter"[\s\S]*@sveltejs\/adapter-node/);
	const copy = join(folder(t), 'elsewhere');
	cpSync(dir, copy, { recursive: true });
	assert.equal(digestOf(built(['build', copy, '--frozen', '--fresh', '-o', `oci:${out}/again`])), digestOf(first));
	rmSync(join(copy, 'tare.lock'));
	assert.equal(tare(['build', copy, '--frozen', '-o', `oci:${out}/none`]).status, 41);
});
