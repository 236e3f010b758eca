/** What the machine and the project say about registries, and that it is done: own authorities, client certificates, mirrors. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type RegistrySettings, type RegistrySources, registrySettings } from '../../src/config/registries.js';
import type { TareEvent } from '../../src/events.js';
import { createHttpClient } from '../../src/net/client.js';
import { formatReference, parseReference } from '../../src/oci/reference.js';
import { registryOutput } from '../../src/outputs/registry.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { pullImage } from '../../src/registry/pull.js';
import { createBlobSites } from '../../src/registry/sites.js';
import { openStore } from '../../src/store/open.js';
import { makeCertificates } from '../support/certificates.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';
import { startRegistry } from '../support/registry.js';
import { hasTools } from '../support/tools.js';

const settingsOf = (t: TestContext, more: Partial<RegistrySources> = {}): RegistrySettings => {
	const nowhere = folder(t);
	return registrySettings({ env: {}, home: nowhere, options: {}, insecure: [], etc: nowhere, ...more });
};

function clientWith(t: TestContext, settings: RegistrySettings) {
	const requests: TareEvent[] = [];
	const emit = (event: TareEvent): unknown => event.type === 'request' && requests.push(event);
	const http = createHttpClient({ offline: false, userAgent: 'test', emit, signal: undefined, proxies: {}, tls: settings.tls });
	t.after(() => http.close());
	const client = createRegistryClient({
		http,
		keychain: { resolve: async () => undefined },
		emit,
		signal: undefined,
		insecure: settings.insecure,
		secured: (host) => settings.tls(host)?.ca !== undefined,
		sites: settings.sites,
		patience: { attempts: 2, baseMs: 1 },
	});
	return { client, requests };
}

test('a registry with an authority of its own that wants to see a certificate', async (t) => {
	if (!hasTools(t, 'docker-registry', 'openssl')) return;
	const { ca, server, client } = makeCertificates(t);
	const { host } = await startRegistry(t, { tls: { ...server, clients: ca } });
	const etc = folder(t);
	const certs = join(etc, 'docker/certs.d', host);
	mkdirSync(certs, { recursive: true });
	cpSync(ca, join(certs, 'ca.crt'));
	const store = await openStore(folder(t));
	const image = await testImage(store);
	const push = (settings: RegistrySettings) =>
		registryOutput({
			names: [parseReference(`${host}/app:1`)],
			client: clientWith(t, settings).client,
			emit: () => undefined,
			sites: createBlobSites(store),
		}).write(image);
	await assert.rejects(push(settingsOf(t, { etc })), { code: 'NETWORK' }, 'no certificate is shown');
	cpSync(client.cert, join(certs, 'client.cert'));
	cpSync(client.key, join(certs, 'client.key'));
	await push(settingsOf(t, { etc }));
	const home = folder(t);
	cpSync(certs, join(home, '.docker/certs.d', host), { recursive: true });
	const own = settingsOf(t, { home });
	assert.equal((await pullImage(parseReference(`${host}/app:1`), clientWith(t, own).client)).manifest.descriptor.digest, image.manifest.descriptor.digest);
});

test('a certificate that nobody vouches for is refused, unless the registry is named as insecure', async (t) => {
	if (!hasTools(t, 'docker-registry', 'openssl')) return;
	const { server, client } = makeCertificates(t);
	const { host } = await startRegistry(t, { tls: server });
	const ref = parseReference(`${host}/none:1`);
	const etc = folder(t);
	const certs = join(etc, 'containers/certs.d', host);
	mkdirSync(certs, { recursive: true });
	cpSync(client.cert, join(certs, 'ca.crt'));
	const strange = settingsOf(t, { etc });
	await assert.rejects(pullImage(ref, clientWith(t, strange).client), { code: 'NETWORK', message: /certificate is not trusted/ });
	await assert.rejects(pullImage(ref, clientWith(t, settingsOf(t, { insecure: [host] })).client), { code: 'REGISTRY_NOT_FOUND' });
	cpSync(client.cert, join(certs, 'keyless.cert'));
	await assert.rejects(async () => settingsOf(t, { etc }).tls(host), { code: 'CONFIG_INVALID' });
});

test('mirrors are asked first, in order, and passed over when they cannot help', async (t) => {
	if (!hasTools(t, 'docker-registry')) return;
	const [mirror, origin] = [await startRegistry(t), await startRegistry(t)];
	const store = await openStore(folder(t));
	const image = await testImage(store, ['x']);
	const plain = clientWith(t, settingsOf(t));
	const names = [`${mirror.host}/hub/team/app:1`, `${origin.host}/team/app:1`, `${origin.host}/team/other:1`].map(parseReference);
	await registryOutput({ names, client: plain.client, emit: () => undefined, sites: createBlobSites(store) }).write(image);
	const mirrors = ['127.0.0.1:9', `${mirror.host}/hub`];
	const { client, requests } = clientWith(t, settingsOf(t, { options: { [origin.host]: { mirrors } } }));
	const hosts = (): string[] =>
		requests.flatMap((event) => (event.type === 'request' && event.status === 200 && !event.url.endsWith('/v2/') ? [new URL(event.url).host] : []));
	const pulled = await pullImage(parseReference(`${origin.host}/team/app:1`), client);
	assert.equal(pulled.manifest.descriptor.digest, image.manifest.descriptor.digest);
	assert.deepEqual([...new Set(hosts())], [mirror.host]);
	requests.length = 0;
	await pullImage(parseReference(`${origin.host}/team/other:1`), client);
	assert.deepEqual([...new Set(hosts())], [origin.host], 'what the mirror lacks comes from the registry itself');
});

test("podman's registries.conf and docker's daemon.json are read; the project's own settings win", (t) => {
	const etc = folder(t, {
		'docker/daemon.json': { 'insecure-registries': ['plain.example:5000', '10.0.0.0/8'], 'registry-mirrors': ['https://hub.example/'] },
		'containers/registries.conf':
			'unqualified-search-registries = ["docker.io"]\n[[registry]]\nlocation = "quay.io"\n[[registry.mirror]]\nlocation = "mirror.example/quay"\n[[registry]]\nprefix = "old.example"\ninsecure = true\n',
		'containers/registries.conf.d/10.conf': '[[registry]]\nlocation = "quay.io"\n[[registry.mirror]]\nlocation = "newer.example"\n',
	});
	const settings = settingsOf(t, { etc, insecure: ['lan.example'], options: { 'ghcr.io': { mirrors: ['own.example'] } } });
	assert.deepEqual(placesOf(settings, 'alpine'), ['hub.example/library/alpine', 'docker.io/library/alpine']);
	assert.deepEqual(placesOf(settings, 'quay.io/a/b'), ['newer.example/a/b', 'quay.io/a/b']);
	assert.deepEqual(placesOf(settings, 'ghcr.io/a'), ['own.example/a', 'ghcr.io/a']);
	for (const host of ['lan.example', 'old.example', 'plain.example:5000', '10.1.2.3:5000', '10.9.9.9']) assert.equal(settings.insecure(host), true, host);
	for (const host of ['11.1.2.3', 'quay.io', 'plain.example', '10.example']) assert.equal(settings.insecure(host), false, host);
	assert.equal(settings.tls('old.example')?.insecure, true);
	assert.equal(settings.tls('other.example'), undefined);
});

const placesOf = (settings: RegistrySettings, name: string): readonly string[] => settings.sites(parseReference(name)).map(formatReference);
const DIGEST = `sha256:${'0'.repeat(64)}`;

test('registries.conf moves images: the longest prefix, mirrors by kind of name, wildcards, blocked registries', (t) => {
	const conf = (registry: string): RegistrySettings => settingsOf(t, { etc: folder(t, { 'containers/registries.conf': registry }) });
	const moved = conf(
		'[[registry]]\nprefix = "docker.io"\nlocation = "plain.example:5000/proxy"\ninsecure = true\n' +
			'[[registry]]\nprefix = "docker.io/team"\nlocation = "team.example/of/"\n',
	);
	assert.deepEqual(placesOf(moved, 'alpine:3'), ['plain.example:5000/proxy/library/alpine:3']);
	assert.deepEqual(placesOf(moved, 'team/app:1'), ['team.example/of/app:1']);
	assert.deepEqual(placesOf(moved, 'teams/app:1'), ['plain.example:5000/proxy/teams/app:1']);
	assert.deepEqual([moved.insecure('plain.example:5000'), moved.insecure('docker.io'), moved.insecure('team.example')], [true, false, false]);
	const mirrored = conf(
		'[[registry]]\nlocation = "quay.io"\n[[registry.mirror]]\nlocation = "a.example/m"\ninsecure = true\n' +
			'[[registry.mirror]]\nlocation = "digests.example"\npull-from-mirror = "digest-only"\n' +
			'[[registry.mirror]]\nlocation = "tags.example"\npull-from-mirror = "tag-only"\n',
	);
	assert.deepEqual(placesOf(mirrored, 'quay.io/x:1'), ['a.example/m/x:1', 'tags.example/x:1', 'quay.io/x:1']);
	assert.deepEqual(placesOf(mirrored, `quay.io/x@${DIGEST}`), [`a.example/m/x@${DIGEST}`, `digests.example/x@${DIGEST}`, `quay.io/x@${DIGEST}`]);
	assert.deepEqual([mirrored.insecure('a.example'), mirrored.insecure('quay.io')], [true, false]);
	const wild = conf('[[registry]]\nprefix = "*.lan.example"\ninsecure = true\n');
	assert.deepEqual(placesOf(wild, 'a.lan.example/x'), ['a.lan.example/x']);
	assert.deepEqual([wild.insecure('a.lan.example'), wild.insecure('lan.example'), wild.insecure('a.other.example')], [true, false, false]);
	assert.throws(() => placesOf(conf('[[registry]]\nlocation = "docker.io"\nblocked = true\n'), 'alpine'), { code: 'REGISTRY_ERROR', message: /blocked/ });
});

test('a mirror of docker that is named with http is asked without TLS; broken files of the machine are named', (t) => {
	const plain = settingsOf(t, { etc: folder(t, { 'docker/daemon.json': { 'registry-mirrors': ['http://mirror.example:5000/'] } }) });
	assert.deepEqual(placesOf(plain, 'alpine'), ['mirror.example:5000/library/alpine', 'docker.io/library/alpine']);
	assert.equal(plain.insecure('mirror.example:5000'), true);
	const said: string[] = [];
	const etc = folder(t, { 'docker/daemon.json': '{,}', 'containers/registries.conf': '[[registry' });
	settingsOf(t, { etc, warn: (says) => said.push(says) });
	assert.equal(said.length, 2);
	for (const says of said) assert.match(says, /(?:daemon\.json|registries\.conf) is not used/);
});
