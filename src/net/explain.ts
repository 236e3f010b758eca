/** What went wrong on the way to a host, in words: host, cause and what to do. */
import { errno, messageOf, TareError } from '../errors.js';
import type { HttpRequest } from './contract.js';

/** @throws TareError always */
export function explain(cause: unknown, request: HttpRequest, signal: AbortSignal | undefined): TareError {
	if (cause instanceof TareError) return cause;
	if (signal?.aborted === true || request.signal?.aborted === true) return new TareError('CANCELLED', 'interrupted', { cause });
	const { host } = new URL(request.url);
	const code = causeCode(cause) ?? '';
	const [what, hint] = reasons.find(([pattern]) => pattern.test(`${code} ${messageOf(cause)}`))?.slice(1) ?? [messageOf(cause), 'Try again.'];
	return new TareError('NETWORK', `${host} cannot be reached: ${what}`, { hint: String(hint), cause });
}

const reasons: readonly (readonly [RegExp, string, string])[] = [
	[/ENOTFOUND|EAI_AGAIN/, 'its name is not known', 'Check the host name, the network and the proxy variables (HTTPS_PROXY, NO_PROXY).'],
	[/ECONNREFUSED/, 'the connection was refused', 'Check that the server runs and the port is right.'],
	[
		/CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|certificate/i,
		'its certificate is not trusted',
		"Add the authority's certificate with NODE_EXTRA_CA_CERTS=/path/ca.pem.",
	],
	[/EPROTO|wrong version number/i, 'it does not speak TLS', 'For a registry without TLS pass --insecure HOST.'],
	[/ETIMEDOUT|timeout/i, 'it did not answer in time', 'Check the network and the proxy variables, then try again.'],
	[/ECONNRESET|socket hang up|EPIPE|PREMATURE/i, 'the connection broke', 'Try again.'],
];

export function causeCode(error: unknown): string | undefined {
	return errno(error) ?? (error instanceof Error && error.cause !== undefined ? causeCode(error.cause) : undefined);
}
