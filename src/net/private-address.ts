/** Addresses that only this machine or its network can reach: a remote server must not send us there. */
import { isIP } from 'node:net';

export function isPrivateAddress(hostname: string): boolean {
	const host = hostname.replace(/^\[|\]$/g, '');
	if (host === 'localhost' || host.endsWith('.localhost')) return true;
	if (isIP(host) === 4) return /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(host);
	return isIP(host) === 6 && /^(?:::1?$|f[cd]|fe[89ab]|::ffff:)/i.test(host);
}
