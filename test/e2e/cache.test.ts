/** Two clean machines and a cache between them: the second neither compiles nor compresses nor uploads what the first did. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { built, type CliResult, digestOf, ROOT, tare } from '../support/cli.js';
import { folder } from '../support/files.js';
import { startRegistry } from '../support/registry.js';
import { hasTools } from '../support/tools.js';

interface Machine {
	readonly dir: string;
	build(...args: string[]): CliResult;
	/** How many layers of an image its store knows, with their contents. */
	layersOf(name: string): number;
}

interface Inspected {
	readonly images: readonly { readonly layers: readonly { readonly contents?: { readonly files: number } }[] }[];
}

/** A checkout, a home and a store of its own. */
function machine(t: TestContext, like?: Pick<Machine, 'dir'>): Machine {
	const home = folder(t);
	const dir = join(home, 'checkout');
	cpSync(like?.dir ?? join(ROOT, 'examples/static-site'), dir, { recursive: true });
	const env = { HOME: home, DOCKER_CONFIG: home, TARE_CACHE_DIR: join(home, 'store'), XDG_CACHE_HOME: undefined };
	return {
		dir,
		build: (...args) => built(['build', dir, '-v', ...args], { env }),
		layersOf: (name) => {
			const { images } = JSON.parse(built(['inspect', name, '--contents', '1', '--json'], { env }).stdout) as Inspected;
			return images[0]?.layers.filter(({ contents }) => (contents?.files ?? 0) > 0).length ?? 0;
		},
	};
}

/** Nothing that a base would be needed for. */
function program(t: TestContext): string {
	const dir = folder(t, { 'main.go': 'package main\nfunc main() {}\n', 'tare.yaml': { entrypoint: './program', base: 'scratch', ignore: ['main.go'] } });
	execFileSync('go', ['build', '-o', 'program', 'main.go'], { cwd: dir, env: { ...process.env, CGO_ENABLED: '0' } });
	return dir;
}

const downloads = ({ stderr }: CliResult): number => (stderr.match(/GET \S+\.deb /g) ?? []).length;
const uploads = ({ stderr }: CliResult): number => (stderr.match(/ {2}(?:PUT|PATCH) \S+\/blobs\/uploads\//g) ?? []).length;

test('a cache in a registry and in a folder', async (t) => {
	if (!hasTools(t, 'docker-registry')) return;
	const { host } = await startRegistry(t);
	const shared = folder(t);
	const first = machine(t);
	const made = first.build('-t', `${host}/app:1`, '--push', '--cache-to', `${host}/cache:main`, '--cache-to', `oci:${shared}/cache`);
	assert.ok(downloads(made) > 0);
	assert.equal(uploads(first.build('-t', `${host}/app:1`, '--push', '--cache-to', `${host}/cache:main`)), 0, 'an unchanged cache is not written again');

	const taker = machine(t, first);
	const second = taker.build('-t', `${host}/other:2`, '--push', '--cache-from', `${host}/cache:main`);
	assert.equal(digestOf(second), digestOf(made));
	assert.match(second.stderr, /unchanged linux\/amd64/);
	assert.equal(downloads(second), 0, 'nothing of the base is fetched');
	assert.equal(uploads(second), 0, 'every blob is mounted from the cache');
	const layers = first.layersOf(`${host}/app:1`);
	assert.equal(taker.layersOf(`${host}/other:2`), layers, 'a taken image is inspected like one that was made');
	const keeper = machine(t, first);
	keeper.build('-t', 'kept:1', '--cache-from', `${host}/cache:main`);
	assert.equal(keeper.layersOf('kept:1'), layers, 'with its layers in the cache of the registry');
	const third = machine(t, first).build('-o', `oci:${shared}/image`, '--cache-from', `oci:${shared}/cache`);
	assert.equal(digestOf(third), digestOf(made));
	const unlocked = machine(t).build('--cache-from', `${host}/cache:main`);
	assert.equal(digestOf(unlocked), digestOf(made), 'what is newest today is what the first machine locked');
	assert.match(unlocked.stderr, /unchanged linux\/amd64/);
	assert.equal(downloads(unlocked), 0);

	const changed = machine(t, first);
	writeFileSync(join(changed.dir, 'public/new.html'), 'new');
	const partly = changed.build('-t', `${host}/other:3`, '--push', '--cache-from', `${host}/cache:main`);
	assert.equal(downloads(partly), 0);
	assert.equal(uploads(partly), 2, 'the layer that changed and the configuration');
	const fromImage = machine(t, changed).build('-t', `${host}/app:4`, '--push', '--cache-from', `${host}/other:3`);
	assert.equal(digestOf(fromImage), digestOf(partly), 'an image is a cache of its layers');
	assert.equal(uploads(fromImage), 1, 'its configuration alone');
});

test('a cache that is damaged, missing or no cache costs a warning, never the image', (t) => {
	if (!hasTools(t, 'go')) return;
	const shared = folder(t);
	const first = machine(t, { dir: program(t) });
	const made = first.build('--cache-to', `oci:${shared}/cache`);
	const whole = machine(t, first);
	cpSync(join(shared, 'cache'), join(shared, 'gone'), { recursive: true });
	whole.build('-t', 'kept:1', '--cache-from', `oci:${shared}/gone`);
	rmSync(join(shared, 'gone'), { recursive: true });
	assert.equal(whole.layersOf('kept:1'), 1, 'what came from a folder is kept without it');
	const blobs = join(shared, 'cache/blobs/sha256');
	const largest = readdirSync(blobs).sort((a, b) => statSync(join(blobs, b)).size - statSync(join(blobs, a)).size)[0] ?? '';
	const bytes = readFileSync(join(blobs, largest));
	bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
	writeFileSync(join(blobs, largest), bytes);
	const poisoned = machine(t, first).build('-o', `oci:${shared}/image`, '--cache-from', `oci:${shared}/cache`);
	assert.equal(digestOf(poisoned), digestOf(made));
	assert.match(poisoned.stderr, /the cache is not used any further: .*does not match its digest/);
	assert.match(machine(t, first).build('--cache-from', `oci:${shared}/none`).stderr, /there is none yet/);
	const refused = tare(['build', first.dir, '--cache-from', 'Not A Name'], {});
	assert.equal(refused.status, 2);
});
