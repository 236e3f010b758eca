/** `login` and `logout`: credentials are tried, then kept where docker keeps them. */
import { TareError } from '../../errors.js';
import { type HttpClient, succeeded } from '../../net/contract.js';
import { PATIENCE } from '../retry.js';
import { type AuthPlaces, authSources, changeAuthFile, helperFor, loginFile, readAuthFile } from './auth-file.js';
import { matchingKeys, serverName } from './auth-keys.js';
import { createAuthorizer } from './authorizer.js';
import { askHelper, eraseInHelper, helperProgram, storeInHelper } from './helper.js';

export interface LoginOptions extends AuthPlaces {
	readonly registry: string;
	/** `https://HOST` */
	readonly origin: string;
	readonly http: HttpClient;
}

export interface LoginCredentials {
	readonly username: string;
	readonly password: string;
}

const TRY_MS = 30_000;

/** @returns where they are kept, in words @throws TareError REGISTRY_AUTH when the registry does not take them; nothing is kept then */
export async function login(options: LoginOptions, { username, password }: LoginCredentials): Promise<string> {
	await tryOut(options, { username, password });
	const { registry, env } = options;
	const path = loginFile(options);
	const helper = helperFor(readAuthFile(path) ?? {}, registry);
	const server = serverName(registry);
	if (helper !== undefined) {
		await storeInHelper(helper, server, username, password, env);
		return helperProgram(helper);
	}
	const auth = Buffer.from(`${username}:${password}`).toString('base64');
	changeAuthFile(path, (file) => ({ ...file, auths: { ...file.auths, [server]: { auth } } }));
	return path;
}

/** Removes what a push would find, wherever it is. @returns where it was, in words; undefined where there was none */
export async function logout({ registry, ...places }: AuthPlaces & { readonly registry: string }): Promise<string | undefined> {
	const own = loginFile(places);
	const from: string[] = [];
	for (const { path, read } of authSources(places)) {
		const file = path === undefined ? undefined : read();
		if (path === undefined || file === undefined) continue;
		const helper = helperFor(file, registry);
		if (helper !== undefined && (path === own || (await isKept(helper, registry, places)))) {
			await eraseInHelper(helper, serverName(registry), places.env);
			from.push(helperProgram(helper));
		}
		const keys = new Set(matchingKeys(Object.keys(file.auths ?? {}), registry, ''));
		if (keys.size === 0) continue;
		changeAuthFile(path, ({ auths, ...rest }) => ({ ...rest, auths: Object.fromEntries(Object.entries(auths ?? {}).filter(([key]) => !keys.has(key))) }));
		from.push(path);
	}
	return from.length === 0 ? undefined : [...new Set(from)].join(' and ');
}

async function isKept(helper: string, registry: string, { env }: AuthPlaces): Promise<boolean> {
	return (await askHelper(helper, serverName(registry), env)).kind === 'found';
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#determining-support */
async function tryOut({ registry, origin, http }: LoginOptions, { username, password }: LoginCredentials): Promise<void> {
	const keychain = { resolve: async () => ({ kind: 'basic', username, password, from: 'the command line' }) as const };
	const authorizer = createAuthorizer({ registry, repository: '', origin, keychain, http, patience: PATIENCE, signal: undefined });
	const url = `${origin}/v2/`;
	const first = await http.request({ url, timeoutMs: TRY_MS });
	first.discard();
	if (succeeded(first)) return;
	const challenge = first.header('www-authenticate');
	const authorization = first.status === 401 && challenge !== undefined ? await authorizer.answer(challenge, '', undefined) : undefined;
	const second = authorization === undefined ? first : await http.request({ url, headers: { authorization }, timeoutMs: TRY_MS });
	second.discard();
	if (succeeded(second)) return;
	throw new TareError('REGISTRY_AUTH', `${registry} does not take the credentials of user "${username}" (HTTP ${second.status})`, {
		hint: 'Check user name and password; some registries want an access token in place of the password.',
	});
}
