/** `login` and `logout` of the API. */
import { TareError } from '../errors.js';
import type { LoginOptions } from '../index.js';
import { parseReference } from '../oci/reference.js';
import type { RunOptions } from '../open-context.js';
import { logout as forget, login as keep } from '../registry/auth/login.js';
import { withHost } from './open-host.js';

export function login(registry: string, { username, password, insecure }: LoginOptions, run: RunOptions): Promise<string> {
	return withHost({ insecure }, run, async ({ bases }, { env, home, uid }) => {
		const name = registryName(registry);
		const origin = await bases.registry.originOf(name);
		return keep({ registry: name, origin, http: bases.http, env, home, uid }, { username, password });
	});
}

export function logout(registry: string): Promise<string | undefined> {
	return withHost({}, {}, (_context, { env, home, uid }) => forget({ registry: registryName(registry), env, home, uid }));
}

/** `https://ghcr.io/` and `ghcr.io` are one. @throws TareError REFERENCE_INVALID */
function registryName(text: string): string {
	const host = text.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
	if (/[.:]/.test(host) || host === 'localhost') return parseReference(`${host}/x`).registry;
	throw new TareError('REFERENCE_INVALID', `"${text}" is not a registry`, { hint: 'Name its host, for example ghcr.io or localhost:5000.' });
}
