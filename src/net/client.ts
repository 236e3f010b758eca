/** The client behind `HttpClient`: nothing of HTTP is loaded before the first request, for a build that changes nothing needs none. */
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import type { HttpClient } from './contract.js';

export interface ClientOptions {
	readonly offline: boolean;
	readonly userAgent: string;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	readonly proxies: { readonly http?: string; readonly https?: string; readonly no?: string };
	/** PEM certificates trusted in addition to Node's own. */
	readonly ca?: readonly string[];
	/** Hosts whose certificate is not checked. */
	readonly insecure?: readonly string[];
	/** Milliseconds without a byte. */
	readonly idleTimeoutMs?: number;
}

export function createHttpClient(options: ClientOptions): HttpClient {
	let transport: HttpClient | undefined;
	return {
		async request(request) {
			if (options.offline)
				throw new TareError('OFFLINE', `${new URL(request.url).host} is needed, but --offline forbids the network`, {
					hint: 'Build once without --offline, then everything is in the store.',
				});
			const { openTransport } = await import('./transport.js');
			transport ??= openTransport(options);
			return transport.request(request);
		},
		close: () => transport?.close(),
	};
}
