/** What is built already boots as it is: a static program, one linked to the C library, a folder for a runtime; assets with mode and owner. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { built, digestOf, ROOT, tare } from '../support/cli.js';
import { folder, writeFiles } from '../support/files.js';
import { canBoot, hasTools } from '../support/tools.js';

function compiled(t: TestContext, ...flags: readonly string[]): string {
	const dir = folder(t, { 'data/x.txt': 'x' });
	execFileSync('cc', ['-O2', ...flags, '-o', join(dir, 'server'), join(ROOT, 'examples/custom-builder/main.c')]);
	return dir;
}

async function answers(dir: string, args: readonly string[], says: string): Promise<readonly string[]> {
	const out = join(dir, '..', `${dir.split('/').at(-1)}-oci`);
	built(['build', dir, ...args, '-o', `oci:${out}`]);
	const app = await boot({ image: `${out}:latest` });
	assert.equal(app.user.uid, 65532);
	assert.ok((await app.get('/')).body.includes(says));
	await app.stop();
	const { images } = JSON.parse(built(['inspect', out, '--json']).stdout);
	execFileSync('rm', ['-r', out]);
	return images[0].layers.map(({ name }: { name: string }) => name);
}

test('a static program and one that is linked to the C library', async (t) => {
	if (!canBoot(t) || !hasTools(t, 'cc')) return;
	assert.deepEqual(await answers(compiled(t, '-static'), ['--entrypoint', './server'], 'Hello from C'), ['static', 'libc', 'cc', 'init', 'app']);
	assert.deepEqual(await answers(compiled(t), ['--entrypoint', './server'], 'Hello from C'), ['static', 'libc', 'cc', 'init', 'app']);
});

test('a folder with its packages, started by node', async (t) => {
	if (!canBoot(t)) return;
	const dir = folder(t, {
		'node_modules/hello/index.js': "module.exports = 'Hello from a package';",
		'server.js': "require('node:http').createServer((_, answer) => answer.end(require('hello'))).listen(process.env.PORT ?? 8080);",
	});
	assert.ok((await answers(dir, ['--entrypoint', 'node server.js'], 'Hello from a package')).includes('node'));
});

test('assets have their mode and owner when another tool unpacks them', async (t) => {
	if (!hasTools(t, 'umoci')) return;
	const dir = folder(t, {
		'server.js': '',
		'conf/a.ini': 'a',
		'tare.yaml': 'assets:\n  - {from: conf, to: /var/lib/app, mode: "0640", owner: "65532:65532"}\n',
	});
	const work = folder(t);
	built(['build', dir, '-o', `oci:${join(work, 'oci')}`]);
	execFileSync('umoci', ['unpack', '--image', join(work, 'oci:latest'), join(work, 'bundle')], { stdio: 'ignore' });
	const stat = (path: string) => execFileSync('stat', ['-c', '%a %u:%g', join(work, 'bundle/rootfs', path)], { encoding: 'utf8' }).trim();
	assert.deepEqual([stat('var/lib/app'), stat('var/lib/app/a.ini')], ['750 65532:65532', '640 65532:65532']);
});

test('a process type changes the configuration and no layer', async (t) => {
	if (!hasTools(t, 'cc')) return;
	const dir = compiled(t, '-static');
	writeFiles(dir, { Procfile: 'web: ./server\nworker: ./server work\n' });
	const layers = (args: readonly string[]) =>
		JSON.parse(built(['build', dir, '--builder', 'prebuilt', '--json', ...args]).stdout).images[0].layers.map(({ digest }: { digest: string }) => digest);
	assert.deepEqual(layers(['--process', 'worker']), layers([]));
});

test('one digest wherever the folder lies; another architecture is refused', async (t) => {
	if (!hasTools(t, 'cc')) return;
	const one = compiled(t, '-static');
	const two = join(folder(t), 'deeper');
	mkdirSync(two);
	cpSync(one, two, { recursive: true });
	const first = digestOf(built(['build', one, '--entrypoint', './server']));
	cpSync(join(one, 'tare.lock'), join(two, 'tare.lock'));
	assert.equal(digestOf(built(['build', two, '--entrypoint', './server'], { env: { TARE_CACHE_DIR: folder(t) } })), first);
	const refused = tare(['build', one, '--entrypoint', './server', '--platform', process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64']);
	assert.equal(refused.status, 42);
	assert.match(refused.stderr, /WRONG_ARCHITECTURE: server is built for/);
});
