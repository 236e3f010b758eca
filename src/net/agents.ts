/** Connections: kept alive, one pool per way to a host, through a proxy where the user's variables say so. */
import http from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { type ClientOptions, type HostTls, TIMEOUTS } from './client.js';
import { bypassesProxy } from './no-proxy.js';

const MAX_SOCKETS = 16;

export interface Agents {
	/** @throws TareError USAGE for a proxy of an unknown kind */
	for(url: URL): Promise<http.Agent>;
	close(): void;
}

export function createAgents(options: ClientOptions): Agents {
	const made = new Map<string, Promise<http.Agent>>();
	return {
		async for(url) {
			const tls = options.tls?.(url.host);
			const proxy = proxyFor(url, options.proxies);
			const key = `${url.protocol} ${proxy ?? 'direct'} ${tls === undefined ? '' : url.host}`;
			const agent = made.get(key) ?? create(url, proxy, tls, options);
			made.set(key, agent);
			return agent;
		},
		close() {
			for (const agent of made.values())
				agent.then(
					(one) => one.destroy(),
					() => undefined,
				);
		},
	};
}

/** curl's rules: the scheme's own variable before ALL_PROXY, and none for what NO_PROXY names. */
function proxyFor(url: URL, { http: plain, https: encrypted, all, no = '' }: ClientOptions['proxies']): string | undefined {
	const proxy = (url.protocol === 'https:' ? encrypted : plain) || all;
	if (!proxy || bypassesProxy(url, no)) return undefined;
	return proxy.includes('://') ? proxy : `http://${proxy}`;
}

async function create(url: URL, proxy: string | undefined, host: HostTls | undefined, { ca = [], timeouts }: ClientOptions): Promise<http.Agent> {
	const trusted = [...ca, ...(host?.ca ?? [])];
	const settings = {
		keepAlive: true,
		maxSockets: MAX_SOCKETS,
		...(trusted.length > 0 && { ca: [...rootCertificates, ...trusted] }),
		...(host?.cert !== undefined && { cert: host.cert, key: host.key ?? host.cert }),
		...(host?.insecure === true && { rejectUnauthorized: false }),
	};
	if (proxy !== undefined) return (await import('./through-proxy.js')).throughProxy(proxy, settings);
	const agent = url.protocol === 'https:' ? new https.Agent(settings) : new http.Agent(settings);
	return impatient(agent, url.protocol === 'https:' ? 'secureConnect' : 'connect', timeouts?.connectMs ?? TIMEOUTS.connectMs);
}

/** Node waits for a connection as long as the system does: minutes. */
function impatient<T extends http.Agent>(agent: T, ready: string, ms: number): T {
	const original = agent.createConnection.bind(agent);
	agent.createConnection = (options, callback) => {
		const socket = original(options, callback);
		if (!(socket instanceof Socket)) return socket;
		const timer = setTimeout(() => socket.destroy(Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' })), ms);
		const stop = (): void => clearTimeout(timer);
		socket.once(ready, stop).once('close', stop);
		return socket;
	};
	return agent;
}
