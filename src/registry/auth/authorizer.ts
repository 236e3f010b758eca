/** From a challenge to an Authorization header: basic, or a bearer token fetched from the realm. Credentials go to their own registry only. */
import { TareError } from '../../errors.js';
import { type HttpClient, succeeded } from '../../net/contract.js';
import { isPrivateAddress } from '../../net/private-address.js';
import { sameHost, sameServer } from '../../net/same-server.js';
import { type Patience, patiently } from '../retry.js';
import { type Challenge, parseChallenges } from './challenge.js';
import type { Credential, Keychain } from './keychain.js';

export interface Authorizer {
	/** The header to send at once, when one is known to work. */
	header(scope: string): string | undefined;
	/**
	 * Answers a 401.
	 * @param refused the header that the registry did not take: another request may have got a better one meanwhile
	 * @returns undefined when there is nothing (else) to try @throws TareError REGISTRY_AUTH
	 */
	answer(challenge: string, scope: string, refused: string | undefined): Promise<string | undefined>;
	/** For messages: which credentials were used, never their value. */
	describe(): string;
}

const TOKEN_LIMIT = 64 * 1024;
const TOKEN_MS = 30_000;

export interface AuthorizerOptions {
	readonly registry: string;
	readonly repository: string;
	/** Of the registry's URL. */
	readonly origin: string;
	readonly keychain: Keychain;
	readonly http: HttpClient;
	readonly patience: Patience;
	readonly signal: AbortSignal | undefined;
}

interface Token {
	readonly header: string;
	/** Milliseconds since the epoch. */
	readonly until: number;
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
	const { registry, repository, keychain } = options;
	const known = new Map<string, Token>();
	const asked = new Map<string, Promise<Token>>();
	let credential: Promise<Credential | undefined> | undefined;
	let described = 'no credentials were found for it';
	const vain: string[] = [];
	const resolve = async (): Promise<Credential | undefined> => {
		credential ??= keychain.resolve(registry, repository, (says) => vain.push(says));
		const found = await credential;
		if (found === undefined && vain.length > 0) described = `no credentials were found for it: ${[...new Set(vain)].join(', ')}`;
		if (found !== undefined) described = `with the credentials ${found.kind === 'basic' ? `of user "${found.username}" ` : ''}from ${found.from}`;
		return found;
	};
	/** Requests that meet the same challenge at the same time share one token. */
	const once = (scope: string, fetch: () => Promise<Token>): Promise<Token> => {
		const running = asked.get(scope) ?? fetch().finally(() => asked.delete(scope));
		asked.set(scope, running);
		return running;
	};
	return {
		header: (scope) => fresh(known.get(scope)) ?? fresh(known.get('*')),
		describe: () => described,
		async answer(header, scope, refused) {
			const found = await resolve();
			const challenges = parseChallenges(header);
			const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.realm !== undefined);
			const key = bearer === undefined ? '*' : scope;
			const current = fresh(known.get(key));
			if (current !== undefined && current !== refused) return current;
			const token =
				bearer !== undefined
					? await once(scope, () => fetchToken(bearer, scope, found, options))
					: challenges.some(({ scheme }) => scheme === 'basic') && found?.kind === 'basic'
						? { header: basicHeader(found), until: Number.POSITIVE_INFINITY }
						: undefined;
			if (token === undefined || token.header === refused) return undefined;
			known.set(key, token);
			return token.header;
		},
	};
}

function fresh(token: Token | undefined): string | undefined {
	return token !== undefined && token.until > Date.now() ? token.header : undefined;
}

function basicHeader({ username, password }: Extract<Credential, { kind: 'basic' }>): string {
	return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** https://distribution.github.io/distribution/spec/auth/token/#token-response-fields */
interface TokenBody {
	readonly token?: string;
	readonly access_token?: string;
	/** Seconds; 60 when absent. */
	readonly expires_in?: number;
}

const LIFETIME_S = 60;
/** Not sent in its last moments: it would arrive too late. */
const MARGIN_S = 5;

function lifetimeMs(seconds = LIFETIME_S): number {
	return Math.max(1, seconds - MARGIN_S) * 1000;
}

async function fetchToken({ parameters }: Challenge, scope: string, credential: Credential | undefined, options: AuthorizerOptions): Promise<Token> {
	const { origin, http, patience, signal } = options;
	const realm = safeRealm(parameters.realm ?? '', origin);
	const ask = (as: Credential | undefined) => () =>
		as?.kind === 'identity' ? postToken(realm, parameters, scope, as.token, http) : getToken(realm, parameters, scope, as, options);
	const first = await patiently(ask(credential), patience, signal);
	// An old login must not keep anyone from what everybody may read.
	const refused = (first.status === 401 || first.status === 403) && !/[:,]push\b/.test(scope) && scope !== '';
	// Token servers from before OAuth know no POST.
	const forAll = credential !== undefined && (refused || (credential.kind === 'identity' && (first.status === 404 || first.status === 405)));
	const second = forAll ? await patiently(ask(undefined), patience, signal) : undefined;
	const response = second !== undefined && succeeded(second) ? second : first;
	const text = Buffer.from(await response.bytes(TOKEN_LIMIT)).toString();
	const body = succeeded(response) ? (safeJson(text) as TokenBody | null | undefined) : undefined;
	const token = [body?.token, body?.access_token].find((one) => typeof one === 'string' && one !== '');
	if (token !== undefined) return { header: `Bearer ${token}`, until: Date.now() + lifetimeMs(body?.expires_in) };
	throw new TareError(
		'REGISTRY_AUTH',
		`${new URL(realm).host} gives no token${scope === '' ? '' : ` for ${scope}`} (HTTP ${response.status}${credential === undefined ? ', asked without credentials' : `, asked with the credentials from ${credential.from}`})`,
		{
			hint: 'Log in to the registry again (docker login, podman login), and check that the account may do this.',
		},
	);
}

function getToken(realm: string, { service }: Challenge['parameters'], scope: string, credential: Credential | undefined, { http, origin }: AuthorizerOptions) {
	const url = new URL(realm);
	if (service !== undefined) url.searchParams.set('service', service);
	for (const one of scope.split(' ').filter((word) => word !== '')) url.searchParams.append('scope', one);
	const headers: Record<string, string> = credential?.kind === 'basic' ? { authorization: basicHeader(credential) } : {};
	const mayGoTo = (target: URL): boolean => safeRealm(target.href, origin) !== '';
	return http.request({ url: url.href, headers, mayGoTo, timeoutMs: TOKEN_MS });
}

/** https://distribution.github.io/distribution/spec/auth/oauth/ */
function postToken(realm: string, { service }: Challenge['parameters'], scope: string, token: string, http: HttpClient) {
	const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: 'tare', scope, ...(service !== undefined && { service }) });
	return http.request({
		method: 'POST',
		url: realm,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: Buffer.from(form.toString()),
		// The body is a credential.
		mayGoTo: (target) => sameServer(target, new URL(realm)),
		timeoutMs: TOKEN_MS,
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
	if (isPrivateAddress(url.hostname) && !sameHost(url, own)) return fail('a private address on another host');
	return url.href;
}

function safeJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
