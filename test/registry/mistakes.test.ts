/** What is wrong before a registry is asked: a port that cannot be, certificates that are no folder, an image with nothing in it. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { registrySettings } from '../../src/config/registries.js';
import { createHttpClient } from '../../src/net/client.js';
import { parseReference } from '../../src/oci/reference.js';
import { load } from '../../src/outputs/load.js';
import { createOrigins } from '../../src/registry/origin.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';

test('a port beyond 65535 is no port, in a name and in a host', async (t) => {
	for (const name of ['127.0.0.1:99999/a/b:1', 'registry.example:65536/a', '[::1]:70000/a'])
		assert.throws(() => parseReference(name), { code: 'REFERENCE_INVALID', message: /no valid port/ }, name);
	assert.equal(parseReference('registry.example:65535/a').registry, 'registry.example:65535');
	const http = createHttpClient({ offline: true, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {} });
	t.after(() => http.close());
	const originOf = createOrigins({ http, insecure: () => false, secured: () => false });
	for (const host of ['registry.example:99999', 'a b', '[x]']) await assert.rejects(originOf(host), { code: 'REFERENCE_INVALID' }, host);
});

test('certs.d and what is in it must be folders', (t) => {
	const settings = (files: Record<string, string>) => {
		const etc = folder(t, files);
		return registrySettings({ env: {}, home: etc, options: {}, insecure: [], etc });
	};
	for (const file of ['docker/certs.d', 'containers/certs.d/registry.example'])
		assert.throws(() => settings({ [file]: '' }).tls('registry.example'), { code: 'CONFIG_INVALID', message: /certs\.d.* cannot be read \(ENOTDIR\)/ });
	assert.equal(settings({ 'docker/certs.d/other.example/ca.crt': 'x' }).tls('registry.example'), undefined);
});

test('an image without layers is not handed to an engine', async (t) => {
	const bin = folder(t, { docker: '#!/bin/sh\nexit 0\n' });
	chmodSync(join(bin, 'docker'), 0o755);
	const store = await openStore(folder(t));
	const options = {
		engine: 'docker',
		names: ['app:1'],
		tag: '1',
		host: { os: 'linux', architecture: 'amd64' },
		env: { PATH: `${bin}:${process.env.PATH}` },
		signal: undefined,
		scratch: store.scratch,
		note: () => undefined,
	} as const;
	await assert.rejects(load(options).write(await testImage(store, [])), { code: 'IMAGE_INVALID', message: /no layers/ });
	assert.equal((await load(options).write(await testImage(store))).kind, 'docker');
});
