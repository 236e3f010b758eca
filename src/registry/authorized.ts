/** One request with the credentials that the registry asks for, and never with them to anyone else. */
import { TareError } from '../errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../net/contract.js';
import { isPrivateAddress } from '../net/private-address.js';
import { sameHost, sameServer } from '../net/same-server.js';
import type { Authorizer } from './auth/authorizer.js';
import { reasonOf } from './errors.js';

export interface AuthorizedSite {
	readonly origin: string;
	readonly authorizer: Authorizer;
	/** How the registry asks for credentials at its front door, `/v2/`; undefined where it does not. */
	readonly challenge: () => Promise<string | undefined>;
}

/** A token may expire on its way, but not every time. */
const ANSWERS = 2;
/** Some hide what they have from strangers in place of asking who it is. */
const HIDDEN = new Set([403, 404]);

/** @throws TareError REGISTRY_AUTH | REGISTRY_ERROR | NETWORK */
export async function sendAuthorized(request: HttpRequest, scope: string, site: AuthorizedSite, http: HttpClient): Promise<HttpResponse> {
	const { origin, authorizer } = site;
	// A Location on another host gets the bytes, never the credentials.
	const target = new URL(request.url);
	if (!sameServer(target, new URL(origin))) {
		refuseInside(target, new URL(origin));
		return http.request({ ...request, redirects: 0 });
	}
	let header = authorizer.header(scope);
	let response = await http.request(withHeader(request, header));
	for (let answers = 0; ; answers++) {
		const challenge = await challengeOf(response, header, site);
		if (challenge === undefined) break;
		const { status } = response;
		const asked = answers < ANSWERS ? authorizer.answer(challenge, scope, header) : undefined;
		// For a stranger who gets no token the first answer stands.
		const answer = await asked?.catch((error: unknown) => (status === 401 ? Promise.reject(error) : undefined));
		if (answer === undefined && status !== 401) break;
		if (answer === undefined) throw await refused(response, authorizer);
		response.discard();
		// A body that was read to its end cannot be sent again: whoever sends it starts over, with the new token.
		if (request.body !== undefined && !(request.body instanceof Uint8Array))
			throw new TareError('NETWORK', `${target.host} asked for a new token in the middle of an upload`, { hint: 'Try again.' });
		header = answer;
		response = await http.request(withHeader(request, header));
		if (response.status === 403) throw await refused(response, authorizer);
	}
	return response;
}

function withHeader(request: HttpRequest, authorization: string | undefined): HttpRequest {
	return authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } };
}

async function challengeOf(response: HttpResponse, sent: string | undefined, { challenge }: AuthorizedSite): Promise<string | undefined> {
	const own = response.header('www-authenticate');
	if (response.status === 401) return own ?? challenge();
	return sent === undefined && HIDDEN.has(response.status) ? (own ?? challenge()) : undefined;
}

/** A registry must not make us reach into the network it cannot see itself. @throws TareError REGISTRY_ERROR */
function refuseInside(target: URL, own: URL): void {
	if (isPrivateAddress(target.hostname) && !sameHost(target, own))
		throw new TareError('REGISTRY_ERROR', `${own.host} wants the upload sent to ${target.host}, a private address on another host`);
	if (own.protocol === 'https:' && target.protocol !== 'https:')
		throw new TareError('REGISTRY_ERROR', `${own.host} wants the upload sent to ${target.host} without encryption`);
}

async function refused(response: HttpResponse, authorizer: Authorizer): Promise<TareError> {
	const { host } = new URL(response.url);
	const { status } = response;
	const said = await reasonOf(response);
	return new TareError('REGISTRY_AUTH', `${host} refuses access (HTTP ${status}): ${authorizer.describe()}${said === '' ? '' : `; it says: ${said}`}`, {
		hint: `Log in with \`tare login ${host}\`, \`docker login ${host}\` or \`podman login ${host}\`, and check that the account may do this.`,
		data: { status },
	});
}
