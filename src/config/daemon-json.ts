/** What docker's daemon is told about registries: https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { errno, messageOf } from '../errors.js';

export interface DaemonSettings {
	/** Of Docker Hub: `HOST[:PORT]`. */
	readonly mirrors: readonly string[];
	/** Named by host, by a network of addresses, or by a mirror's `http:`. */
	isInsecure(host: string): boolean;
}

export function readDaemonJson(file: string, warn: (says: string) => void = () => undefined): DaemonSettings {
	const value = parse(file, warn);
	const entries = strings(value['insecure-registries']);
	const mirrors = strings(value['registry-mirrors']).map((url) => ({ plain: /^http:/i.test(url), host: url.replace(/^https?:\/\//i, '').replace(/\/+$/, '') }));
	const names = new Set([...entries.filter((one) => !one.includes('/')), ...mirrors.filter(({ plain }) => plain).map(({ host }) => host)]);
	const networks = blockList(entries.filter((one) => one.includes('/')));
	return { mirrors: mirrors.map(({ host }) => host), isInsecure: (host) => names.has(host) || contains(networks, host) };
}

function parse(file: string, warn: (says: string) => void): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
		if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
		warn(`${file} is not used: it is not an object`);
	} catch (error) {
		if (!['ENOENT', 'ENOTDIR'].includes(errno(error) ?? '')) warn(`${file} is not used: ${messageOf(error)}`);
	}
	return {};
}

function blockList(networks: readonly string[]): BlockList {
	const list = new BlockList();
	for (const network of networks) {
		const [address = '', bits = ''] = network.split('/');
		const version = isIP(address);
		const length = Number(bits);
		if (version === 0 || !/^\d+$/.test(bits) || length > (version === 4 ? 32 : 128)) continue;
		list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
	}
	return list;
}

/** Docker also looks names up; an answer of DNS is no reason to do without TLS. */
function contains(list: BlockList, host: string): boolean {
	const address = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
	const version = isIP(address);
	return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function strings(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
