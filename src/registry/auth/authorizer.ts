/** From a challenge to an Authorization header: basic, or a bearer token fetched from the realm. Credentials go to their own registry only. */
import { TareError } from '../../errors.js';
import type { HttpClient } from '../../net/contract.js';
import { isPrivateAddress } from '../../net/private-address.js';
import { type Challenge, parseChallenges } from './challenge.js';
import type { Credential, Keychain } from './keychain.js';

export interface Authorizer {
	/** The header to send at once, when one is known to work. */
	header(scope: string): string | undefined;
	/** Answers a 401. @returns undefined when there is nothing (else) to try @throws TareError REGISTRY_AUTH */
	answer(challenge: string, scope: string): Promise<string | undefined>;
	/** For messages: which credentials were used, never their value. */
	describe(): string;
}

const TOKEN_LIMIT = 64 * 1024;

/** @param host of the registry @param origin its URL's origin */
export function createAuthorizer(host: string, origin: string, repository: string, keychain: Keychain, http: HttpClient): Authorizer {
	const known = new Map<string, string>();
	let credential: Promise<Credential | undefined> | undefined;
	let described = 'no credentials were found for it';
	const resolve = async (): Promise<Credential | undefined> => {
		credential ??= keychain.resolve(host, repository);
		const found = await credential;
		if (found !== undefined) described = `with the credentials ${found.kind === 'basic' ? `of user "${found.username}" ` : ''}from ${found.from}`;
		return found;
	};
	return {
		header: (scope) => known.get(scope) ?? known.get('*'),
		describe: () => described,
		async answer(header, scope) {
			const found = await resolve();
			const challenges = parseChallenges(header);
			const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
			if (bearer !== undefined) {
				const token = `Bearer ${await fetchToken(bearer, scope, found, origin, http)}`;
				if (known.get(scope) === token) return undefined;
				known.set(scope, token);
				return token;
			}
			if (!challenges.some(({ scheme }) => scheme === 'basic') || found?.kind !== 'basic') return undefined;
			const basic = `Basic ${Buffer.from(`${found.username}:${found.password}`).toString('base64')}`;
			if (known.get('*') === basic) return undefined;
			known.set('*', basic);
			return basic;
		},
	};
}

async function fetchToken({ parameters }: Challenge, scope: string, credential: Credential | undefined, origin: string, http: HttpClient): Promise<string> {
	const realm = safeRealm(parameters.realm ?? '', origin);
	const response =
		credential?.kind === 'identity'
			? await postToken(realm, parameters, scope, credential.token, http)
			: await getToken(realm, parameters, scope, credential, http);
	const text = Buffer.from(await response.bytes(TOKEN_LIMIT)).toString();
	const body = response.status === 200 ? (safeJson(text) as { readonly token?: string; readonly access_token?: string } | undefined) : undefined;
	const token = body?.token ?? body?.access_token;
	if (token !== undefined) return token;
	throw new TareError(
		'REGISTRY_AUTH',
		`${new URL(realm).host} gives no token for ${scope} (HTTP ${response.status}${credential === undefined ? ', asked without credentials' : `, asked with the credentials from ${credential.from}`})`,
		{
			hint: 'Log in to the registry again (docker login, podman login), and check that the account may do this.',
		},
	);
}

function getToken(realm: string, { service }: Challenge['parameters'], scope: string, credential: Credential | undefined, http: HttpClient) {
	const url = new URL(realm);
	if (service !== undefined) url.searchParams.set('service', service);
	for (const one of scope.split(' ')) url.searchParams.append('scope', one);
	const headers: Record<string, string> =
		credential?.kind === 'basic' ? { authorization: `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}` } : {};
	return http.request({ url: url.href, headers, redirects: 0 });
}

/** https://distribution.github.io/distribution/spec/auth/oauth/ */
function postToken(realm: string, { service }: Challenge['parameters'], scope: string, token: string, http: HttpClient) {
	const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: 'tare', scope, ...(service !== undefined && { service }) });
	return http.request({
		method: 'POST',
		url: realm,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: Buffer.from(form.toString()),
		redirects: 0,
	});
}

/** A registry must not make us send credentials unencrypted, or to a private address that is not its own. */
function safeRealm(realm: string, origin: string): string {
	const fail = (why: string): never => {
		throw new TareError('REGISTRY_AUTH', `the registry names ${JSON.stringify(realm)} as its token server, ${why}`);
	};
	if (!URL.canParse(realm)) return fail('which is no URL');
	const [url, own] = [new URL(realm), new URL(origin)];
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && own.protocol === 'http:')) return fail('which is not encrypted');
	if (isPrivateAddress(url.hostname) && url.hostname !== own.hostname) return fail('a private address on another host');
	return url.href;
}

function safeJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
