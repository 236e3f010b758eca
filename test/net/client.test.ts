/** The HTTP client: redirects, dropped connections, limits, proxies, errors that name host and cause. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type ClientOptions, createHttpClient } from '../../src/net/client.js';
import { bypassesProxy } from '../../src/net/no-proxy.js';
import { isPrivateAddress } from '../../src/net/private-address.js';

async function serve(t: TestContext, handler: RequestListener): Promise<string> {
	const server = createServer(handler);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(t: TestContext, more: Partial<ClientOptions> = {}) {
	const made = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {}, ...more });
	t.after(() => made.close());
	return made;
}

test('redirects drop credentials on the way to another origin and keep them at home', async (t) => {
	const seen: string[] = [];
	const other = await serve(t, (request, response) => {
		seen.push(`other ${request.headers.authorization}`);
		response.end('x');
	});
	const own = await serve(t, (request, response) => {
		seen.push(`own ${request.headers.authorization}`);
		if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
		else response.writeHead(302, { location: other }).end();
	});
	const response = await client(t).request({ url: `${own}/a`, headers: { authorization: 'Basic abc' } });
	assert.equal(Buffer.from(await response.bytes(10)).toString(), 'x');
	assert.deepEqual(seen, ['own Basic abc', 'own Basic abc', 'other undefined']);
});

test('a dropped connection is tried once more when the method allows it', async (t) => {
	let tries = 0;
	const url = await serve(t, (request, response) => (++tries % 2 === 1 ? request.socket.destroy() : response.end('ok')));
	assert.equal((await client(t).request({ url })).status, 200);
	await assert.rejects(client(t).request({ url, method: 'POST' }), { code: 'NETWORK', message: /127\.0\.0\.1:\d+ cannot be reached: the connection broke/ });
});

test('a body that is longer than allowed, or ends early, is an error', async (t) => {
	const url = await serve(t, (request, response) => {
		if (request.url === '/long') response.end(Buffer.alloc(1000));
		else {
			response.writeHead(200, { 'content-length': 1000 });
			response.write('short');
			setTimeout(() => request.socket.destroy(), 20);
		}
	});
	await assert.rejects((await client(t).request({ url: `${url}/long` })).bytes(999), { code: 'NETWORK', message: /more than 999 bytes/ });
	await assert.rejects((await client(t).request({ url: `${url}/short` })).bytes(10_000), { code: 'NETWORK', message: /broke/ });
});

test('offline, unknown hosts and cancelled requests', async (t) => {
	await assert.rejects(client(t, { offline: true }).request({ url: 'http://127.0.0.1:9/' }), { code: 'OFFLINE' });
	await assert.rejects(client(t).request({ url: 'http://no-such-host.invalid/' }), {
		code: 'NETWORK',
		message: /no-such-host\.invalid cannot be reached: its name is not known/,
	});
	const url = await serve(t, () => undefined);
	await assert.rejects(client(t, { signal: AbortSignal.timeout(50) }).request({ url }), { code: 'CANCELLED' });
});

test('plain HTTP goes through a proxy, but not where NO_PROXY says so', async (t) => {
	const asked: string[] = [];
	const proxy = createServer().on('connect', (request, socket) => {
		asked.push(request.url ?? '');
		socket.end('HTTP/1.1 502 no\r\n\r\n');
	});
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	t.after(() => proxy.close());
	const http = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
	await client(t, { proxies: { http } })
		.request({ url: 'http://registry.example/' })
		.catch(() => undefined);
	assert.deepEqual(asked, ['registry.example:80']);
});

const RULES: readonly (readonly [string, string, boolean])[] = [
	['http://a.example/', 'example', true],
	['http://a.example/', '.example', true],
	['http://aexample/', 'example', false],
	['http://a.example:81/', 'a.example:80', false],
	['http://10.1.2.3/', '10.0.0.0/8', true],
	['http://11.1.2.3/', '10.0.0.0/8', false],
	['http://[fd00::1]/', 'fd00::/8', true],
	['http://x/', '*', true],
	['http://localhost/', '', true],
	['http://x/', '', false],
	['http://169.254.169.254/latest', '', true],
	['http://169.255.169.254/latest', '', false],
];
for (const [url, rule, expected] of RULES) test(`NO_PROXY "${rule}" for ${url}`, () => assert.equal(bypassesProxy(new URL(url), rule), expected));

test('private addresses', () => {
	const isPrivate = ['localhost', '127.0.0.1', '10.0.0.1', '192.168.1.1', '172.16.0.1', '169.254.169.254', '[::1]', '[fe80::1]', '[fd00::1]'];
	assert.deepEqual(
		isPrivate.filter((host) => !isPrivateAddress(host)),
		[],
	);
	assert.deepEqual(['8.8.8.8', '172.32.0.1', 'ghcr.io', '[2001:db8::1]'].filter(isPrivateAddress), []);
});
