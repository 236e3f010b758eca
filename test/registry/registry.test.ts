/** Push and pull against Debian's docker-registry: anonymous, with a password, with tokens, read-only. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TareEvent } from '../../src/events.js';
import { assembleIndex } from '../../src/image/assemble.js';
import type { ImageResult } from '../../src/image/types.js';
import { createHttpClient } from '../../src/net/client.js';
import { parseReference } from '../../src/oci/reference.js';
import { registryOutput } from '../../src/outputs/registry.js';
import { parseChallenges } from '../../src/registry/auth/challenge.js';
import { githubKeychain } from '../../src/registry/auth/github.js';
import { dockerKeychain, type Keychain } from '../../src/registry/auth/keychain.js';
import { createRegistryClient, type RegistryClient } from '../../src/registry/client.js';
import { pullImage } from '../../src/registry/pull.js';
import type { BlobSites } from '../../src/registry/sites.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';
import { startRegistry } from '../support/registry.js';
import { server, tokenServer } from '../support/token-server.js';
import { hasTools } from '../support/tools.js';

const noSites: BlobSites = { find: async () => [], add: async () => undefined, remove: async () => undefined };
const nobody: Keychain = { resolve: async () => undefined };

function client(t: TestContext, keychain: Keychain = nobody): { client: RegistryClient; requests: TareEvent[] } {
	const requests: TareEvent[] = [];
	const emit = (event: TareEvent): unknown => event.type === 'request' && requests.push(event);
	const http = createHttpClient({ offline: false, userAgent: 'test', emit, signal: undefined, proxies: {} });
	t.after(() => http.close());
	return { client: createRegistryClient({ http, keychain, emit, signal: undefined, patience: { baseMs: 5 } }), requests };
}

const push = (image: ImageResult, names: readonly string[], registry: RegistryClient) =>
	registryOutput({ names: names.map(parseReference), client: registry, emit: () => undefined, sites: noSites }).write(image);
const login = (username: string, password: string): Keychain => ({
	resolve: async () => ({ kind: 'basic', username, password, from: '~/.docker/config.json' }),
});

test('push an index, several tags, pull it back; skopeo sees our digest; nothing is sent twice', async (t) => {
	if (!hasTools(t, 'docker-registry', 'skopeo')) return;
	const { host } = await startRegistry(t);
	const store = await openStore(folder(t));
	const index = assembleIndex([await testImage(store, ['a', 'b']), await testImage(store, ['a', 'c'], { os: 'linux', architecture: 'arm64' })]);
	const { client: registry, requests } = client(t);
	await push(index, [`${host}/team/app:1.0`, `${host}/team/app:latest`], registry);
	assert.equal(requests.filter((event) => event.type === 'request' && event.method === 'POST').length, 5, 'three layers and two configurations, each once');
	requests.length = 0;
	await push(index, [`${host}/team/app:1.0`], registry);
	assert.equal(requests.length, 1, 'an unchanged tag costs one request');
	const { digest } = index.manifest.descriptor;
	const out = execFileSync('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${host}/team/app:latest`]);
	assert.equal(`sha256:${createHash('sha256').update(out).digest('hex')}`, digest);
	const pulled = await pullImage(parseReference(`${host}/team/app:1.0`), registry);
	assert.equal(pulled.manifest.descriptor.digest, digest);
	await push(pulled, [`${host}/other/copy:1`], registry);
	assert.ok(
		requests.some((event) => event.type === 'request' && event.status === 201 && event.method === 'POST'),
		'layers of the same registry are mounted',
	);
	const dir = folder(t);
	execFileSync('skopeo', ['copy', '-q', '--src-tls-verify=false', `docker://${host}/other/copy:1`, `oci:${dir}/x:1`]);
});

test('a password: right, wrong and none', async (t) => {
	if (!hasTools(t, 'docker-registry', 'htpasswd')) return;
	const { host } = await startRegistry(t, { basic: ['bob', 's3cret'] });
	const image = await testImage(await openStore(folder(t)));
	await push(image, [`${host}/app:1`, `${host}/app:latest`, `${host}/other:1`], client(t, login('bob', 's3cret')).client);
	await assert.rejects(push(image, [`${host}/app:2`], client(t, login('bob', 'wrong-password')).client), (error: Error & { code: string }) => {
		assert.equal(error.code, 'REGISTRY_AUTH');
		assert.match(error.message, /user "bob" from ~\/\.docker\/config\.json/);
		assert.ok(!error.message.includes('wrong-password'));
		return true;
	});
	await assert.rejects(push(image, [`${host}/app:2`], client(t).client), { code: 'REGISTRY_AUTH', message: /no credentials were found/ });
});

test('bearer tokens: pull for everyone, push for those who may', async (t) => {
	if (!hasTools(t, 'docker-registry', 'openssl')) return;
	const issuer = await tokenServer(t, ['bob:s3cret']);
	const { host } = await startRegistry(t, { token: issuer });
	const image = await testImage(await openStore(folder(t)));
	await push(image, [`${host}/team/app:1`, `${host}/team/app:latest`], client(t, login('bob', 's3cret')).client);
	assert.equal((await pullImage(parseReference(`${host}/team/app:1`), client(t).client)).manifest.descriptor.digest, image.manifest.descriptor.digest);
	await assert.rejects(push(image, [`${host}/team/app:2`], client(t).client), { code: 'REGISTRY_AUTH' });
	const expired = client(t, login('bob', 'refused')).client;
	assert.equal((await pullImage(parseReference(`${host}/team/app:1`), expired)).manifest.descriptor.digest, image.manifest.descriptor.digest, 'as everyone');
	await assert.rejects(push(image, [`${host}/team/app:2`], expired), { code: 'REGISTRY_AUTH' });
});

test('a read-only registry, a missing image, a registry that is not there', async (t) => {
	if (!hasTools(t, 'docker-registry')) return;
	const { host } = await startRegistry(t, { readOnly: true });
	const image = await testImage(await openStore(folder(t)));
	const { client: registry } = client(t);
	await assert.rejects(push(image, [`${host}/app:1`], registry), { code: 'REGISTRY_ERROR', hint: /read-only/ });
	await assert.rejects(pullImage(parseReference(`${host}/none:1`), registry), { code: 'REGISTRY_NOT_FOUND' });
	await assert.rejects(pullImage(parseReference('127.0.0.1:9/none:1'), registry), { code: 'NETWORK', message: /refused/ });
});

test('credentials stay with their host: not on redirects, not on another upload location', async (t) => {
	const seen: (string | undefined)[] = [];
	const other = await server(t, (request, response) => {
		seen.push(request.headers.authorization);
		response.writeHead(request.method === 'PUT' ? 201 : 200).end('{}');
	});
	const origin = await server(t, (request, response) => {
		if (request.headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
		else if (request.url?.includes('/manifests/') && request.method === 'HEAD') response.writeHead(404).end();
		else if (request.method === 'HEAD') response.writeHead(404).end();
		else if (request.method === 'POST') response.writeHead(202, { location: `http://${other}/upload?x=1` }).end();
		else if (request.method === 'GET') response.writeHead(307, { location: `http://${other}/elsewhere` }).end();
		else response.writeHead(201).end();
	});
	const { client: registry } = client(t, login('bob', 's3cret'));
	await push(await testImage(await openStore(folder(t)), ['x']), [`${origin}/app:1`], registry);
	(await registry.request(parseReference(`${origin}/app:1`), 'blobs/x', 'pull')).discard();
	assert.equal(seen.length, 3);
	assert.deepEqual(
		seen.filter((header) => header !== undefined),
		[],
	);
});

test('a token server on another private address or without encryption gets nothing', async (t) => {
	for (const realm of ['http://10.0.0.1/token', 'ftp://x/token', 'nonsense']) {
		const origin = await server(t, (_request, response) => response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end());
		await assert.rejects(pullImage(parseReference(`${origin}/app:1`), client(t, login('bob', 's3cret')).client), { code: 'REGISTRY_AUTH' });
	}
});

test('a registry that is busy is asked again; one that lies about a blob is not believed', async (t) => {
	let tries = 0;
	const busy = await server(t, (request, response) => {
		if (request.url === '/v2/') response.writeHead(200).end();
		else if (++tries < 3) response.writeHead(503, { 'retry-after': '0.01' }).end();
		else response.writeHead(404).end();
	});
	await assert.rejects(pullImage(parseReference(`${busy}/app:1`), client(t).client), { code: 'REGISTRY_NOT_FOUND' });
	assert.equal(tries, 3);
	const lying = await server(t, (_request, response) =>
		response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }).end('{"schemaVersion":2}'),
	);
	await assert.rejects(pullImage(parseReference(`${lying}/app@sha256:${'0'.repeat(64)}`), client(t).client), {
		code: 'IMAGE_INVALID',
		message: /does not match/,
	});
});

test('challenges are parsed as they come', () => {
	assert.deepEqual(parseChallenges('Bearer realm="https://a/b?c=d,e",service="x",scope="repository:a:pull,push"'), [
		{ scheme: 'bearer', parameters: { realm: 'https://a/b?c=d,e', service: 'x', scope: 'repository:a:pull,push' } },
	]);
	assert.deepEqual(
		parseChallenges('Basic realm="a \\"b\\"", Bearer realm=x').map(({ scheme }) => scheme),
		['basic', 'bearer'],
	);
});

test('credentials come from docker and podman files, and from helpers', async (t) => {
	const home = folder(t, {
		'.docker/config.json': {
			auths: {
				'ghcr.io': { auth: Buffer.from('bob:pa:ss').toString('base64') },
				'https://index.docker.io/v1/': { username: 'hub', password: 'p' },
				'id.example': { identitytoken: 'refresh' },
			},
			credHelpers: { 'helper.example': 'test' },
		},
		'.config/containers/auth.json': { auths: { 'quay.io/team': { auth: Buffer.from('pod:man').toString('base64') } } },
		'bin/docker-credential-test': '#!/bin/sh\nread server\necho "{\\"Username\\":\\"for-$server\\",\\"Secret\\":\\"s\\"}"\n',
	});
	execFileSync('chmod', ['+x', join(home, 'bin/docker-credential-test')]);
	const keychain = dockerKeychain({ home, env: { PATH: `${join(home, 'bin')}:${process.env.PATH}` } });
	const who = async (host: string, repository = 'team/app') => {
		const found = await keychain.resolve(host, repository);
		return found?.kind === 'basic' ? `${found.username}:${found.password}` : found?.token;
	};
	assert.equal(await who('ghcr.io'), 'bob:pa:ss');
	assert.equal(await who('docker.io'), 'hub:p');
	assert.equal(await who('id.example'), 'refresh');
	assert.equal(await who('quay.io'), 'pod:man');
	assert.equal(await who('quay.io', 'other/app'), undefined);
	assert.equal(await who('helper.example'), 'for-helper.example:s');
});

test("a registry's warnings are shown once", async (t) => {
	const host = await server(t, (_request, response) => response.writeHead(404, { warning: '299 - "this tag goes \\"away\\" soon", 299 - "pay up"' }).end());
	const said: TareEvent[] = [];
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {} });
	t.after(() => http.close());
	const registry = createRegistryClient({ http, keychain: nobody, emit: (event) => said.push(event), signal: undefined });
	for (const name of ['a', 'b']) (await registry.request(parseReference(`${host}/${name}:1`), 'manifests/1', 'pull')).discard();
	assert.deepEqual(
		said.map((event) => event.type === 'warning' && event.says),
		[`${host} says: this tag goes "away" soon`, `${host} says: pay up`],
	);
});

test('a workflow’s token is for the registry of its own server', async () => {
	const who = async (host: string, env: Record<string, string>): Promise<string> => {
		const found = await githubKeychain({ GITHUB_TOKEN: 't', GITHUB_ACTOR: 'me', ...env }).resolve(host, 'me/app');
		return found?.kind === 'basic' ? `${found.username}:${found.password}` : 'nobody';
	};
	assert.equal(await who('ghcr.io', {}), 'me:t');
	assert.equal(await who('ghcr.io', { GITHUB_SERVER_URL: 'https://github.com' }), 'me:t');
	assert.equal(await who('containers.git.example', { GITHUB_SERVER_URL: 'https://git.example' }), 'me:t');
	assert.equal(await who('ghcr.io', { GITHUB_SERVER_URL: 'https://git.example' }), 'nobody');
	for (const host of ['docker.io', 'ghcr.io.example', 'containers.github.com', 'pkg.github.com']) assert.equal(await who(host, {}), 'nobody');
});
