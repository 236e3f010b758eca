/** Files of credentials: https://github.com/docker/cli/blob/master/cli/config/configfile/file.go and containers-auth.json(5) */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errno, messageOf, TareError } from '../../errors.js';
import { matchingKeys } from './auth-keys.js';

export interface AuthEntry {
	readonly auth?: string;
	readonly username?: string;
	readonly password?: string;
	readonly identitytoken?: string;
}

export interface AuthFile {
	readonly auths?: Readonly<Record<string, AuthEntry | null>> | null;
	readonly credHelpers?: Readonly<Record<string, string | null>> | null;
	readonly credsStore?: string | null;
}

export interface AuthPlaces {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	/** Of the user; podman's default folder is named after it. */
	readonly uid?: number | undefined;
}

/** A place of credentials: a file, or a variable that holds the text of one. */
export interface AuthSource {
	/** As messages name it. */
	readonly name: string;
	/** Absent for a variable. */
	readonly path?: string;
	/** @returns undefined where there is none @throws TareError CONFIG_INVALID */
	read(): AuthFile | undefined;
}

/** Before there was config.json: the entries alone. */
const LEGACY = '.dockercfg';
const VARIABLE = 'DOCKER_AUTH_CONFIG';

/** In the order in which they are looked through: the first with an entry for the registry counts. */
export function authSources({ env, home, uid }: AuthPlaces): readonly AuthSource[] {
	const runtime = env.XDG_RUNTIME_DIR || (uid === undefined ? undefined : `/run/containers/${uid}`);
	const text = env[VARIABLE];
	return [
		...(env.REGISTRY_AUTH_FILE ? [fileSource(env.REGISTRY_AUTH_FILE)] : []),
		...(text ? [{ name: VARIABLE, read: () => parseAuthFile(text, VARIABLE) }] : []),
		fileSource(dockerConfig({ env, home })),
		...(runtime === undefined ? [] : [fileSource(env.XDG_RUNTIME_DIR ? join(runtime, 'containers', 'auth.json') : join(runtime, 'auth.json'))]),
		fileSource(join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers', 'auth.json')),
		fileSource(join(home, LEGACY)),
	];
}

function fileSource(path: string): AuthSource {
	return { name: path, path, read: () => readAuthFile(path) };
}

/** Where a login is kept. */
export function loginFile({ env, home }: AuthPlaces): string {
	return env.REGISTRY_AUTH_FILE || dockerConfig({ env, home });
}

function dockerConfig({ env, home }: AuthPlaces): string {
	return join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json');
}

/** @returns undefined where there is none @throws TareError CONFIG_INVALID for a broken file: a push without its login would fail for no visible reason */
export function readAuthFile(path: string): AuthFile | undefined {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (cause) {
		if (['ENOENT', 'ENOTDIR'].includes(errno(cause) ?? '')) return undefined;
		throw broken(path, messageOf(cause), path);
	}
	// Docker takes an empty file for one without entries.
	if (text.trim() === '') return {};
	return basename(path) === LEGACY ? parseAuthFile(`{"auths":${text}}`, path, path) : parseAuthFile(text, path, path);
}

function parseAuthFile(text: string, name: string, path?: string): AuthFile {
	if (text.startsWith('\uFEFF')) throw broken(name, 'it begins with a byte order mark', path);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		// The parser's own message may quote the text, and with it a password.
		throw broken(name, 'it is not JSON', path);
	}
	const wrong = wrongField(value);
	if (wrong !== undefined) throw broken(name, wrong, path);
	return value as AuthFile;
}

/** What of the file Tare reads has the types that docker expects; null counts as absent, as in Go. */
function wrongField(value: unknown): string | undefined {
	if (!isObject(value)) return 'it is not an object';
	const { auths = {}, credHelpers = {}, credsStore } = value;
	if (auths !== null && !isObject(auths)) return 'auths is not an object';
	if (credHelpers !== null && !isObject(credHelpers)) return 'credHelpers is not an object';
	if (!isText(credsStore)) return 'credsStore is not a string';
	const helper = Object.keys(credHelpers ?? {}).find((key) => !isText((credHelpers as Fields)[key]));
	if (helper !== undefined) return `credHelpers["${helper}"] is not a string`;
	for (const [key, entry] of Object.entries(auths ?? {})) {
		if (entry === null) continue;
		if (!isObject(entry)) return `auths["${key}"] is not an object`;
		const field = ENTRY_FIELDS.find((name) => !isText(entry[name]));
		if (field !== undefined) return `${field} of auths["${key}"] is not a string`;
	}
	return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const ENTRY_FIELDS = ['auth', 'username', 'password', 'identitytoken'] as const;

function isObject(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
	return value === undefined || value === null || typeof value === 'string';
}

function broken(name: string, why: string, path?: string): TareError {
	return new TareError('CONFIG_INVALID', `the credentials in ${name} cannot be read: ${why}`, {
		hint: `Correct ${path === undefined ? 'the variable' : 'the file'}, or remove it and log in again.`,
		...(path !== undefined && { at: { file: path } }),
	});
}

/** The program that keeps a registry's credentials. An empty name means the file itself, also where credsStore names a program. */
export function helperFor({ credHelpers, credsStore }: AuthFile, registry: string, repository = ''): string | undefined {
	const [key] = matchingKeys(Object.keys(credHelpers ?? {}), registry, repository);
	return (key === undefined ? credsStore : (credHelpers?.[key] ?? credsStore)) || undefined;
}

/** Changes the file and nothing else in it: written aside with mode 0600, then renamed. @throws TareError CONFIG_INVALID | OUTPUT_UNWRITABLE */
export function changeAuthFile(path: string, change: (file: AuthFile) => AuthFile): void {
	const file = readAuthFile(path) ?? {};
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
