/** Every example but those of Node.js, and what one of those shows of its container. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { boot } from '../support/boot.js';
import { built, tare } from '../support/cli.js';
import { copyOfExample, testExamples } from '../support/example.js';
import { folder } from '../support/files.js';
import { canBoot, hasTools } from '../support/tools.js';

testExamples((name) => !name.startsWith('node-'));

test('express: facts inside the container', async (t) => {
	if (!canBoot(t)) return;
	const out = join(folder(t), 'oci');
	built(['build', copyOfExample(t, 'node-express'), '-o', `oci:${out}`]);
	const app = await boot({ image: `${out}:latest` });
	const facts = JSON.parse((await app.get('/facts')).body);
	assert.equal(facts.uid, 65532);
	assert.match(facts.zone, /12\/31\/1969, 7:00/, 'tzdata-legacy is there');
	assert.match(facts.node, /^v24\./);
	await app.stop();
	assert.match(app.log(), /drained/);
});

test('express on arm64, in one index with amd64, run by qemu', async (t) => {
	if (!hasTools(t, 'umoci', 'bwrap', 'qemu-aarch64-static', 'skopeo')) return;
	const dir = copyOfExample(t, 'node-express');
	const out = join(folder(t), 'oci');
	const result = built(['build', dir, '--platform', 'linux/amd64,linux/arm64', '-o', `oci:${out}`, '--json']);
	const { images } = JSON.parse(result.stdout);
	assert.deepEqual(
		images.map(({ platform }: { platform: string }) => platform),
		['linux/amd64', 'linux/arm64'],
	);
	const arm = join(folder(t), 'arm');
	built(['build', dir, '--platform', 'linux/arm64', '-o', `oci:${arm}`]);
	const app = await boot({ image: `${arm}:latest`, qemu: '/usr/bin/qemu-aarch64-static' });
	const facts = JSON.parse((await app.get('/facts')).body);
	assert.equal(facts.arch, 'arm64');
	await app.stop();
	rmSync(arm, { recursive: true });
});

test('a second build of an unchanged folder runs nothing; a touched file is no change, a changed one is', async (t) => {
	const dir = copyOfExample(t, 'node-typescript');
	const first = built(['build', dir, '--json']);
	const again = built(['build', dir, '--json', '--offline']);
	assert.equal(JSON.parse(again.stdout).unchanged, true);
	assert.equal(JSON.parse(again.stdout).digest, JSON.parse(first.stdout).digest);
	assert.ok(!again.stderr.includes('step-start'), 'no tool was run');
	utimesSync(join(dir, 'src/server.ts'), 5, 5);
	assert.equal(JSON.parse(built(['build', dir, '--json']).stdout).unchanged, true);
});

test('every app of a workspace at once: one that fails leaves the other, and the exit code says so', (t) => {
	const dir = copyOfExample(t, 'node-workspace');
	const out = folder(t);
	mkdirSync(join(dir, 'apps/broken'), { recursive: true });
	writeFileSync(join(dir, 'apps/broken/package.json'), JSON.stringify({ name: '@example/broken', scripts: { start: 'node server.js', build: 'exit 3' } }));
	writeFileSync(join(dir, 'apps/broken/server.js'), '');
	rmSync(join(dir, 'package-lock.json'));
	const result = tare(['build', dir, '--all', '-t', 'localhost:1/{app}:1', '-o', `oci:${out}/{app}`]);
	assert.equal(result.status, 30);
	assert.match(result.stdout, /^localhost:1\/api:1@sha256:[0-9a-f]{64}\n$/);
	assert.match(result.stderr, /1 of 2 apps failed: apps\/broken/);
	assert.deepEqual(readdirSync(out), ['api']);
	const shared = tare(['build', dir, '--all', '-t', 'localhost:1/app:1']);
	assert.equal(shared.status, 21);
	assert.match(shared.stderr, /\{app\}/);
});
