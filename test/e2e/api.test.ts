/** The examples of the API, run as their reader would run them: against a registry, as an image that boots, with extensions; and as one bundled file. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { ROOT } from '../support/cli.js';
import { folder } from '../support/files.js';
import { startRegistry } from '../support/registry.js';
import { tinyProject } from '../support/tiny.js';
import { canBoot, hasTools } from '../support/tools.js';

/** A copy of one example in a project that has the package installed. */
function example(t: TestContext, name: string): string {
	const dir = folder(t);
	mkdirSync(join(dir, 'node_modules'));
	symlinkSync(ROOT, join(dir, 'node_modules/tare'));
	cpSync(join(ROOT, 'examples/api', name), dir, { recursive: true });
	return dir;
}

const run = (cwd: string, ...args: readonly string[]): string =>
	execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

const inspected = (name: string, ...more: readonly string[]) =>
	JSON.parse(execFileSync('skopeo', ['inspect', '--tls-verify=false', ...more, name], { encoding: 'utf8' }));

test('a script of ten lines builds, pushes and prints the digest; bundled to one file, too', async (t) => {
	if (!hasTools(t, 'docker-registry', 'skopeo')) return;
	const { host } = await startRegistry(t);
	const [dir, app] = [example(t, 'build'), tinyProject(t)];
	assert.ok(readFileSync(join(dir, 'build.mjs'), 'utf8').trim().split('\n').length <= 10);
	const digest = run(dir, 'build.mjs', `${host}/app:1`, app);
	assert.equal(inspected(`docker://${host}/app:1`).Digest, digest);

	const bundle = join(folder(t), 'build.mjs');
	const esbuild = join(ROOT, 'node_modules/esbuild/bin/esbuild');
	execFileSync(esbuild, ['build.mjs', '--bundle', '--platform=node', '--format=esm', '--external:@vercel/nft', '--log-level=error', `--outfile=${bundle}`], {
		cwd: dir,
	});
	assert.equal(run(folder(t), bundle, `${host}/bundled:1`, app), digest, 'away from the package and its modules');
});

test('an image made by hand is an index of two platforms, and boots', async (t) => {
	if (!canBoot(t) || !hasTools(t, 'skopeo')) return;
	const dir = example(t, 'image');
	const digest = run(dir, 'image.mjs', 'out:1');
	assert.equal(run(dir, 'image.mjs', 'again:1'), digest, 'the same bytes the second time');
	const index = JSON.parse(execFileSync('skopeo', ['inspect', '--raw', `oci:${dir}/out:1`], { encoding: 'utf8' })) as { manifests: unknown[] };
	assert.equal(index.manifests.length, 2);
	run(dir, 'image.mjs', 'one:1', `linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`);
	const app = await boot({ image: `${dir}/one:1` });
	assert.deepEqual(await app.get('/'), { status: 200, body: 'made by hand, 1.2.3\n' });
	assert.equal(await app.stop(), 0);
	const files = execFileSync(process.execPath, [join(ROOT, 'dist/cli.cjs'), 'inspect', `${dir}/one`, '--json', '--contents', '50'], { encoding: 'utf8' });
	assert.ok(!files.includes('NOTES.md'));
});

test('extensions of a script and of tare.yaml are in the image', (t) => {
	if (!hasTools(t, 'skopeo')) return;
	const dir = example(t, 'extension');
	run(dir, 'extension.mjs', 'out:1', tinyProject(t));
	const { Labels, Layers } = inspected(`oci:${dir}/out:1`);
	assert.deepEqual(Labels, { 'example.team': 'blue' });
	assert.equal(Layers.length, 2);
	const named = tinyProject(t, `extensions: [${join(dir, 'extension.mjs')}]\n`);
	execFileSync(process.execPath, [join(ROOT, 'dist/cli.cjs'), 'build', named, '-q', '-o', `oci:${dir}/named:1`]);
	assert.deepEqual(inspected(`oci:${dir}/named:1`).Labels, { 'example.team': 'blue' });
});
