/** Credentials for a registry, from where docker and podman keep them. */
import { type AuthEntry, type AuthFile, type AuthPlaces, authFiles, HUB_KEYS, helperFor, readAuthFile, serverName } from './auth-file.js';
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
			for (const path of authFiles(places)) {
				const file = readAuthFile(path);
				if (file === undefined) continue;
				const found = await fromFile(file, path, host, repository, places, note);
				if (found !== undefined) return found;
			}
			return undefined;
		},
	};
}

async function fromFile(
	file: AuthFile,
	path: string,
	host: string,
	repository: string,
	{ env }: AuthPlaces,
	note: (says: string) => void,
): Promise<Credential | undefined> {
	for (const key of keysOf(host, repository)) {
		const inline = readInline(file.auths?.[key], path);
		if (inline !== undefined) return inline;
	}
	const helper = helperFor(file, host);
	if (helper === undefined) {
		note(`${path} has no entry`);
		return undefined;
	}
	const answer = await askHelper(helper, serverName(host), env);
	if (answer.kind === 'found') return answer.credential;
	note(`${answer.says} (named in ${path})`);
	return undefined;
}

function keysOf(host: string, repository: string): readonly string[] {
	if (host === 'docker.io') return HUB_KEYS;
	return [...namespaces(host, repository), `https://${host}`, `https://${host}/`, `https://${host}/v1/`, `https://${host}/v2/`, `http://${host}`];
}

/** podman allows entries for a part of a registry: the longest that fits. */
function namespaces(host: string, repository: string): readonly string[] {
	const parts = repository.split('/');
	return [...parts.map((_, at) => [host, ...parts.slice(0, parts.length - at)].join('/')), host];
}

function readInline(entry: AuthEntry | undefined, from: string): Credential | undefined {
	if (entry?.identitytoken) return { kind: 'identity', token: entry.identitytoken, from };
	if (entry?.username && entry.password) return { kind: 'basic', username: entry.username, password: entry.password, from };
	const decoded = entry?.auth === undefined ? '' : Buffer.from(entry.auth, 'base64').toString('utf8');
	const colon = decoded.indexOf(':');
	return colon > 0 ? { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, ''), from } : undefined;
}
