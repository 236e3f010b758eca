/** Registries with manners of their own: other codes of success, odd ranges, several ways to ask who it is. What works elsewhere works here. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { assembleIndex } from '../../src/image/assemble.js';
import type { ImageResult } from '../../src/image/types.js';
import { createHttpClient } from '../../src/net/client.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import { parseReference } from '../../src/oci/reference.js';
import type { Descriptor } from '../../src/oci/types.js';
import { registryOutput } from '../../src/outputs/registry.js';
import { writeOutputs } from '../../src/outputs/write.js';
import { parseChallenges } from '../../src/registry/auth/challenge.js';
import { dockerKeychain, type Keychain } from '../../src/registry/auth/keychain.js';
import { createRegistryClient, type RegistryClient } from '../../src/registry/client.js';
import { openBlob, pullImage } from '../../src/registry/pull.js';
import type { BlobSites } from '../../src/registry/sites.js';
import { openStore } from '../../src/store/open.js';
import { type FaultRegistry, type Manners, startFaultRegistry } from '../support/fault-registry.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';
import { server } from '../support/token-server.js';

const noSites: BlobSites = { find: async () => [], add: async () => undefined, remove: async () => undefined };
const bob: Keychain = { resolve: async () => ({ kind: 'basic', username: 'bob', password: 's3cret', from: 'the test' }) };
const identity: Keychain = { resolve: async () => ({ kind: 'identity', token: 'refresh', from: 'the test' }) };

function clientOf(t: TestContext, keychain: Keychain = bob): RegistryClient {
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {}, timeouts: { idleMs: 2000 } });
	t.after(() => http.close());
	return createRegistryClient({ http, keychain, emit: () => undefined, signal: undefined, patience: { attempts: 5, baseMs: 2 } });
}

const push = (image: ImageResult, { host }: FaultRegistry, client: RegistryClient, names: readonly string[] = ['team/app:1']) =>
	registryOutput({ names: names.map((name) => parseReference(`${host}/${name}`)), client, emit: () => undefined, sites: noSites }).write(image);

const isUpload = (url: string): boolean => url.includes('/blobs/uploads/');

test('any code of success is success', async (t) => {
	const store = await openStore(folder(t));
	const image = await testImage(store, [randomBytes(9 << 20), 'small']);
	const codes: readonly (readonly [method: string, status: number])[] = [
		...[200, 201, 204, 206].map((status) => ['PATCH', status] as const),
		...[200, 202, 204].map((status) => ['PUT', status] as const),
		...[200, 204].map((status) => ['POST', status] as const),
	];
	for (const [method, status] of codes) {
		const registry = await startFaultRegistry(t, { alter: (answer, request) => (request.method === method ? { ...answer, status } : answer) });
		await push(image, registry, clientOf(t));
		assert.equal(registry.manifests.get('team/app@1')?.bytes.length, image.manifest.descriptor.size, `${method} ${status}`);
	}
	const registry = await startFaultRegistry(t, { alter: (answer) => (answer.status === 200 ? { ...answer, status: 203 } : answer) });
	await push(image, registry, clientOf(t));
	assert.equal((await pullImage(parseReference(`${registry.host}/team/app:1`), clientOf(t))).manifest.descriptor.digest, image.manifest.descriptor.digest);
});

test('a range that does not advance, is old or too small does not hold up a push', async (t) => {
	const image = await testImage(await openStore(folder(t)), [randomBytes(9 << 20)]);
	for (const range of ['0-0', '0-1', '0-100', 'bytes=0-4194303', '0-99999999999', 'nonsense']) {
		const alter: Manners['alter'] = (answer, { method }) => (method === 'PATCH' ? { ...answer, headers: { ...answer.headers, range } } : answer);
		const registry = await startFaultRegistry(t, { alter });
		await push(image, registry, clientOf(t));
		assert.equal(registry.requests.filter(({ method }) => method === 'PATCH').length, 1, range);
	}
});

test('a chunk that always breaks off ends after the attempts, whatever the registry says it has', async (t) => {
	const image = await testImage(await openStore(folder(t)), [randomBytes(9 << 20)]);
	let asked = 0;
	for (const rangeOf of [() => '0-0', () => `0-${++asked}`]) {
		const alter: Manners['alter'] = (answer, { method, url }) => {
			if (method === 'PATCH') return { ...answer, status: 503 };
			return method === 'GET' && isUpload(url) ? { ...answer, headers: { ...answer.headers, range: rangeOf() } } : answer;
		};
		const registry = await startFaultRegistry(t, { alter });
		await assert.rejects(push(image, registry, clientOf(t)), { code: 'REGISTRY_ERROR' });
		assert.ok(registry.requests.length < 100, `${registry.requests.length} requests`);
	}
});

test('an upload whose state is not told starts over', async (t) => {
	const image = await testImage(await openStore(folder(t)), [randomBytes(9 << 20)]);
	for (const status of [400, 404, 405, 416, 500, 501]) {
		let patches = 0;
		const alter: Manners['alter'] = (answer, { method, url }) => {
			if (method === 'PATCH' && ++patches === 1) return { ...answer, status: 503 };
			return method === 'GET' && isUpload(url) ? { ...answer, status } : answer;
		};
		const registry = await startFaultRegistry(t, { alter });
		await push(image, registry, clientOf(t));
		assert.ok(registry.manifests.has('team/app@1'), String(status));
	}
});

test('eight tags at once: basic, bearer, one token for all, identity token, helper', async (t) => {
	const store = await openStore(folder(t));
	const image = assembleIndex([await testImage(store, ['a', 'b']), await testImage(store, ['a', 'c'], { os: 'linux', architecture: 'arm64' })]);
	const home = folder(t, {
		'.docker/config.json': { credsStore: 'test' },
		'bin/docker-credential-test': '#!/bin/sh\necho "{\\"Username\\":\\"bob\\",\\"Secret\\":\\"s3cret\\"}"\n',
	});
	chmodSync(join(home, 'bin/docker-credential-test'), 0o755);
	const helper = dockerKeychain({ home, env: { PATH: `${join(home, 'bin')}:${process.env.PATH}` } });
	const mayHaveToken: Manners['mayHaveToken'] = ({ method }, body) => method === 'POST' && body.includes('refresh_token=refresh');
	const ways: readonly (readonly [string, Manners, Keychain])[] = [
		['basic', { auth: 'basic' }, bob],
		['bearer', {}, bob],
		['one token', { oneToken: true }, bob],
		['identity token', { mayHaveToken }, identity],
		['helper, basic', { auth: 'basic' }, helper],
		['helper, bearer', {}, helper],
		['nobody', { auth: 'none' }, { resolve: async () => undefined }],
	];
	const tags = Array.from({ length: 8 }, (_, at) => `t${at}`);
	for (const [what, manners, keychain] of ways) {
		const registry = await startFaultRegistry(t, manners);
		await push(
			image,
			registry,
			clientOf(t, keychain),
			tags.map((tag) => `team/app:${tag}`),
		);
		for (const tag of tags) assert.ok(registry.manifests.has(`team/app@${tag}`), `${what}: ${tag}`);
	}
});

test('wrong credentials end with a clear error, with several tags too', async (t) => {
	const image = await testImage(await openStore(folder(t)));
	const mallory: Keychain = { resolve: async () => ({ kind: 'basic', username: 'mallory', password: 'x', from: 'the test' }) };
	for (const manners of [{ auth: 'basic' }, {}, { auth: 'basic', stranger: 404 }] as const) {
		const registry = await startFaultRegistry(t, manners);
		await assert.rejects(push(image, registry, clientOf(t, mallory), ['team/app:1', 'team/app:2']), { code: 'REGISTRY_AUTH' });
	}
});

test('a registry that hides from strangers is told who it is; the front door is asked once', async (t) => {
	const image = await testImage(await openStore(folder(t)));
	for (const manners of [{ stranger: 404, auth: 'basic' }, { stranger: 403, auth: 'basic' }, { stranger: 404 }, { stranger: 403 }] as const) {
		const registry = await startFaultRegistry(t, manners);
		await push(image, registry, clientOf(t));
		registry.arm();
		await pullImage(parseReference(`${registry.host}/team/app:1`), clientOf(t));
		assert.equal(registry.requests.filter(({ url }) => url === '/v2/').length, 1);
	}
});

test('several challenges in one or many headers', async (t) => {
	const image = await testImage(await openStore(folder(t)));
	for (const challenge of [
		['Negotiate', 'Basic realm="r"'],
		['Negotiate, Basic realm="r"'],
		['NTLM', 'Negotiate YIIZ+/ab==', 'Basic realm="a, b", charset="UTF-8"'],
		['Basic realm="r"', 'Digest realm="r", nonce="n=,=", qop=auth'],
		['Bearer', 'Basic realm="r"'],
	]) {
		const registry = await startFaultRegistry(t, { auth: 'basic', challenge: () => challenge });
		await push(image, registry, clientOf(t));
	}
	const schemes = (header: string): readonly string[] => parseChallenges(header).map(({ scheme }) => scheme);
	assert.deepEqual(schemes('Negotiate abc+/==, Basic realm="r"'), ['negotiate', 'basic']);
	assert.deepEqual(schemes('Negotiate,Basic realm=r , Bearer realm="x",service="y"'), ['negotiate', 'basic', 'bearer']);
});

test("the registry's own reason is shown", async (t) => {
	const image = await testImage(await openStore(folder(t)));
	const body = Buffer.from('{"errors":[{"code":"DENIED","message":"quota exceeded: 12 GiB of 10 GiB used"}]}');
	for (const status of [401, 403, 413, 429, 507]) {
		const alter: Manners['alter'] = (answer, { url }) => (url === '/v2/' ? answer : { status, headers: { 'retry-after': '0.01' }, body });
		const registry = await startFaultRegistry(t, { alter });
		await assert.rejects(push(image, registry, clientOf(t)), { message: /12 GiB of 10 GiB/ }, String(status));
	}
});

test('what a Location holds of a query comes back to the letter', async (t) => {
	const image = await testImage(await openStore(folder(t)), [randomBytes(9 << 20), 'small']);
	const state = '_state=a%2Fb%2Bc%3D%3D&sig=x+y%20z&empty=';
	const alter: Manners['alter'] = (answer, { url }) => {
		const { location } = answer.headers;
		return location === undefined || !isUpload(url) ? answer : { ...answer, headers: { ...answer.headers, location: location.replace(/\?.*/, `?${state}`) } };
	};
	const registry = await startFaultRegistry(t, { alter });
	await push(image, registry, clientOf(t));
	const sent = registry.requests.filter(({ method, url }) => ['PATCH', 'PUT'].includes(method) && isUpload(url));
	assert.deepEqual(
		sent.filter(({ url }) => !url.includes(`?${state}`)),
		[],
	);
});

