/** One path for equal sources, one build at a time, nothing left behind by builds that were killed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stableDirectory } from '../../src/toolchain/stable-directory.js';

test('the same path for the same name; a second build at the same time gets none', async () => {
	const name = `test-${process.pid}`;
	const first = stableDirectory(name);
	assert.ok(first !== undefined);
	assert.equal(stableDirectory(name), undefined);
	await first.dispose();
	const again = stableDirectory(name);
	assert.equal(again?.path, first.path);
	await again?.dispose();
	assert.equal(existsSync(first.path), false);
});

test('what a killed build left is swept by the next one, what a living one has is not', async () => {
	const [dead, living] = [stableDirectory(`dead-${process.pid}`), stableDirectory(`living-${process.pid}`)];
	assert.ok(dead !== undefined && living !== undefined);
	const { pid } = spawnSync('true');
	writeFileSync(join(dead.path, 'pid'), `${pid} ${readlinkSync('/proc/self/ns/pid')}`);
	await stableDirectory(`next-${process.pid}`)?.dispose();
	assert.equal(existsSync(dead.path), false);
	assert.equal(existsSync(living.path), true);
	await living.dispose();
});
