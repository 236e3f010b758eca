/** The optimizations to ask for: smaller, and still the same app. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { boot, filesOf } from '../support/boot.js';
import { built, digestOf, ROOT, tare } from '../support/cli.js';
import { folder, writeFiles } from '../support/files.js';
import { canBoot } from '../support/tools.js';

function example(name: string, to: string): string {
	const dir = join(to, name);
	cpSync(join(ROOT, 'examples', name), dir, { recursive: true });
	return dir;
}

test('trace and compile cache: fewer files, the same answers, and Node accepts the cache in another place', async (t) => {
	if (!canBoot(t)) return;
	const [work, other] = [folder(t), folder(t)];
	const dir = example('node-express', work);
	const [plain, small] = [`${join(work, 'plain')}:v`, `${join(work, 'small')}:v`];
	built(['build', dir, '-o', `oci:${plain}`]);
	const args = ['--optimize', 'trace,compile-cache'];
	const first = built(['build', dir, ...args, '-o', `oci:${small}`]);
	const second = built(['build', example('node-express', other), ...args], { env: { TARE_CACHE_DIR: join(other, 'store') } });
	assert.equal(digestOf(first), digestOf(second));
	const [before, after] = [filesOf(plain), filesOf(small)].map((paths) => paths.filter((path) => path.includes('node_modules/')).length);
	assert.ok((after ?? 0) > 20 && (after ?? 0) < (before ?? 0), `${after} of ${before} files`);
	const app = await boot({ image: small, env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } });
	assert.equal((await app.get('/')).status, 200);
	assert.match(app.log(), /app\/server\.js was accepted/);
	await app.stop();
});

test('a bundle: what it holds is nowhere else', async (t) => {
	if (!canBoot(t)) return;
	const work = folder(t);
	const image = `${join(work, 'oci')}:v`;
	built(['build', example('node-yarn', work), '--optimize', 'bundle', '-o', `oci:${image}`]);
	const app = await boot({ image });
	assert.equal((await app.get('/')).status, 200);
	await app.stop();
	assert.deepEqual(
		filesOf(image).filter((path) => path.includes('node_modules/koa/')),
		[],
	);
});

test('an executable of an app that runs on Bun', async (t) => {
	if (!canBoot(t)) return;
	const work = folder(t);
	const image = `${join(work, 'oci')}:v`;
	built(['build', example('bun-hono', work), '--optimize', 'executable', '-o', `oci:${image}`]);
	const paths = filesOf(image);
	assert.ok(paths.includes('usr/local/bin/app'));
	assert.deepEqual(
		paths.filter((path) => /node_modules|\.ts$/.test(path)),
		[],
	);
	const app = await boot({ image });
	assert.equal((await app.get('/')).status, 200);
	assert.equal(await app.stop(), 143);
});

test('an optimization that does not fit says why', (t) => {
	const dir = folder(t);
	writeFiles(dir, {
		'package.json': '{"scripts":{"start":"node server.js"}}',
		'server.js': "require('./routes/home.js');",
		'routes/home.js': '\n\nmodule.exports = __dirname;',
	});
	const moved = tare(['build', dir, '--optimize', 'bundle']);
	assert.equal(moved.status, 30);
	assert.match(moved.stderr, /routes\/home\.js uses __dirname, which means another place in a bundle/);
	assert.match(moved.stderr, /routes\/home\.js:3/);
	const unknown = tare(['plan', dir, '--optimize', 'magic']);
	assert.equal(unknown.status, 21);
	assert.match(unknown.stderr, /no optimization "magic"/);
	assert.match(unknown.stderr, /trace \(of node_modules/);
});
