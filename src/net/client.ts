/** The client behind `HttpClient`: nothing of HTTP is loaded before the first request, for a build that changes nothing needs none. */
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import type { HttpClient } from './contract.js';

export interface ClientOptions {
	readonly offline: boolean;
	readonly userAgent: string;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	/** URLs of proxies: http, https, socks4, socks4a, socks5, socks5h. `all` serves what the other two do not name. */
	readonly proxies: { readonly http?: string; readonly https?: string; readonly all?: string; readonly no?: string };
	/** PEM certificates trusted in addition to Node's own, for every host. */
	readonly ca?: readonly string[];
	/** What is different for one host, `HOST[:PORT]` as in its URL. */
	readonly tls?: (host: string) => HostTls | undefined;
	readonly timeouts?: Partial<Timeouts>;
}

export interface HostTls {
	/** PEM certificates trusted in addition to Node's own. */
	readonly ca?: readonly string[];
	/** PEM client certificate and its key. */
	readonly cert?: string;
	readonly key?: string;
	/** The certificate is not checked. */
	readonly insecure?: boolean;
}

/** Milliseconds. */
export interface Timeouts {
	/** Until the connection stands, TLS included. */
	readonly connectMs: number;
	/** Without a byte in either direction. */
	readonly idleMs: number;
	/** Waiting for a body that comes at less than a kilobyte a second. */
	readonly slowMs: number;
}

export const TIMEOUTS: Timeouts = { connectMs: 30_000, idleMs: 60_000, slowMs: 60_000 };

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