test('a digest as destination moves no tag, and stands for that image only', async (t) => {
	const store = await openStore(folder(t));
	const image = await testImage(store);
	const registry = await startFaultRegistry(t);
	const { digest } = image.manifest.descriptor;
	const context = { bases: { registry: clientOf(t) }, emit: () => undefined, store } as unknown as Parameters<typeof writeOutputs>[2];
	const write = (...names: string[]) =>
		writeOutputs(image, { outputs: [], names: names.map((name) => parseReference(`${registry.host}/team/app${name}`)), push: true, dir: '/app' }, context);
	const tags = (): readonly string[] => [...registry.manifests.keys()].filter((name) => !name.includes('sha256:'));
	const other = `sha256:${'0'.repeat(64)}`;
	for (const names of [[`@${other}`], [':1', `@${other}`], [`:1@${other}`]])
		await assert.rejects(write(...names), { code: 'REFERENCE_INVALID', message: new RegExp(digest) });
	assert.equal(registry.requests.length, 0, 'nothing is written where one name is wrong');
	const [written] = await write(`@${digest}`);
	assert.deepEqual(written?.references, [`${registry.host}/team/app@${digest}`]);
	assert.ok(registry.manifests.has(`team/app@${digest}`));
	assert.deepEqual(tags(), []);
	await write(`:1@${digest}`, `@${digest}`);
	assert.deepEqual(tags(), ['team/app@1']);
	await write('');
	assert.deepEqual(tags(), ['team/app@1', 'team/app@latest']);
});

