/** What a change costs: only the layers that it concerns are other ones. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { built, ROOT } from '../support/cli.js';
import { folder } from '../support/files.js';

interface Layer {
	readonly name: string;
	readonly digest: string;
}

function layersOf(dir: string): readonly Layer[] {
	return JSON.parse(built(['build', dir, '--json']).stdout).images[0].layers;
}

/** Names of the layers that differ. */
function changed(before: readonly Layer[], after: readonly Layer[]): readonly string[] {
	assert.deepEqual(
		after.map(({ name }) => name),
		before.map(({ name }) => name),
	);
	return after.filter(({ digest }, at) => digest !== before[at]?.digest).map(({ name }) => name);
}

function replace(file: string, from: string, to: string): void {
	const text = readFileSync(file, 'utf8');
	assert.ok(text.includes(from), `${from} in ${file}`);
	writeFileSync(file, text.replace(from, to));
}

for (const [name, file, from] of [
	['node-typescript', 'src/server.ts', 'comes'],
	['node-next-standalone', 'app/page.js', 'A page'],
	['node-nuxt', 'app/app.vue', 'A page'],
	['node-workspace', 'apps/api/server.js', undefined],
] as const)
	test(`${name}: a change of one line of the app is one new layer`, (t) => {
		const dir = join(folder(t), 'app');
		cpSync(join(ROOT, 'examples', name), dir, { recursive: true });
		const app = name === 'node-workspace' ? join(dir, 'apps/api') : dir;
		const before = layersOf(app);
		if (from === undefined) writeFileSync(join(dir, file), `${readFileSync(join(dir, file), 'utf8')}\n// changed\n`);
		else replace(join(dir, file), from, `Another ${from}`);
		assert.deepEqual(changed(before, layersOf(app)), ['app']);
	});

test('a patch of one dependency leaves every other layer as it is', (t) => {
	const dir = join(folder(t), 'app');
	cpSync(join(ROOT, 'examples/node-typescript'), dir, { recursive: true });
	const before = layersOf(dir);
	const update = spawnSync('npm', ['install', 'semver@7.7.1', '--save-exact', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], {
		cwd: dir,
		encoding: 'utf8',
	});
	assert.equal(update.status, 0, update.stderr);
	assert.deepEqual(changed(before, layersOf(dir)), ['dependencies', 'app']);
});
