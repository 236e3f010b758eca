/** Where a registry's API is: its host, and whether it is spoken to with TLS. */
import { errno, TareError } from '../errors.js';
import type { HttpClient } from '../net/contract.js';
import { isLoopback } from '../net/same-server.js';

const HUB = 'registry-1.docker.io';
const PROBE_MS = 10_000;

export interface OriginOptions {
	readonly http: HttpClient;
	/** May it be spoken to without TLS, or with a certificate that nobody vouches for? */
	readonly insecure: (registry: string) => boolean;
	/** Registries that certificates are configured for: TLS even on loopback. */
	readonly secured: (registry: string) => boolean;
}

/** @returns `https://HOST`; without TLS only for loopback and for what the user named. @throws TareError NETWORK */
export function createOrigins({ http, insecure, secured }: OriginOptions): (registry: string) => Promise<string> {
	const known = new Map<string, Promise<string>>();
	const find = async (registry: string): Promise<string> => {
		const host = registry === 'docker.io' ? HUB : registry;
		if (!URL.canParse(`https://${host}`))
			throw new TareError('REFERENCE_INVALID', `"${registry}" is not a registry host`, {
				hint: 'Expected HOST[:PORT], for example ghcr.io or localhost:5000.',
			});
		if (secured(registry)) return `https://${host}`;
		if (insecure(registry)) return probe(host, http);
		return `${isLoopback(host.replace(/:\d+$/, '')) ? 'http' : 'https'}://${host}`;
	};
	return (registry) => {
		// As URLs have it: a port that is the default one is left out.
		const found = known.get(registry) ?? find(registry).then((url) => new URL(url).origin);
		known.set(registry, found);
		return found;
	};
}

/** As docker does for an insecure registry: TLS without a check first, then none. */
async function probe(host: string, http: HttpClient): Promise<string> {
	try {
		(await http.request({ url: `https://${host}/v2/`, redirects: 0, timeoutMs: PROBE_MS })).discard();
		return `https://${host}`;
	} catch (error) {
		if (error instanceof TareError && error.code !== 'NETWORK') throw error;
		if (errno((error as TareError).cause) === 'ENOTFOUND') throw error;
		return `http://${host}`;
	}
}
