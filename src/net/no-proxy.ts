/** NO_PROXY: names, suffixes, ports, addresses and CIDR ranges (as curl and Go read it). */
import { BlockList, isIP } from 'node:net';

export function bypassesProxy(url: URL, noProxy: string): boolean {
	const host = url.hostname.replace(/^\[|\]$/g, '');
	const port = url.port || (url.protocol === 'https:' ? '443' : '80');
	if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return true;
	// The metadata servers of clouds: another machine would find its own there, and give us its rights.
	if (/^169\.254\.\d+\.\d+$|^fd00:ec2::|^fe80:|^metadata\.google\.internal$/.test(host)) return true;
	return noProxy
		.split(/[\s,]+/)
		.filter((rule) => rule !== '')
		.some((rule) => rule === '*' || matches(rule.toLowerCase(), host.toLowerCase(), port));
}

function matches(rule: string, host: string, port: string): boolean {
	if (rule.includes('/')) return inRange(rule, host);
	const [, name = rule, rulePort] = /^(.*?)(?::(\d+))?$/.exec(rule) ?? [];
	if (rulePort !== undefined && rulePort !== port) return false;
	const suffix = name.replace(/^\*?\./, '');
	return host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
}

function inRange(rule: string, host: string): boolean {
	const family = isIP(host);
	const [network = '', bits = ''] = rule.split('/');
	if (family === 0 || isIP(network) !== family) return false;
	const list = new BlockList();
	const type = family === 6 ? 'ipv6' : 'ipv4';
	list.addSubnet(network, Number(bits), type);
	return list.check(host, type);
}
