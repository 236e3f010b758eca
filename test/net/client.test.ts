/** The HTTP client: redirects, dropped connections, limits, proxies, errors that name host and cause. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect as connectTo, createServer as createTcpServer, type Server } from 'node:net';
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

test('requests go through the proxy that the variables name, and past it where NO_PROXY says so', async (t) => {
	const url = await serve(t, (_request, response) => response.end('hello'));
	const seen: string[] = [];
	const connect = await httpProxy(t, seen);
	const socks = await socksProxy(t, seen);
	const ask = async (proxies: ClientOptions['proxies']): Promise<string> =>
		Buffer.from(await (await client(t, { proxies }).request({ url: url.replace('127.0.0.1', 'nohost.example') })).bytes(100)).toString();
	// The name is unknown here: only a proxy can know it.
	assert.equal(await ask({ http: connect }), 'hello');
	assert.equal(await ask({ all: socks.replace('http:', 'socks5h:') }), 'hello');
	assert.deepEqual(seen, ['connect nohost.example', 'socks nohost.example']);
	await assert.rejects(ask({ all: socks.replace('http:', 'gopher:') }), { code: 'USAGE', message: /gopher/ });
	await assert.rejects(ask({ http: connect, no: 'nohost.example' }), { code: 'NETWORK' });
});

test('a server that never answers, stops in the middle, or drips for ever is given up', async (t) => {
	const url = await serve(t, (request, response) => {
		if (request.url === '/never') return;
		response.writeHead(200, { 'content-length': 1000 });
		response.write('x');
		if (request.url === '/drip') {
			const timer = setInterval(() => response.write('x'), 20);
			response.on('close', () => clearInterval(timer));
		}
	});
	const impatient = client(t, { timeouts: { idleMs: 100 } });
	await assert.rejects(impatient.request({ url: `${url}/never` }), { code: 'NETWORK', message: /sent nothing for 100 ms/ });
	await assert.rejects((await impatient.request({ url: `${url}/stops` })).bytes(2000), { code: 'NETWORK', message: /sent nothing for 100 ms/ });
	await assert.rejects((await impatient.request({ url: `${url}/drip`, timeoutMs: 300 })).bytes(2000), { code: 'NETWORK', message: /within 300 ms/ });
});

const port = (server: Server): number => (server.address() as AddressInfo).port;

async function listening(t: TestContext, server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.after(() => server.close());
	return `http://127.0.0.1:${port(server)}`;
}

/** RFC 9110, 9.3.6: every name leads to this machine. */
function httpProxy(t: TestContext, seen: string[]): Promise<string> {
	const server = createServer().on('connect', (request, socket) => {
		const [host, to] = (request.url ?? '').split(':');
		seen.push(`connect ${host}`);
		const onward = connectTo(Number(to), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			onward.pipe(socket).pipe(onward);
		});
		t.after(() => onward.destroy());
	});
	return listening(t, server);
}

/** RFC 1928, as far as it takes to connect to a name without a password. */
function socksProxy(t: TestContext, seen: string[]): Promise<string> {
	const server = createTcpServer((socket) => {
		t.after(() => socket.destroy());
		socket.once('data', () => {
			socket.write(Buffer.from([5, 0]));
			socket.once('data', (request: Buffer) => {
				const length = request[4] ?? 0;
				seen.push(`socks ${request.subarray(5, 5 + length).toString()}`);
				const onward = connectTo(request.readUInt16BE(5 + length), '127.0.0.1', () => {
					socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
					onward.pipe(socket).pipe(onward);
				});
			});
		});
	});
	return listening(t, server);
}
