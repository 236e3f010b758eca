/** Credentials that clouds give: which requests are made for them, what they become, and what is said where there are none. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TareError } from '../../src/errors.js';
import { createHttpClient } from '../../src/net/client.js';
import type { HttpRequest, HttpResponse } from '../../src/net/contract.js';
import type { CloudSources } from '../../src/registry/auth/cloud/exchange.js';
import { cloudKeychain } from '../../src/registry/auth/cloud/keychain.js';
import { signRequest } from '../../src/registry/auth/cloud/sigv4.js';
import { folder } from '../support/files.js';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

type Reply = object | string | { readonly status: number };
type Server = Readonly<Record<string, Reply | ((request: HttpRequest) => Reply)>>;

/** Everything that a keychain may ask, and nothing else: answers by `METHOD URL`. */
function cloud(t: TestContext, server: Server, { files = {}, ...more }: Partial<CloudSources> & { readonly files?: Readonly<Record<string, string>> } = {}) {
	const requests: HttpRequest[] = [];
	const notes: string[] = [];
	const request = async (one: HttpRequest): Promise<HttpResponse> => {
		requests.push(one);
		const found = server[`${one.method ?? 'GET'} ${one.url}`];
		if (found === undefined) throw new TareError('NETWORK', `${one.url} cannot be reached`);
		const reply = typeof found === 'function' ? found(one) : found;
		const status = typeof reply === 'object' && 'status' in reply ? Number(reply.status) : 200;
		const text = typeof reply === 'string' ? reply : JSON.stringify(reply);
		const bytes = async (limit: number): Promise<Uint8Array> => {
			if (text.length > limit) throw new TareError('NETWORK', 'too long');
			return Buffer.from(text);
		};
		return { status, url: one.url, header: () => undefined, body: (async function* () {})(), bytes, discard: () => undefined };
	};
	const sources = { env: {}, home: '/home/me', now: () => NOW, hardware: () => '', readFile: (path: string) => files[path], ...more };
	const keychain = cloudKeychain({ ...sources, env: { PATH: folder(t), ...sources.env }, http: { request, close: () => undefined } });
	return { requests, notes, ask: (host: string) => keychain.resolve(host, 'app', (says) => notes.push(says)) };
}

const sent = (request: HttpRequest | undefined): Record<string, string> =>
	Object.fromEntries(new URLSearchParams(Buffer.from(request?.body as Uint8Array).toString()));

function helper(t: TestContext, name: string, answer: object): string {
	const path = folder(t);
	writeFileSync(join(path, `docker-credential-${name}`), `#!/bin/sh\nread server\n[ "$1" = get ] && echo '${JSON.stringify(answer)}'\n`);
	chmodSync(join(path, `docker-credential-${name}`), 0o755);
	return path;
}

