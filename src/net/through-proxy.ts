/** Connections through a proxy; loaded where the user has one. */
import type http from 'node:http';
import type https from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { SocksProxyAgent } from 'socks-proxy-agent';
import { TareError } from '../errors.js';

/** @throws TareError USAGE for a proxy of an unknown kind */
export function throughProxy(proxy: string, settings: https.AgentOptions): http.Agent {
	const kind = URL.canParse(proxy) ? new URL(proxy).protocol : '';
	if (/^socks(?:4|4a|5|5h)?:$/.test(kind)) return new SocksProxyAgent(proxy, settings) as unknown as http.Agent;
	if (kind === 'http:' || kind === 'https:') return new HttpsProxyAgent(proxy, settings) as unknown as http.Agent;
	throw new TareError('USAGE', `the proxy "${proxy}" is of a kind Tare does not know`, {
		hint: 'Set HTTPS_PROXY to a URL that begins with http://, https://, socks5:// or socks5h://.',
	});
}
