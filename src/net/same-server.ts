/** Are two URLs of one server? The names of this machine's own address are one host. */

type Server = Pick<URL, 'protocol' | 'hostname' | 'port'>;

/** Credentials for one are safe with the other. */
export function sameServer(a: Server, b: Server): boolean {
	return a.protocol === b.protocol && a.port === b.port && sameHost(a, b);
}

export function sameHost(a: Pick<URL, 'hostname'>, b: Pick<URL, 'hostname'>): boolean {
	return a.hostname === b.hostname || (isLoopback(a.hostname) && isLoopback(b.hostname));
}

/** @param hostname without a port; IPv6 with or without brackets */
export function isLoopback(hostname: string): boolean {
	const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
	return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
