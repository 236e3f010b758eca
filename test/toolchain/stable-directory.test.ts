/** One path for equal sources, one build at a time, nothing left behind by builds that were killed. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stableDirectory } from '../../src/toolchain/stable-directory.js';

test('the same path for the same name; the same process gets none a second time', async () => {
	const name = `test-${process.pid}`;
	const first = await stableDirectory(name);
	assert.ok(first !== undefined);
	assert.equal(await stableDirectory(name), undefined);
	await first.dispose();
	const again = await stableDirectory(name);
	assert.equal(again?.path, first.path);
	await again?.dispose();
	assert.equal(existsSync(first.path), false);
});

test('what a killed build left is swept by the next one, what a living one has is not', async () => {
	const [dead, living] = [await stableDirectory(`dead-${process.pid}`), await stableDirectory(`living-${process.pid}`)];
	assert.ok(dead !== undefined && living !== undefined);
	const { pid } = spawnSync('true');
	writeFileSync(join(dead.path, 'pid'), `${pid} ${readlinkSync('/proc/self/ns/pid')}`);
	await (await stableDirectory(`next-${process.pid}`))?.dispose();
	assert.equal(existsSync(dead.path), false);
	assert.equal(existsSync(living.path), true);
	await living.dispose();
});

test('a build waits for another one of the same source, says so, and can be stopped while it waits', async () => {
	const name = `shared-${process.pid}`;
	const other = spawn('sleep', ['60']);
	const first = await stableDirectory(name);
	assert.ok(first !== undefined);
	writeFileSync(join(first.path, 'pid'), `${other.pid} ${readlinkSync('/proc/self/ns/pid')}`);
	let said = 0;
	await assert.rejects(stableDirectory(name, { signal: AbortSignal.timeout(300), onWait: () => said++ }), { code: 'CANCELLED' });
	assert.equal(said, 1);
	const waiting = stableDirectory(name);
	await first.dispose();
	assert.equal((await waiting)?.path, first.path);
	other.kill();
	await first.dispose();
});
