/** Connections: kept alive, one pool per way to a host, through a proxy where the user's variables say so. */
import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ClientOptions } from './client.js';
import { bypassesProxy } from './no-proxy.js';

const IDLE_TIMEOUT_MS = 60_000;
const MAX_SOCKETS = 8;

export interface Agents {
	for(url: URL): http.Agent;
	close(): void;
}

export function createAgents({ proxies, ca, insecure, idleTimeoutMs = IDLE_TIMEOUT_MS }: ClientOptions): Agents {
	const common = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: idleTimeoutMs };
	const made = new Map<string, http.Agent>();
	const create = (url: URL): http.Agent => {
		const tls = {
			...(ca !== undefined && ca.length > 0 && { ca: [...rootCertificates, ...ca] }),
			...(insecure?.includes(url.host) === true && { rejectUnauthorized: false }),
		};
		const proxy = url.protocol === 'https:' ? proxies.https : proxies.http;
		if (proxy !== undefined && proxy !== '' && !bypassesProxy(url, proxies.no ?? ''))
			return new HttpsProxyAgent(proxy, { ...common, ...tls }) as unknown as http.Agent;
		return url.protocol === 'https:' ? new https.Agent({ ...common, ...tls }) : new http.Agent(common);
	};
	return {
		for(url) {
			const key = `${url.protocol}//${insecure?.includes(url.host) === true ? url.host : ''}${bypassesProxy(url, proxies.no ?? '') ? 'direct' : 'proxied'}`;
			const agent = made.get(key) ?? create(url);
			made.set(key, agent);
			return agent;
		},
		close() {
			for (const agent of made.values()) agent.destroy();
		},
	};
}
