/** assets: files of the project at any place of the image. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assetLayer, assetPlan } from '../../src/builder/assets.js';
import type { AssetOption } from '../../src/config/schema.js';
import { index } from '../support/files.js';

const FILES = { 'conf/a.ini': 'a', 'conf/sub/b.ini': 'bb', 'run.sh': '#!' };
const entries = async (t: import('node:test').TestContext, ...assets: readonly AssetOption[]) => {
	const layer = assetLayer({ source: index(t, FILES), app: '', assets }, () => undefined);
	return ((await layer?.entries()) ?? []).map(({ path, type, mode, uid = 0, gid = 0 }) => `${type} ${path} ${mode.toString(8)} ${uid}:${gid}`);
};

test('a folder keeps its shape; modes and owners are the usual ones', async (t) => {
	assert.deepEqual(await entries(t, { from: 'conf', to: '/etc/app' }), ['file etc/app/a.ini 644 0:0', 'file etc/app/sub/b.ini 644 0:0']);
});

test('a file goes to the path, or into the folder that ends in /', async (t) => {
	assert.deepEqual(await entries(t, { from: './run.sh', to: '/opt/start', mode: '0750' }, { from: 'run.sh', to: '/opt/' }), [
		'file opt/start 750 0:0',
		'file opt/run.sh 644 0:0',
	]);
});

test('an owner gets folders it can write, searchable by whoever may read', async (t) => {
	assert.deepEqual(await entries(t, { from: 'conf', to: '/data', owner: '65532:65532', mode: '0640' }), [
		'directory data 750 65532:65532',
		'directory data/sub 750 65532:65532',
		'file data/a.ini 640 65532:65532',
		'file data/sub/b.ini 640 65532:65532',
	]);
});

test('the whole project, and what is not there', async (t) => {
	assert.equal((await entries(t, { from: '.', to: '/srv' })).length, 3);
	assert.throws(() => assetPlan({ source: index(t, FILES), app: '', assets: [{ from: 'none', to: '/x' }] }), { code: 'CONFIG_INVALID', message: /none/ });
});