test('a redirect that keeps method and body is followed on the same server; no other is, and no credential leaves', async (t) => {
	const image = await testImage(await openStore(folder(t)), [randomBytes(9 << 20), 'small']);
	const redirect =
		(methods: readonly string[], status: number, host = ''): Manners['before'] =>
		({ method, url }) =>
			methods.includes(method) && !/[?&]again/.test(url)
				? { status, headers: { location: `${host}${url}${url.includes('?') ? '&' : '?'}again=1` }, body: Buffer.alloc(0) }
				: undefined;
	for (const status of [307, 308]) {
		const registry = await startFaultRegistry(t, { before: redirect(['POST', 'PUT', 'PATCH'], status) });
		await push(image, registry, clientOf(t));
		assert.equal(registry.manifests.get('team/app@1')?.bytes.length, image.manifest.descriptor.size);
	}
	for (const method of ['POST', 'PUT']) {
		const strange = await startFaultRegistry(t, { auth: 'none' });
		const registry = await startFaultRegistry(t, { before: redirect([method], 307, `http://${strange.host}`) });
		await assert.rejects(push(image, registry, clientOf(t)), { code: 'REGISTRY_ERROR', message: /HTTP 307/ });
		assert.equal(strange.requests.length, 0);
	}
	for (const status of [301, 302, 303]) {
		const registry = await startFaultRegistry(t, { before: redirect(['POST'], status) });
		await assert.rejects(push(image, registry, clientOf(t)), { code: 'REGISTRY_ERROR' });
	}
});

