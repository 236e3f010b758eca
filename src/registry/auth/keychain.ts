/** Credentials for a registry, from where docker and podman keep them. */
import { type AuthEntry, type AuthFile, type AuthPlaces, authSources, helperFor } from './auth-file.js';
import { matchingKeys, serverName } from './auth-keys.js';
import { askHelper } from './helper.js';

export type Credential =
	| { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly from: string }
	/** An OAuth2 refresh token. */
	| { readonly kind: 'identity'; readonly token: string; readonly from: string };

export interface Keychain {
	/**
	 * @param host of the registry, e.g. `ghcr.io`
	 * @param note is told, in words and without values, where was looked in vain
	 */
	resolve(host: string, repository: string, note?: (says: string) => void): Promise<Credential | undefined>;
}

/** The first that has something. */
export function firstOf(...keychains: readonly Keychain[]): Keychain {
	return {
		async resolve(host, repository, note) {
			for (const keychain of keychains) {
				const found = await keychain.resolve(host, repository, note);
				if (found !== undefined) return found;
			}
			return undefined;
		},
	};
}

export function dockerKeychain(places: AuthPlaces): Keychain {
	return {
		async resolve(host, repository, note = () => undefined) {
			for (const source of authSources(places)) {
				const file = source.read();
				const found = file && (await fromFile(file, source.name, host, repository, places, note));
				if (found !== undefined) return found;
			}
			return undefined;
		},
	};
}

/** As docker does it, a helper goes before what the file itself holds: that may be older. */
async function fromFile(
	file: AuthFile,
	name: string,
	host: string,
	repository: string,
	{ env }: AuthPlaces,
	note: (says: string) => void,
): Promise<Credential | undefined> {
	const helper = helperFor(file, host, repository);
	const answer = helper === undefined ? undefined : await askHelper(helper, serverName(host), env);
	if (answer?.kind === 'found') return answer.credential;
	const keys = matchingKeys(Object.keys(file.auths ?? {}), host, repository);
	for (const key of keys) {
		const inline = readInline(file.auths?.[key], name);
		if (inline !== undefined) return inline;
	}
	if (answer !== undefined) note(`${answer.says} (named in ${name})`);
	else note(keys.some((key) => file.auths?.[key]?.auth) ? `the auth of "${keys[0]}" in ${name} is not USER:PASSWORD in base64` : `${name} has no entry`);
	return undefined;
}

function readInline(entry: AuthEntry | null | undefined, from: string): Credential | undefined {
	if (entry?.identitytoken) return { kind: 'identity', token: entry.identitytoken, from };
	if (entry?.username && entry.password) return { kind: 'basic', username: entry.username, password: entry.password, from };
	const decoded = !entry?.auth ? '' : Buffer.from(entry.auth, 'base64').toString('utf8');
	const colon = decoded.indexOf(':');
	return colon > 0 ? { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, ''), from } : undefined;
}
