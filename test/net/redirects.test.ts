/** Where requests with a body may be redirected to, what goes along, and which hosts are one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttpClient } from '../../src/net/client.js';
import type { HttpRequest } from '../../src/net/contract.js';
import { startPace } from '../../src/net/pace.js';
import { isLoopback, sameServer } from '../../src/net/same-server.js';
import { server } from '../support/token-server.js';

test('the names of this machine are one host; ports and schemes are not', () => {
	for (const name of ['localhost', 'LOCALHOST', '127.0.0.1', '127.8.0.9', '[::1]', '::1', 'reg.localhost']) assert.ok(isLoopback(name), name);
	for (const name of ['localhost.example', '10.0.0.1', '127.0.0.1.example', '[::2]', '1270.0.0.1']) assert.ok(!isLoopback(name), name);
	const same = (a: string, b: string): boolean => sameServer(new URL(a), new URL(b));
	assert.ok(same('http://localhost:5000/x', 'http://127.0.0.1:5000/y'));
	assert.ok(!same('http://localhost:5000', 'http://127.0.0.1:5001'));
	assert.ok(!same('http://localhost:5000', 'https://localhost:5000'));
	assert.ok(!same('https://a.example', 'https://b.example'));
});

test('307 and 308 take method and body along on the same server; 301 to 303 end a request with a body', async (t) => {
	const got: string[] = [];
	const host = await server(t, async (request, response) => {
		const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
		const parts: Buffer[] = [];
		for await (const part of request) parts.push(part as Buffer);
		if (pathname === '/from') return response.writeHead(Number(searchParams.get('status')), { location: searchParams.get('to') ?? '' }).end();
		got.push(`${request.method} ${Buffer.concat(parts)} ${request.headers.authorization ?? '-'}`);
		return response.writeHead(204).end();
	});
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {} });
	t.after(() => http.close());
	const send = async (status: number, to: string, more: Partial<HttpRequest> = {}): Promise<number> => {
		const url = `http://${host}/from?${new URLSearchParams({ status: String(status), to })}`;
		const response = await http.request({ method: 'PUT', url, body: Buffer.from('body'), headers: { authorization: 'secret' }, ...more });
		response.discard();
		return response.status;
	};
	const stream: HttpRequest['body'] = {
		length: 4,
		open: async function* () {
			yield Buffer.from('flow');
		},
	};
	assert.equal(await send(307, '/to'), 204);
	assert.equal(await send(308, `http://localhost:${host.split(':')[1]}/to`, { method: 'PATCH', body: stream }), 204);
	assert.deepEqual(got.splice(0), ['PUT body secret', 'PATCH flow secret']);
	const other = await server(t, (_request, response) => {
		got.push('elsewhere');
		response.writeHead(204).end();
	});
	for (const status of [301, 302, 303]) assert.equal(await send(status, '/to'), status);
	assert.equal(await send(307, `http://${other}/to`), 307);
	assert.equal(await send(307, 'https://10.0.0.1/to'), 307, 'into a network of ours');
	assert.equal(await send(307, 'http://['), 307, 'no URL');
	assert.equal(await send(307, '/to', { mayGoTo: () => false }), 307);
	assert.deepEqual(got, []);
});

test('a pace is too low after a while of waiting, and the time of the reader does not count', async () => {
	const wait = () => new Promise((resolve) => setTimeout(resolve, 30));
	const slow = startPace('host', 20);
	await wait();
	assert.throws(() => slow.got(Buffer.alloc(1)), { code: 'NETWORK', message: /less than a kilobyte a second/ });
	const fast = startPace('host', 20);
	await wait();
	fast.got(Buffer.alloc(4096));
	await wait();
	fast.ask();
	fast.got(Buffer.alloc(1));
});
