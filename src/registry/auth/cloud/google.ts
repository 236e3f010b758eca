/** Google's registries take an access token as password: https://cloud.google.com/artifact-registry/docs/docker/authentication */
import { sign } from 'node:crypto';
import { join } from 'node:path';
import type { HttpClient } from '../../../net/contract.js';
import type { Credential, Keychain } from '../keychain.js';
import {
	askHelpers,
	askJson,
	type CloudSources,
	encryptedUrl,
	field,
	form,
	InVain,
	inWords,
	NEAR_MS,
	type Note,
	need,
	parseJson,
	readFromDisk,
	readText,
	safeUrl,
} from './exchange.js';
import { externalToken } from './google-external.js';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_SERVER = 'https://oauth2.googleapis.com/token';
const METADATA = '169.254.169.254';
const LIFETIME_S = 3600;

export function googleKeychain(sources: CloudSources): Keychain {
	return {
		async resolve(host, _repository, note = () => undefined) {
			return (await askHelpers(['gcloud', 'gcr'], host, sources, note)) ?? inWords(note, () => ambient(sources, note));
		},
	};
}

/** https://cloud.google.com/docs/authentication/application-default-credentials */
async function ambient(sources: CloudSources, note: Note): Promise<Credential | undefined> {
	const { env, home, readFile = readFromDisk } = sources;
	const named = env.GOOGLE_APPLICATION_CREDENTIALS;
	if (named) return credential(await tokenOf(readText(sources, named, 'the file of GOOGLE_APPLICATION_CREDENTIALS'), sources), named);
	note('GOOGLE_APPLICATION_CREDENTIALS is not set');
	const path = join(env.CLOUDSDK_CONFIG || join(home, '.config', 'gcloud'), 'application_default_credentials.json');
	const text = readFile(path);
	if (text !== undefined) return credential(await tokenOf(text, sources), path);
	note(`${path} is not there`);
	if (runsAtGoogle(sources)) return credential(await metadataToken(sources), "Google's metadata server");
	return undefined;
}

function credential(token: string, from: string): Credential {
	return { kind: 'basic', username: 'oauth2accesstoken', password: token, from };
}

async function tokenOf(text: string, sources: CloudSources): Promise<string> {
	const file = parseJson(text, "the file of Google's credentials");
	const type = field(file, 'type');
	if (type === 'service_account') return serviceAccountToken(file, sources);
	if (type === 'authorized_user') return userToken(file, sources.http);
	if (type === 'external_account') return externalToken(file, sources);
	throw new InVain("Google's credentials are of a type that Tare does not know");
}

/** https://developers.google.com/identity/protocols/oauth2/service-account (HTTP/REST) */
async function serviceAccountToken(file: unknown, { http, now }: CloudSources): Promise<string> {
	const what = "the service account's file";
	const server = encryptedUrl(field(file, 'token_uri') ?? TOKEN_SERVER, 'token_uri');
	const issued = Math.floor(now() / 1000);
	const claims = { iss: need(file, 'client_email', what), scope: SCOPE, aud: server, iat: issued, exp: issued + LIFETIME_S };
	const header = { alg: 'RS256', typ: 'JWT', kid: field(file, 'private_key_id') };
	const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
	const assertion = `${text}.${signed(text, need(file, 'private_key', what))}`;
	return accessToken(http, server, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
}

function signed(text: string, key: string): string {
	try {
		return sign('RSA-SHA256', Buffer.from(text), key).toString('base64url');
	} catch {
		throw new InVain("the service account's private_key is no key");
	}
}

async function userToken(file: unknown, http: HttpClient): Promise<string> {
	const what = "the user's file of credentials";
	const [client_id, client_secret, refresh_token] = ['client_id', 'client_secret', 'refresh_token'].map((name) => need(file, name, what)) as [
		string,
		string,
		string,
	];
	return accessToken(http, encryptedUrl(field(file, 'token_uri') ?? TOKEN_SERVER, 'token_uri'), {
		grant_type: 'refresh_token',
		client_id,
		client_secret,
		refresh_token,
	});
}

async function accessToken(http: HttpClient, server: string, fields: Readonly<Record<string, string>>): Promise<string> {
	const who = "Google's token server";
	return need(await askJson(http, form(server, fields), who), 'access_token', `what ${who} answers`);
}

/** Asked only where something says that it is there: elsewhere the address may be anybody's. */
function runsAtGoogle({ env, hardware }: CloudSources): boolean {
	return Boolean(env.GCE_METADATA_HOST || env.K_SERVICE || env.CLOUD_RUN_JOB) || /Google/.test(hardware());
}

/** https://cloud.google.com/compute/docs/access/authenticate-workloads#applications */
async function metadataToken({ env, http }: CloudSources): Promise<string> {
	const host = env.GCE_METADATA_HOST || METADATA;
	const url = safeUrl(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`, 'the server of GCE_METADATA_HOST');
	const who = "Google's metadata server";
	return need(await askJson(http, { url, headers: { 'metadata-flavor': 'Google' }, timeoutMs: NEAR_MS }, who), 'access_token', `what ${who} answers`);
}