test('other registries are none of the clouds’ business', async (t) => {
	const { ask, requests, notes } = cloud(t, {}, { env: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' } });
	for (const host of ['ghcr.io', 'docker.io', 'evilgcr.io', 'gcr.io.example.com', `${ECR}.example.com`, 'pkg.dev.example', 'azurecr.io.example'])
		assert.equal(await ask(host), undefined, host);
	assert.deepEqual([requests, notes], [[], []]);
});

test('a helper that is installed comes first', async (t) => {
	for (const [name, host] of [
		['gcloud', 'gcr.io'],
		['gcr', 'europe-docker.pkg.dev'],
		['ecr-login', ECR],
		['acr-env', 'me.azurecr.io'],
	] as const) {
		const { ask, requests } = cloud(t, {}, { env: { PATH: helper(t, name, { Username: 'u', Secret: 's' }) } });
		assert.deepEqual(await ask(host), { kind: 'basic', username: 'u', password: 's', from: `docker-credential-${name}` });
		assert.deepEqual(requests, []);
	}
});

test('Google: a service account signs for a token', async (t) => {
	const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
	const file = {
		type: 'service_account',
		client_email: 'me@p.example',
		private_key: pem,
		private_key_id: 'k1',
		token_uri: 'https://oauth2.googleapis.com/token',
	};
	const { ask, requests } = cloud(
		t,
		{ 'POST https://oauth2.googleapis.com/token': { access_token: 'ya29' } },
		{ env: { GOOGLE_APPLICATION_CREDENTIALS: '/key.json' }, files: { '/key.json': JSON.stringify(file) } },
	);
	assert.deepEqual(await ask('gcr.io'), { kind: 'basic', username: 'oauth2accesstoken', password: 'ya29', from: '/key.json' });
	const { grant_type, assertion = '' } = sent(requests[0]);
	assert.equal(grant_type, 'urn:ietf:params:oauth:grant-type:jwt-bearer');
	const [header = '', claims = '', signature = ''] = assertion.split('.');
	assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), { alg: 'RS256', typ: 'JWT', kid: 'k1' });
	const { iss, scope, aud, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
	assert.deepEqual(
		{ iss, scope, aud, iat, exp },
		{ iss: 'me@p.example', scope: 'https://www.googleapis.com/auth/cloud-platform', aud: file.token_uri, iat: NOW / 1000, exp: NOW / 1000 + 3600 },
	);
	assert.ok(verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')));
	assert.equal(requests[0]?.redirects, 0);
	assert.equal(requests[0]?.timeoutMs, 10_000);
	await ask('gcr.io');
	assert.equal(requests.length, 1, 'one exchange a registry');
});

test('Google: the login of gcloud', async (t) => {
	const path = '/home/me/.config/gcloud/application_default_credentials.json';
	const file = { type: 'authorized_user', client_id: 'c', client_secret: 'cs', refresh_token: 'r' };
	const server = { 'POST https://oauth2.googleapis.com/token': { access_token: 'ya29' } };
	const { ask, requests } = cloud(t, server, { files: { [path]: JSON.stringify(file) } });
	assert.deepEqual(await ask('us-docker.pkg.dev'), { kind: 'basic', username: 'oauth2accesstoken', password: 'ya29', from: path });
	assert.deepEqual(sent(requests[0]), { grant_type: 'refresh_token', client_id: 'c', client_secret: 'cs', refresh_token: 'r' });
});

test('Google: a workflow’s token is exchanged, then stands for a service account', async (t) => {
	const account = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/me@p:generateAccessToken';
	const file = {
		type: 'external_account',
		audience: '//iam.googleapis.com/pool',
		subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
		token_url: 'https://sts.googleapis.com/v1/token',
		service_account_impersonation_url: account,
		credential_source: {
			url: 'https://workflow.example/token?audience=x',
			headers: { Authorization: 'Bearer workflow' },
			format: { type: 'json', subject_token_field_name: 'value' },
		},
	};
	const server = {
		'GET https://workflow.example/token?audience=x': { value: 'oidc' },
		'POST https://sts.googleapis.com/v1/token': { access_token: 'federated' },
		[`POST ${account}`]: { accessToken: 'final' },
	};
	const { ask, requests } = cloud(t, server, { env: { GOOGLE_APPLICATION_CREDENTIALS: '/w.json' }, files: { '/w.json': JSON.stringify(file) } });
	assert.deepEqual(await ask('gcr.io'), { kind: 'basic', username: 'oauth2accesstoken', password: 'final', from: '/w.json' });
	assert.equal(requests[0]?.headers?.Authorization, 'Bearer workflow');
	assert.deepEqual(sent(requests[1]), {
		grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
		requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
		audience: file.audience,
		scope: 'https://www.googleapis.com/auth/cloud-platform',
		subject_token_type: file.subject_token_type,
		subject_token: 'oidc',
	});
	assert.equal(requests[2]?.headers?.authorization, 'Bearer federated');
	const { service_account_impersonation_url: _, ...direct } = { ...file, credential_source: { file: '/token' } };
	const second = cloud(t, server, {
		env: { GOOGLE_APPLICATION_CREDENTIALS: '/w.json' },
		files: { '/w.json': JSON.stringify(direct), '/token': 'from-file\n' },
	});
	const found = await second.ask('gcr.io');
	assert.equal(found?.kind === 'basic' && found.password, 'federated');
	assert.equal(sent(second.requests[0]).subject_token, 'from-file');
});

test('Google: the metadata server is asked where there is a sign of it', async (t) => {
	const url = 'http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token';
	const server = { [`GET ${url}`]: { access_token: 'ya29', token_type: 'Bearer' } };
	for (const more of [{ hardware: () => 'Google Google Compute Engine' }, { env: { K_SERVICE: 'app' } }]) {
		const { ask, requests } = cloud(t, server, more);
		assert.equal((await ask('gcr.io'))?.from, "Google's metadata server");
		assert.deepEqual(requests[0]?.headers, { 'metadata-flavor': 'Google' });
	}
	const elsewhere = cloud(t, server);
	assert.equal(await elsewhere.ask('gcr.io'), undefined);
	assert.deepEqual(elsewhere.requests, []);
	assert.match(
		elsewhere.notes.join(', '),
		/docker-credential-gcloud is not installed.*GOOGLE_APPLICATION_CREDENTIALS is not set.*application_default_credentials.json is not there/,
	);
	const far = cloud(t, server, { env: { GCE_METADATA_HOST: 'metadata.example' } });
	assert.equal(await far.ask('gcr.io'), undefined);
	assert.deepEqual([far.requests, far.notes.at(-1)], [[], 'the server of GCE_METADATA_HOST is not encrypted']);
});

test('Google: a metadata server of its own, past the proxy, and no further than it', async (t) => {
	let answer: Reply = { access_token: 'ya29' };
	const seen: unknown[] = [];
	const server = createServer((request, response) => {
		seen.push([request.url, request.headers['metadata-flavor']]);
		if (typeof answer === 'string') response.writeHead(302, { location: answer }).end();
		else response.end(JSON.stringify(answer));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: { http: 'http://127.0.0.1:1' } });
	t.after(() => {
		http.close();
		server.close();
	});
	const ask = async (says: (words: string) => void) => {
		const sources = { env: { PATH: folder(t), GCE_METADATA_HOST: here }, home: folder(t), http, now: () => NOW, hardware: () => '' };
		return cloudKeychain(sources).resolve('gcr.io', 'app', says);
	};
	assert.deepEqual(await ask(() => undefined), { kind: 'basic', username: 'oauth2accesstoken', password: 'ya29', from: "Google's metadata server" });
	answer = `http://${here}/elsewhere`;
	const notes: string[] = [];
	assert.equal(await ask((says) => notes.push(says)), undefined);
	assert.equal(notes.at(-1), "Google's metadata server answers with HTTP 302");
	const path = '/computeMetadata/v1/instance/service-accounts/default/token';
	assert.deepEqual(seen, [
		[path, 'Google'],
		[path, 'Google'],
	]);
});

test('AWS: signatures are those of the published test suite', () => {
	const keys = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
	const common = { url: 'https://example.amazonaws.com/', region: 'us-east-1', service: 'service', now: Date.UTC(2015, 7, 30, 12, 36) };
	const scope = 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ';
	const get = signRequest({ ...common, method: 'GET', headers: {}, body: '' }, keys);
	assert.equal(get.authorization, `${scope}SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31`);
	const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
	const post = signRequest({ ...common, method: 'POST', headers, body: 'Param1=value1' }, keys);
	assert.equal(
		post.authorization,
		`${scope}SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a`,
	);
});

const PASSWORD = Buffer.from('AWS:pass:word').toString('base64');
const API = 'POST https://api.ecr.eu-west-1.amazonaws.com/';
const ecr: Server = { [API]: { authorizationData: [{ authorizationToken: PASSWORD }] } };

test('AWS: keys of the environment become a password', async (t) => {
	const env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };
	const { ask, requests } = cloud(t, ecr, { env });
	assert.deepEqual(await ask(ECR), { kind: 'basic', username: 'AWS', password: 'pass:word', from: 'AWS_ACCESS_KEY_ID' });
	const { headers = {}, body } = requests[0] as HttpRequest;
	assert.equal(headers['x-amz-target'], 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken');
	assert.equal(headers['content-type'], 'application/x-amz-json-1.1');
	assert.equal(headers['x-amz-security-token'], 'session');
	assert.equal(headers['x-amz-date'], '20260102T030405Z');
	assert.match(
		headers.authorization ?? '',
		/^AWS4-HMAC-SHA256 Credential=AKID\/20260102\/eu-west-1\/ecr\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
	);
	assert.equal(Buffer.from(body as Uint8Array).toString(), '{}');
});

test('AWS: each registry has its own server', async (t) => {
	const data = { authorizationToken: PASSWORD };
	const server = {
		'POST https://ecr-fips.us-gov-west-1.amazonaws.com/': { authorizationData: [data] },
		'POST https://api.ecr.cn-north-1.amazonaws.com.cn/': { authorizationData: [data] },
		'POST https://api.ecr-public.us-east-1.amazonaws.com/': { authorizationData: data },
	};
	const { ask, requests } = cloud(t, server, { env: { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' } });
	for (const host of ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'public.ecr.aws'])
		assert.equal((await ask(host))?.kind, 'basic', host);
	assert.equal(requests[2]?.headers?.['x-amz-target'], 'SpencerFrontendService.GetAuthorizationToken');
	assert.match(requests[2]?.headers?.authorization ?? '', /us-east-1\/ecr-public\/aws4_request/);
});

test('AWS: a web identity, a container, a profile, an instance', async (t) => {
	const keys = { AccessKeyId: 'AKID', SecretAccessKey: 'secret', Token: 'session' };
	const xml = '<Credentials><SessionToken>session</SessionToken><AccessKeyId>AKID</AccessKeyId><SecretAccessKey>secret</SecretAccessKey></Credentials>';
	const web = cloud(
		t,
		{ ...ecr, 'POST https://sts.eu-west-1.amazonaws.com/': xml },
		{ env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/r' }, files: { '/token': 'oidc\n' } },
	);
	assert.equal((await web.ask(ECR))?.from, 'AWS_WEB_IDENTITY_TOKEN_FILE');
	const { Action, RoleArn, WebIdentityToken } = sent(web.requests[0]);
	assert.deepEqual([Action, RoleArn, WebIdentityToken], ['AssumeRoleWithWebIdentity', 'arn:aws:iam::1:role/r', 'oidc']);
	assert.equal(web.requests[1]?.headers?.['x-amz-security-token'], 'session');

	const pod = cloud(
		t,
		{ ...ecr, 'GET http://169.254.170.23/v1/credentials': keys },
		{
			env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/pod' },
			files: { '/pod': 'pod-token' },
		},
	);
	assert.equal((await pod.ask(ECR))?.kind, 'basic');
	assert.equal(pod.requests[0]?.headers?.authorization, 'pod-token');
	const task = cloud(
		t,
		{ ...ecr, 'GET http://169.254.170.2/v2/credentials/1': keys },
		{ env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/1' } },
	);
	assert.equal((await task.ask(ECR))?.kind, 'basic');
	for (const env of [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://elsewhere.example/' }, { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '.example/' }]) {
		const astray = cloud(t, ecr, { env });
		assert.equal(await astray.ask(ECR), undefined);
		assert.deepEqual(astray.requests, []);
	}

	const files = {
		'/home/me/.aws/credentials': '[default]\naws_access_key_id = NO\n\n[work]\naws_access_key_id = AKID\naws_secret_access_key=secret\n[other]\n',
	};
	const profile = cloud(t, ecr, { env: { AWS_PROFILE: 'work' }, files });
	assert.equal((await profile.ask(ECR))?.from, '/home/me/.aws/credentials');
	assert.match(profile.requests[0]?.headers?.authorization ?? '', /Credential=AKID\//);

	const meta = 'http://169.254.169.254/latest';
	const roles = `${meta}/meta-data/iam/security-credentials/`;
	const server = { ...ecr, [`PUT ${meta}/api/token`]: 'imds', [`GET ${roles}`]: 'role', [`GET ${roles}role`]: keys };
	const instance = cloud(t, server);
	assert.equal((await instance.ask(ECR))?.kind, 'basic');
	assert.equal(instance.requests[2]?.headers?.['x-aws-ec2-metadata-token'], 'imds');
	assert.ok(instance.requests.slice(0, 3).every(({ timeoutMs }) => timeoutMs === 1000));
	const disabled = cloud(t, server, { env: { AWS_EC2_METADATA_DISABLED: 'true' } });
	assert.equal(await disabled.ask(ECR), undefined);
	assert.deepEqual(disabled.requests, []);
	assert.match(disabled.notes.join(', '), /docker-credential-ecr-login is not installed, AWS_ACCESS_KEY_ID is not set, .* no keys of profile "default"/);
	const reader = cloud(t, server);
	assert.equal(await reader.ask('public.ecr.aws'), undefined);
	assert.deepEqual(reader.requests, [], 'away from AWS a public registry is read without asking an instance');
});

test('Azure: a secret or another issuer’s token, exchanged twice', async (t) => {
	const server = {
		'POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token': { access_token: 'aad' },
		'POST https://me.azurecr.io/oauth2/exchange': { refresh_token: 'refresh' },
	};
	const env = { AZURE_CLIENT_ID: 'client', AZURE_TENANT_ID: 'tenant' };
	const secret = cloud(t, server, { env: { ...env, AZURE_CLIENT_SECRET: 'secret' } });
	assert.deepEqual(await secret.ask('me.azurecr.io'), { kind: 'identity', token: 'refresh', from: 'AZURE_CLIENT_SECRET' });
	const scope = 'https://containerregistry.azure.net/.default';
	assert.deepEqual(sent(secret.requests[0]), { grant_type: 'client_credentials', client_id: 'client', scope, client_secret: 'secret' });
	assert.deepEqual(sent(secret.requests[1]), { grant_type: 'access_token', service: 'me.azurecr.io', access_token: 'aad', tenant: 'tenant' });
	const federated = cloud(t, server, { env: { ...env, AZURE_FEDERATED_TOKEN_FILE: '/oidc' }, files: { '/oidc': 'oidc\n' } });
	assert.equal((await federated.ask('me.azurecr.io'))?.from, 'AZURE_FEDERATED_TOKEN_FILE');
	assert.equal(sent(federated.requests[0]).client_assertion, 'oidc');
	assert.equal(sent(federated.requests[0]).client_assertion_type, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
});

test('Azure: managed identities of a service and of a machine', async (t) => {
	const query = 'resource=https%3A%2F%2Fcontainerregistry.azure.net';
	const server = {
		[`GET http://localhost:42356/msi/token?api-version=2019-08-01&${query}`]: { access_token: 'aad' },
		[`GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&${query}&client_id=c`]: { access_token: 'aad' },
		'POST https://me.azurecr.io/oauth2/exchange': { refresh_token: 'refresh' },
	};
	const service = cloud(t, server, { env: { IDENTITY_ENDPOINT: 'http://localhost:42356/msi/token', IDENTITY_HEADER: 'header' } });
	assert.equal((await service.ask('me.azurecr.io'))?.from, 'the managed identity of IDENTITY_ENDPOINT');
	assert.deepEqual(service.requests[0]?.headers, { 'x-identity-header': 'header' });
	const machine = cloud(t, server, { env: { AZURE_CLIENT_ID: 'c' } });
	assert.equal((await machine.ask('me.azurecr.io'))?.from, "Azure's metadata server");
	assert.deepEqual(machine.requests[0]?.headers, { metadata: 'true' });
	const nowhere = cloud(t, {});
	assert.equal(await nowhere.ask('me.azurecr.io'), undefined);
	assert.match(
		nowhere.notes.join(', '),
		/docker-credential-acr-env is not installed, AZURE_CLIENT_ID.* are not set, Azure's metadata server cannot be reached/,
	);
});

test('what goes wrong is a note without values, and an interruption stays one', async (t) => {
	const env = {
		GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
		AWS_ACCESS_KEY_ID: 'S3CRET',
		AWS_SECRET_ACCESS_KEY: 'S3CRET',
		AZURE_CLIENT_ID: 'S3CRET',
		AZURE_TENANT_ID: 'tenant',
		AZURE_CLIENT_SECRET: 'S3CRET',
	};
	const user = { type: 'authorized_user', client_id: 'S3CRET', client_secret: 'S3CRET', refresh_token: 'S3CRET' };
	const keys = [
		JSON.stringify(user),
		JSON.stringify({ ...user, token_uri: 'http://S3CRET.example/' }),
		JSON.stringify({ ...user, token_uri: 'https://127.0.0.1/S3CRET' }),
		JSON.stringify({ type: 'service_account', client_email: 'S3CRET', private_key: 'S3CRET' }),
		JSON.stringify({ type: 'S3CRET' }),
		'S3CRET',
		'null',
	];
	const aad = 'POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token';
	const google = 'POST https://oauth2.googleapis.com/token';
	const replies: readonly Reply[] = [{ status: 403, S3CRET: 'S3CRET' }, 'S3CRET', 'null', {}, { authorizationData: ['S3CRET'] }, 'S3CRET'.repeat(20_000)];
	let asked = 0;
	for (const reply of replies)
		for (const key of keys)
			for (const host of ['gcr.io', ECR, 'me.azurecr.io']) {
				const { ask, notes } = cloud(t, { [google]: reply, [API]: reply, [aad]: reply }, { env, files: { '/key.json': key } });
				assert.equal(await ask(host), undefined);
				assert.ok(notes.length > 0 && !notes.join().includes('S3CRET'), notes.join());
				asked++;
			}
	assert.equal(asked, 126);
	const cancelled = cloud(
		t,
		{
			[API]: () => {
				throw new TareError('CANCELLED', 'interrupted');
			},
		},
		{ env },
	);
	await assert.rejects(cancelled.ask(ECR), { code: 'CANCELLED' });
});