test('loopback by another name is the same registry', async (t) => {
	const image = await testImage(await openStore(folder(t)), ['x']);
	const alter: Manners['alter'] = (answer, { url }) => {
		const { location } = answer.headers;
		return location === undefined || !isUpload(url) ? answer : { ...answer, headers: { ...answer.headers, location: `http://localhost:${port}${location}` } };
	};
	const registry = await startFaultRegistry(t, { alter });
	const port = registry.host.split(':')[1];
	await push(image, registry, clientOf(t));
	assert.ok(registry.manifests.has('team/app@1'));
});

test('token servers: an empty token, a redirect, a refresh token that is not known there', async (t) => {
	const image = await testImage(await openStore(folder(t)), ['x']);
	const tokens = await server(t, (request, response) => {
		const { pathname } = new URL(request.url ?? '', 'http://x');
		if (request.method === 'POST') response.writeHead(405).end();
		else if (pathname === '/moved') response.writeHead(301, { location: `/token${(request.url ?? '').slice(6)}` }).end();
		else if (pathname === '/empty') response.writeHead(200).end('{"token":"","access_token":"t"}');
		else if (pathname === '/none') response.writeHead(200).end('{"token":""}');
		else if (pathname === '/inside') response.writeHead(302, { location: 'http://10.1.2.3/token' }).end();
		else response.writeHead(201).end('{"token":"t"}');
	});
	const registryWith = async (path: string): Promise<string> =>
		server(t, (request, response) => {
			if (request.headers.authorization === 'Bearer t') response.writeHead(404).end();
			else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${tokens}${path}",service="s"` }).end();
		});
	const ask = async (path: string, keychain?: Keychain) => pullImage(parseReference(`${await registryWith(path)}/app:1`), clientOf(t, keychain));
	for (const path of ['/empty', '/moved', '/token']) await assert.rejects(ask(path), { code: 'REGISTRY_NOT_FOUND' }, path);
	await assert.rejects(ask('/token', identity), { code: 'REGISTRY_NOT_FOUND' });
	for (const path of ['/none', '/inside']) await assert.rejects(ask(path), { code: 'REGISTRY_AUTH' }, path);
	assert.ok(image);
});

test('a registry that trickles ends: a document by its time, a blob by its pace', async (t) => {
	const image = await testImage(await openStore(folder(t)), [randomBytes(1 << 16)]);
	const registry = await startFaultRegistry(t);
	await push(image, registry, clientOf(t));
	const slow = await server(t, (request, response) => {
		const bytes = [...registry.manifests.values()][0]?.bytes ?? Buffer.alloc(0);
		const isBlob = request.url?.includes('/blobs/') === true;
		response.writeHead(200, { 'content-length': isBlob ? image.layers[0]?.descriptor.size : bytes.length, 'content-type': MEDIA_TYPE.manifest });
		const timer = setInterval(() => response.write('{'), 20);
		response.on('close', () => clearInterval(timer));
	});
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {}, timeouts: { slowMs: 100 } });
	t.after(() => http.close());
	const client = createRegistryClient({ http, keychain: bob, emit: () => undefined, signal: undefined, patience: { attempts: 2, baseMs: 2, documentMs: 80 } });
	const ref = parseReference(`${slow}/app:1`);
	await assert.rejects(pullImage(ref, client), { code: 'NETWORK', message: /within 80 ms/ });
	const layer = image.layers[0]?.descriptor as Descriptor;
	await assert.rejects(async () => (await openBlob(ref, layer, client)).toArray(), { code: 'NETWORK', message: /kilobyte a second/ });
});

test('a blob that comes a byte for each request ends after the attempts', async (t) => {
	const image = await testImage(await openStore(folder(t)), [randomBytes(1 << 12)]);
	let asked = 0;
	const host = await server(t, (request, response) => {
		asked++;
		const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
		response.writeHead(206, { 'content-range': `bytes ${from}-${from}/4096`, 'content-length': 1 }).end('x');
	});
	const layer = image.layers[0]?.descriptor as Descriptor;
	await assert.rejects(async () => (await openBlob(parseReference(`${host}/app:1`), layer, clientOf(t))).toArray(), { code: 'NETWORK', message: /bytes of/ });
	assert.ok(asked <= 6, String(asked));
});
