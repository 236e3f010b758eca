/** A signal that is aborted already: every function ends at once, and nothing is written. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, buildAll, copy, detect, image, inspect, login, plan, pull, push, run, update } from '../../src/index.js';
import { folder } from '../support/files.js';

test('nothing is written by any function', async (t) => {
	const dir = folder(t, { 'index.html': '<p>' });
	const store = join(folder(t), 'store');
	const before = process.env.TARE_CACHE_DIR;
	process.env.TARE_CACHE_DIR = store;
	t.after(() => (before === undefined ? delete process.env.TARE_CACHE_DIR : Object.assign(process.env, { TARE_CACHE_DIR: before })));
	const aborted = { signal: AbortSignal.abort() };
	const outputs = [`oci:${join(dir, 'out')}`];
	const calls: Readonly<Record<string, () => Promise<unknown>>> = {
		build: () => build({ dir, outputs }, aborted),
		buildAll: () => buildAll({ dir, outputs: [`oci:${join(dir, '{app}')}`] }, aborted),
		plan: () => plan({ dir }, aborted),
		detect: () => detect({ dir }, aborted),
		update: () => update({ dir }, aborted),
		run: () => run({ target: dir }, aborted),
		inspect: () => inspect(`oci:${dir}`, {}, aborted),
		copy: () => copy(`oci:${dir}`, outputs, {}, aborted),
		push: () => push('127.0.0.1:9/app:1', {}, aborted),
		pull: () => pull('127.0.0.1:9/app:1', {}, aborted),
		login: () => login('127.0.0.1:9', { username: 'u', password: 'p' }, aborted),
		image: () => image({ dir }).ociLayout(join(dir, 'made'), {}, aborted),
	};
	for (const [name, call] of Object.entries(calls)) await assert.rejects(call(), { code: 'CANCELLED' }, name);
	assert.deepEqual(readdirSync(dir), ['index.html']);
	assert.equal(existsSync(store), false);
});
