/** Credentials are found as docker and podman find them: every spelling of a key, helpers before entries, and no broken file in silence. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseReference } from '../../src/oci/reference.js';
import { dockerKeychain } from '../../src/registry/auth/keychain.js';
import { logout } from '../../src/registry/auth/login.js';
import { folder } from '../support/files.js';

const HOST = 'registry.example:5000';
const CONFIG = '.docker/config.json';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const entry = (text: string) => ({ auth: base64(text) });
const HELPER = `#!/bin/sh
[ "$1" = get ] || exit 0
read server
case "$server" in *unknown*) echo "credentials not found"; exit 1;; esac
echo '{"Username":"helped","Secret":"s"}'
`;

function keychainOf(t: TestContext, files: Readonly<Record<string, string | object>>, env: Readonly<Record<string, string>> = {}) {
	const home = folder(t, { 'bin/docker-credential-good': HELPER, ...files });
	chmodSync(join(home, 'bin/docker-credential-good'), 0o755);
	const places = { home, env: { PATH: `${join(home, 'bin')}:/usr/bin:/bin`, ...env } };
	const who = async (host: string, repository = 'team/app'): Promise<string | undefined> => {
		const found = await dockerKeychain(places).resolve(host, repository);
		return found?.kind === 'basic' ? `${found.username}:${found.password}` : found?.token;
	};
	return { who, places, home };
}

const SPELLINGS = ['', '/', '/v1', '/v1/', '/v2', '/v2/'].flatMap((path) => ['', 'http://', 'https://'].map((scheme) => `${scheme}${HOST}${path}`));

test('a key names its host with or without scheme, path, API version or trailing slash', async (t) => {
	for (const key of [...SPELLINGS, `https://${HOST}/any/path`, `http://${HOST}/any`, HOST.toUpperCase()])
		assert.equal(await keychainOf(t, { [CONFIG]: { auths: { [key]: entry('me:pw') } } }).who(HOST), 'me:pw', key);
	for (const key of ['registry.example', `x${HOST}`, `${HOST}1`, `${HOST}/other`, `${HOST}/tea`, 'https://evil.example/registry.example:5000'])
		assert.equal(await keychainOf(t, { [CONFIG]: { auths: { [key]: entry('me:pw') } } }).who(HOST), undefined, key);
});

test('the narrowest scope wins, on Docker Hub too', async (t) => {
	const auths = { 'docker.io': entry('all:1'), 'docker.io/team': entry('team:2'), 'docker.io/team/app': entry('app:3') };
	const { who } = keychainOf(t, { [CONFIG]: { auths } });
	assert.deepEqual(
		[await who('docker.io', 'library/node'), await who('docker.io', 'team/x'), await who('docker.io', 'team/app')],
		['all:1', 'team:2', 'app:3'],
	);
	for (const key of ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'https://registry-1.docker.io/v2/', 'https://docker.io'])
		assert.equal(await keychainOf(t, { [CONFIG]: { auths: { [key]: entry('hub:pw') } } }).who('docker.io'), 'hub:pw', key);
});

test('a helper goes before an entry, and an entry serves where the helper has none', async (t) => {
	const auths = { [HOST]: entry('old:pw'), 'unknown.example': entry('kept:pw') };
	for (const helper of [{ credsStore: 'good' }, { credHelpers: { [HOST]: 'good' } }, { credHelpers: { [`https://${HOST}/`]: 'good' } }])
		assert.equal(await keychainOf(t, { [CONFIG]: { auths, ...helper } }).who(HOST), 'helped:s');
	assert.equal(await keychainOf(t, { [CONFIG]: { auths, credsStore: 'good' } }).who('unknown.example'), 'kept:pw');
	assert.equal(await keychainOf(t, { [CONFIG]: { auths, credsStore: 'not-installed' } }).who(HOST), 'old:pw');
	for (const none of [{ credsStore: '' }, { credsStore: null }, { credHelpers: { [HOST]: '' } }, { credsStore: 'good', credHelpers: { [HOST]: '' } }])
		assert.equal(await keychainOf(t, { [CONFIG]: { auths, ...none } }).who(HOST), 'old:pw');
});

test('DOCKER_AUTH_CONFIG goes before the file of docker, REGISTRY_AUTH_FILE before both; .dockercfg comes last', async (t) => {
	const inVariable = JSON.stringify({ auths: { [HOST]: entry('variable:pw') } });
	const files = { [CONFIG]: { auths: { [HOST]: entry('file:pw') } }, '.dockercfg': { [HOST]: entry('ancient:pw'), 'old.example': entry('ancient:pw') } };
	assert.equal(await keychainOf(t, files, { DOCKER_AUTH_CONFIG: inVariable }).who(HOST), 'variable:pw');
	const { who } = keychainOf(t, files);
	assert.deepEqual([await who(HOST), await who('old.example')], ['file:pw', 'ancient:pw']);
	const explicit = join(folder(t, { 'auth.json': { auths: { [HOST]: entry('explicit:pw') } } }), 'auth.json');
	assert.equal(await keychainOf(t, files, { DOCKER_AUTH_CONFIG: inVariable, REGISTRY_AUTH_FILE: explicit }).who(HOST), 'explicit:pw');
});

test('a broken file is named, without what it holds', async (t) => {
	const secret = base64('me:hunter2');
	const broken = {
		'a byte order mark': `\uFEFF{"auths":{"${HOST}":{"auth":"${secret}"}}}`,
		'not JSON': `{"auths":{"${HOST}":{"auth":"${secret}"},}}`,
		'not a string': { auths: { [HOST]: { auth: 123 } } },
		'auths is not an object': { auths: [secret] },
		'credHelpers\\["x"\\] is not a string': { credHelpers: { x: 1 } },
		'credsStore is not a string': { credsStore: ['good'] },
		'not an object': '"text"',
	};
	for (const [why, text] of Object.entries(broken)) {
		const { who, home } = keychainOf(t, { [CONFIG]: text });
		await assert.rejects(who(HOST), (error: Error) => {
			assert.match(error.message, new RegExp(why));
			assert.ok(error.message.includes(join(home, CONFIG)) && !error.message.includes(secret));
			return true;
		});
	}
	await assert.rejects(keychainOf(t, {}, { DOCKER_AUTH_CONFIG: '{' }).who(HOST), { code: 'CONFIG_INVALID', message: /DOCKER_AUTH_CONFIG/ });
	for (const fine of ['', '{}', '{"auths":null}', `{"auths":{"${HOST}":null}}`]) assert.equal(await keychainOf(t, { [CONFIG]: fine }).who(HOST), undefined);
});

test('an entry without a user is named', async (t) => {
	const { places } = keychainOf(t, { [CONFIG]: { auths: { [HOST]: entry('no-colon') } } });
	const notes: string[] = [];
	await dockerKeychain(places).resolve(HOST, 'app', (says) => notes.push(says));
	assert.match(notes[0] ?? '', /the auth of "registry.example:5000" in .*config.json is not USER:PASSWORD/);
});

test('logout removes whatever a login would find, and nothing else', async (t) => {
	const auths = {
		...Object.fromEntries(SPELLINGS.map((key) => [key, entry('me:pw')])),
		'other.example': entry('other:pw'),
		[`${HOST}/team`]: entry('team:pw'),
	};
	const { who, places, home } = keychainOf(t, { [CONFIG]: { auths, kept: true }, '.config/containers/auth.json': { auths: { [HOST]: entry('podman:pw') } } });
	assert.match((await logout({ registry: HOST, ...places })) ?? '', /config\.json and .*auth\.json$/);
	assert.equal(await who(HOST, 'x'), undefined);
	assert.deepEqual([await who('other.example'), await who(HOST, 'team/app')], ['other:pw', 'team:pw']);
	assert.equal(JSON.parse(readFileSync(join(home, CONFIG), 'utf8')).kept, true);
	assert.equal(await logout({ registry: HOST, ...places }), undefined);
	writeFileSync(join(home, CONFIG), '{');
	await assert.rejects(logout({ registry: HOST, ...places }), { code: 'CONFIG_INVALID' });
});

test('short names of Docker Hub', () => {
	for (const name of ['alpine:3', 'docker.io/alpine:3', 'index.docker.io/alpine:3', 'docker.io/library/alpine:3'])
		assert.deepEqual(parseReference(name), { registry: 'docker.io', repository: 'library/alpine', tag: '3' });
	assert.deepEqual(parseReference('index.docker.io/team/app'), { registry: 'docker.io', repository: 'team/app' });
	assert.deepEqual(parseReference('ghcr.io/app'), { registry: 'ghcr.io', repository: 'app' });
});
