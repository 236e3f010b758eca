/** The file server of static sites, asked as browsers and caches ask. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { boot } from '../support/boot.js';
import { built, ROOT } from '../support/cli.js';
import { folder, writeFiles } from '../support/files.js';
import { canBoot } from '../support/tools.js';

interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Buffer;
}

/** fetch would decode, follow and normalise; a raw request shows what was sent. */
function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers as Answer['headers'], body: Buffer.concat(chunks) }));
		});
		outgoing.once('error', reject);
		outgoing.end();
	});
}

test('a static site over HTTP', async (t) => {
	if (!canBoot(t)) return;
	const dir = join(folder(t), 'app');
	cpSync(join(ROOT, 'examples/static-site'), dir, { recursive: true });
	writeFiles(dir, { 'public/.env': 'SECRET=1', 'public/.well-known/security.txt': 'Contact: mailto:x@example.org', 'public/a b.txt': 'space' });
	const out = join(folder(t), 'oci');
	built(['build', dir, '-o', `oci:${out}`]);
	const app = await boot({ image: `${out}:latest` });
	await app.get('/');
	const get = (path: string, headers?: Record<string, string>, method?: string) => ask(app.port, path, headers, method);
	const script = '/assets/app-3f9a1c2d.js';

	const plain = await get(script);
	assert.equal(plain.status, 200);
	assert.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8');
	assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
	assert.equal(plain.headers['x-content-type-options'], 'nosniff');
	assert.equal(plain.headers['x-frame-options'], 'DENY', '_headers');

	const brotli = await get(script, { 'accept-encoding': 'gzip, br' });
	assert.equal(brotli.headers['content-encoding'], 'br');
	assert.equal(brotli.headers.vary, 'accept-encoding');
	assert.deepEqual(brotliDecompressSync(brotli.body), plain.body);
	const gzip = await get(script, { 'accept-encoding': 'gzip, br;q=0' });
	assert.equal(gzip.headers['content-encoding'], 'gzip');
	assert.deepEqual(gunzipSync(gzip.body), plain.body);
	assert.notEqual(gzip.headers.etag, plain.headers.etag, 'each encoding has its own tag');

	assert.equal((await get(script, { 'if-none-match': plain.headers.etag as string })).status, 304);
	assert.equal((await get(script, { 'if-none-match': '"other"' })).status, 200);
	const part = await get(script, { range: 'bytes=3-9', 'accept-encoding': 'br' });
	assert.equal(part.status, 206);
	assert.equal(part.headers['content-range'], `bytes 3-9/${plain.body.length}`);
	assert.deepEqual(part.body, plain.body.subarray(3, 10));
	assert.deepEqual((await get(script, { range: 'bytes=-4' })).body, plain.body.subarray(-4));
	assert.equal((await get(script, { range: `bytes=${plain.body.length}-` })).status, 416);
	assert.equal((await get(script, { range: 'bytes=0-1', 'if-range': '"old"' })).status, 200);
	const head = await get(script, {}, 'HEAD');
	assert.equal(head.headers['content-length'], String(plain.body.length));
	assert.equal(head.body.length, 0);
	assert.equal((await get('/', {}, 'POST')).status, 405);

	assert.match((await get('/')).headers['cache-control'] ?? '', /no-cache/);
	assert.match((await get('/about')).body.toString(), /About/, 'clean URL');
	assert.equal((await get('/docs?x=1')).headers.location, '/docs/?x=1');
	assert.match((await get('/docs/')).body.toString(), /Docs/);
	assert.equal((await get('/old/page')).headers.location, '/docs/page');
	assert.match((await get('/api')).body.toString(), /About/, 'a rewrite');
	const missing = await get('/nothing');
	assert.equal(missing.status, 404);
	assert.match(missing.body.toString(), /No such page/);
	assert.equal((await get('/a%20b.txt')).body.toString(), 'space');

	for (const path of ['/.env', '/../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/_redirects', '/_headers', '/about.html/', '/assets', '/__proto__', '/%00'])
		assert.equal((await get(path)).status, 404, path);
	assert.equal((await get('/%zz')).status, 400);
	assert.equal((await get('//evil.example/docs')).headers.location, undefined);
	assert.match((await get('/.well-known/security.txt')).body.toString(), /Contact/);
	assert.equal(await app.stop(), 0, 'SIGTERM ends it well');
});

test('a Staticfile asks for one page for every route, but not for missing files', async (t) => {
	if (!canBoot(t)) return;
	const dir = join(folder(t), 'app');
	writeFiles(dir, { 'index.html': '<h1>one page</h1>', Staticfile: 'index_fallback: true\n' });
	const out = join(folder(t), 'oci');
	built(['build', dir, '-o', `oci:${out}`]);
	const app = await boot({ image: `${out}:latest` });
	assert.match((await app.get('/any/route')).body, /one page/);
	assert.equal((await app.get('/missing.js')).status, 404);
	await app.stop();
});
