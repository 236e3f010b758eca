/** Files of credentials: https://github.com/docker/cli/blob/master/cli/config/configfile/file.go and containers-auth.json(5) */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, TareError } from '../../errors.js';

export interface AuthEntry {
	readonly auth?: string;
	readonly username?: string;
	readonly password?: string;
	readonly identitytoken?: string;
}

export interface AuthFile {
	readonly auths?: Readonly<Record<string, AuthEntry>>;
	readonly credHelpers?: Readonly<Record<string, string>>;
	readonly credsStore?: string;
}

export interface AuthPlaces {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
}

/** Docker Hub's entry has the name of its first API. */
export const HUB_KEYS = ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io'] as const;

/** In the order in which they are looked through: the first with an entry for the registry counts. */
export function authFiles({ env, home }: AuthPlaces): readonly string[] {
	return [
		env.REGISTRY_AUTH_FILE,
		dockerConfig({ env, home }),
		env.XDG_RUNTIME_DIR && join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'),
		join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers', 'auth.json'),
	].filter((path): path is string => path !== undefined && path !== '');
}

/** Where a login is kept. */
export function loginFile({ env, home }: AuthPlaces): string {
	return env.REGISTRY_AUTH_FILE || dockerConfig({ env, home });
}

function dockerConfig({ env, home }: AuthPlaces): string {
	return join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json');
}

/** @returns undefined where there is none, or something else */
export function readAuthFile(path: string): AuthFile | undefined {
	try {
		const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
		return typeof value === 'object' && value !== null ? (value as AuthFile) : undefined;
	} catch {
		return undefined;
	}
}

/** The registry's name in files and for helpers. */
export function serverName(registry: string): string {
	return registry === 'docker.io' ? HUB_KEYS[0] : registry;
}

export function helperFor({ credHelpers, credsStore }: AuthFile, registry: string): string | undefined {
	return credHelpers?.[serverName(registry)] ?? credHelpers?.[registry] ?? credsStore;
}

/** Changes the file and nothing else in it: written aside with mode 0600, then renamed. @throws TareError OUTPUT_UNWRITABLE */
export function changeAuthFile(path: string, change: (file: AuthFile) => AuthFile): void {
	const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
	let file: AuthFile;
	try {
		file = JSON.parse(text) as AuthFile;
	} catch {
		throw new TareError('OUTPUT_UNWRITABLE', `${path} is not JSON: it is left as it is`, { hint: 'Correct it, or move it away.' });
	}
	// Someone's dotfiles may be links.
	const target = existsSync(path) ? realpathSync(path) : path;
	const temporary = `${target}.${randomBytes(6).toString('hex')}`;
	try {
		mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
		writeFileSync(temporary, `${JSON.stringify(change(file), undefined, '\t')}\n`, { flag: 'wx', mode: 0o600 });
		renameSync(temporary, target);
	} catch (cause) {
		rmSync(temporary, { force: true });
		throw new TareError('OUTPUT_UNWRITABLE', `${path} cannot be written: ${messageOf(cause)}`, { hint: 'Check the permissions, or set DOCKER_CONFIG.', cause });
	}
}
