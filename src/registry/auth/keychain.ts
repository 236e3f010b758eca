/** Credentials as docker and podman store them: https://github.com/docker/cli/blob/master/cli/config/configfile/file.go and containers-auth.json(5) */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Credential =
	| { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly from: string }
	/** An OAuth2 refresh token. */
	| { readonly kind: 'identity'; readonly token: string; readonly from: string };

export interface Keychain {
	/** @param host of the registry, e.g. `ghcr.io` */
	resolve(host: string, repository: string): Promise<Credential | undefined>;
}

interface AuthFile {
	readonly auths?: Readonly<
		Record<string, { readonly auth?: string; readonly username?: string; readonly password?: string; readonly identitytoken?: string }>
	>;
	readonly credHelpers?: Readonly<Record<string, string>>;
	readonly credsStore?: string;
}

export interface KeychainInput {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
}

const HELPER_TIMEOUT_MS = 30_000;
/** Docker Hub's entry has the name of its first API. */
const HUB_KEYS = ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io'];

/** Files in the order in which podman and docker look; the first with an entry for the registry counts. */
export function dockerKeychain(input: KeychainInput): Keychain {
	return {
		async resolve(host, repository) {
			for (const path of authFiles(input)) {
				const file = readAuthFile(path);
				const found = file === undefined ? undefined : await fromFile(file, path, host, repository, input);
				if (found !== undefined) return found;
			}
			return undefined;
		},
	};
}

function authFiles({ env, home }: KeychainInput): readonly string[] {
	return [
		env.REGISTRY_AUTH_FILE,
		join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
		env.XDG_RUNTIME_DIR && join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'),
		join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers', 'auth.json'),
	].filter((path): path is string => path !== undefined && path !== '');
}

function readAuthFile(path: string): AuthFile | undefined {
	try {
		const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
		return typeof value === 'object' && value !== null ? (value as AuthFile) : undefined;
	} catch {
		return undefined;
	}
}

async function fromFile(file: AuthFile, path: string, host: string, repository: string, input: KeychainInput): Promise<Credential | undefined> {
	const keys =
		host === 'docker.io'
			? HUB_KEYS
			: [...namespaces(host, repository), `https://${host}`, `https://${host}/`, `https://${host}/v1/`, `https://${host}/v2/`, `http://${host}`];
	const helper = keys.map((key) => file.credHelpers?.[key]).find((name) => name !== undefined) ?? file.credsStore;
	for (const key of keys) {
		const inline = readInline(file.auths?.[key], path);
		if (inline !== undefined) return inline;
	}
	return helper === undefined ? undefined : askHelper(helper, host === 'docker.io' ? (HUB_KEYS[0] as string) : host, input);
}

/** podman allows entries for a part of a registry: the longest that fits. */
function namespaces(host: string, repository: string): readonly string[] {
	const parts = repository.split('/');
	return [...parts.map((_, at) => [host, ...parts.slice(0, parts.length - at)].join('/')), host];
}

function readInline(entry: NonNullable<AuthFile['auths']>[string] | undefined, from: string): Credential | undefined {
	if (entry?.identitytoken) return { kind: 'identity', token: entry.identitytoken, from };
	if (entry?.username && entry.password) return { kind: 'basic', username: entry.username, password: entry.password, from };
	const decoded = entry?.auth === undefined ? '' : Buffer.from(entry.auth, 'base64').toString('utf8');
	const colon = decoded.indexOf(':');
	return colon > 0 ? { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, ''), from } : undefined;
}

/** https://github.com/docker/docker-credential-helpers: the server on stdin, JSON on stdout. A helper that knows nothing exits with 1. */
function askHelper(name: string, server: string, { env }: KeychainInput): Promise<Credential | undefined> {
	return new Promise((resolve) => {
		const program = `docker-credential-${name.replace(/[^\w.-]/g, '')}`;
		const child = execFile(program, ['get'], { env, timeout: HELPER_TIMEOUT_MS }, (error, stdout) => {
			if (error !== null) return resolve(undefined);
			resolve(parseHelper(stdout, program));
		});
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(server);
	});
}

function parseHelper(stdout: string, from: string): Credential | undefined {
	try {
		const { Username, Secret } = JSON.parse(stdout) as { readonly Username?: string; readonly Secret?: string };
		if (!Secret) return undefined;
		return Username === '<token>' ? { kind: 'identity', token: Secret, from } : { kind: 'basic', username: Username ?? '', password: Secret, from };
	} catch {
		return undefined;
	}
}
