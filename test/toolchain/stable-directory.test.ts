/** One path for equal sources, one build at a time, nothing left behind by builds that were killed. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stableDirectory } from '../../src/toolchain/stable-directory.js';

const PROCESSES = `${readlinkSync('/proc/self/ns/pid')}@${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

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
	writeFileSync(join(dead.path, 'pid'), `${pid} ${PROCESSES}`);
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
	writeFileSync(join(first.path, 'pid'), `${other.pid} ${PROCESSES}`);
	let said = 0;
	await assert.rejects(stableDirectory(name, { signal: AbortSignal.timeout(300), onWait: () => said++ }), { code: 'CANCELLED' });
	assert.equal(said, 1);
	const waiting = stableDirectory(name);
	await first.dispose();
	assert.equal((await waiting)?.path, first.path);
	other.kill();
	await first.dispose();
});

test('a process that has got the id of a dead build is not that build', async () => {
	const left = await stableDirectory(`reused-${process.pid}`);
	assert.ok(left !== undefined);
	const other = spawn('sleep', ['60']);
	writeFileSync(join(left.path, 'pid'), `${other.pid} ${PROCESSES} 1`);
	await (await stableDirectory(`after-reuse-${process.pid}`))?.dispose();
	assert.equal(existsSync(left.path), false);
	other.kill();
});

test('the folder of another container or boot stays for a day', async () => {
	const left = await stableDirectory(`container-${process.pid}`);
	assert.ok(left !== undefined);
	writeFileSync(join(left.path, 'pid'), '1 pid:[1]@another 1');
	await (await stableDirectory(`after-container-${process.pid}`))?.dispose();
	assert.equal(existsSync(left.path), true);
	utimesSync(left.path, 1, 1);
	await (await stableDirectory(`day-after-container-${process.pid}`))?.dispose();
	assert.equal(existsSync(left.path), false);
});

const PLANTS: Readonly<Record<string, (path: string) => void>> = {
	'a pipe': (path) => void spawnSync('mkfifo', ['-m', '666', path]),
	'a link to an endless file': (path) => symlinkSync('/dev/zero', path),
	'a file without end': (path) => writeFileSync(path, Buffer.alloc(1 << 20, '1')),
	'the id of a process that lives': (path) => writeFileSync(path, `1 ${PROCESSES}`),
	'nothing of the kind': (path) => mkdirSync(path),
};

for (const [what, plant] of Object.entries(PLANTS)) {
	const skip = isRoot || process.env.CI === 'true' ? false : 'only root can make folders of another user';
	test(`another user's folder with ${what} as its owner is neither opened nor waited for`, { skip }, async () => {
		const path = `/var/tmp/tare-build-planted-${process.pid}`;
		mkdirSync(path, { mode: 0o777 });
		plant(join(path, 'pid'));
		chownSync(path, NOBODY, NOBODY);
		try {
			const [since, foreign] = [Date.now(), [] as string[]];
			await (await stableDirectory(`beside-planted-${process.pid}`))?.dispose();
			assert.equal(await stableDirectory(`planted-${process.pid}`, { onForeign: (found) => foreign.push(found) }), undefined);
			assert.deepEqual(foreign, [path], 'it is said');
			assert.ok(Date.now() - since < 1000, `took ${Date.now() - since} ms`);
			assert.equal(existsSync(path), true, 'it is theirs to remove');
		} finally {
			rmSync(path, { recursive: true, force: true });
		}
	});
}

for (const [what, plant] of Object.entries(PLANTS)) {
	test(`${what} in a folder of one's own holds no build up`, { timeout: 20_000 }, async () => {
		const path = `/var/tmp/tare-build-own-${process.pid}`;
		mkdirSync(path);
		plant(join(path, 'pid'));
		await (await stableDirectory(`beside-own-${process.pid}`))?.dispose();
		rmSync(path, { recursive: true, force: true });
	});
}
