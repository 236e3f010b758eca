/** The user's npm configuration, as far as reading packages needs it: https://docs.npmjs.com/cli/v11/configuring-npm/npmrc */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TareError } from '../../errors.js';

export interface NpmConfig {
	/** With a slash at the end. */
	readonly registry: string;
	/** Authorization header for a URL, when the configuration has credentials for its place. */
	authorization(url: string): string | undefined;
	/** PEM certificates of `cafile` and `ca`. */
	readonly ca: readonly string[];
	/** Proxies that npm alone is told to use. */
	readonly proxies: { readonly http?: string; readonly https?: string; readonly no?: string };
	/** Values that must never be printed. */
	readonly secrets: readonly string[];
	/** Where npm would look, for build steps that run npm in a home folder of their own. */
	readonly env: Readonly<Record<string, string>>;
}

export interface NpmConfigInput {
	/** Absolute project folder. */
	readonly dir: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	/** Replaces the user's file: `--secret id=npmrc,src=FILE`. */
	readonly userconfig?: string;
	/** Values that the user gives to this build, by name: a file of the project may use them. */
	readonly secrets?: Readonly<Record<string, string>>;
	/** What the host's npm says of a key: its own defaults are nowhere else. Undefined without npm. */
	readonly ask: (key: string) => Promise<string | undefined>;
}

type Settings = ReadonlyMap<string, string>;

/** @throws TareError TOOL_MISSING when nothing names a registry and there is no npm to ask */
export async function readNpmConfig({ dir, env, home, userconfig, secrets = {}, ask }: NpmConfigInput): Promise<NpmConfig> {
	const fromEnv = environmentSettings(env);
	const userFile = userconfig ?? fromEnv.get('userconfig') ?? join(home, '.npmrc');
	const projectFile = resolve(dir, '.npmrc');
	const near = merge(readRc(userFile, env), readRc(projectFile, projectFile === resolve(userFile) ? env : { ...forProject(env), ...secrets }), fromEnv);
	const globalFile = near.get('globalconfig') ?? (await ask('globalconfig'));
	const settings = merge(globalFile === undefined ? new Map() : readRc(globalFile, env), near);
	const registry = settings.get('registry') ?? (await ask('registry'));
	if (registry === undefined)
		throw new TareError('TOOL_MISSING', 'no npm registry is configured and npm is not installed', { hint: 'Install npm, or set npm_config_registry.' });
	const cafile = settings.get('cafile');
	const token = settings.get(`${registry.replace(/^https?:/, '').replace(/\/?$/, '/')}:_authToken`);
	return {
		registry: registry.endsWith('/') ? registry : `${registry}/`,
		authorization: (url) => authorizationFor(url, settings),
		ca: [
			...(cafile === undefined ? [] : [readText(resolve(dirname(userFile), cafile)) ?? '']),
			...(settings.has('ca') ? [settings.get('ca') as string] : []),
		].filter((pem) => pem !== ''),
		proxies: proxiesOf(settings),
		secrets: [...settings].filter(([key]) => /_authToken$|_password$|_auth$/.test(key)).map(([, value]) => value),
		env: {
			npm_config_userconfig: userFile,
			npm_config_cache: settings.get('cache') ?? join(home, '.npm'),
			...(globalFile !== undefined && { npm_config_globalconfig: globalFile }),
			// The other package managers read npm's variables, Yarn from 2 on its own.
			npm_config_registry: registry,
			YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
			...(token !== undefined && { YARN_NPM_AUTH_TOKEN: token }),
		},
	};
}

/** A stranger's file must not send any variable it likes to a registry it names: npm's own only. */
function forProject(env: NpmConfigInput['env']): NpmConfigInput['env'] {
	return Object.fromEntries(Object.entries(env).filter(([name]) => /^npm_/i.test(name)));
}

/** `npm_config_*`, with npm's own spelling of keys. */
function environmentSettings(env: NpmConfigInput['env']): Settings {
	const out = new Map<string, string>();
	for (const [name, value] of Object.entries(env)) {
		const key = /^npm_config_(.+)$/i.exec(name)?.[1];
		if (key !== undefined && value !== undefined && value !== '')
			out.set(key.includes('/') ? key : key.toLowerCase().replaceAll('_', '-').replace(/^-/, '_'), value);
	}
	return out;
}

function merge(...all: readonly Settings[]): Settings {
	return new Map(all.flatMap((settings) => [...settings]));
}

/** ini, as npm reads it: `key = value`, comments by ; and #, `${NAME}` from the environment. */
export function parseRc(text: string, env: NpmConfigInput['env']): Settings {
	const out = new Map<string, string>();
	for (const line of text.split(/\r?\n/)) {
		const match = /^\s*([^;#\s=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
		if (match === null) continue;
		const value = (match[2] as string).replace(/^(["'])(.*)\1$/, '$2');
		out.set(
			match[1] as string,
			value.replace(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole),
		);
	}
	return out;
}

function readRc(file: string, env: NpmConfigInput['env']): Settings {
	return parseRc(readText(file) ?? '', env);
}

function readText(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return undefined;
	}
}

function proxiesOf(settings: Settings): NpmConfig['proxies'] {
	const pick = (key: string): string | undefined => (['', 'null', 'false'].includes(settings.get(key) ?? '') ? undefined : settings.get(key));
	const [http, https, no] = [pick('proxy'), pick('https-proxy') ?? pick('proxy'), pick('noproxy')];
	return { ...(http !== undefined && { http }), ...(https !== undefined && { https }), ...(no !== undefined && { no }) };
}

/** Credentials are keyed by `//host/path/`; the longest path that fits counts. */
function authorizationFor(url: string, settings: Settings): string | undefined {
	const { host, pathname } = new URL(url);
	const parts = pathname.split('/').slice(1, -1);
	for (let length = parts.length; length >= 0; length--) {
		const place = `//${[host, ...parts.slice(0, length)].join('/')}`;
		for (const prefix of [`${place}/:`, `${place}:`]) {
			const token = settings.get(`${prefix}_authToken`);
			if (token !== undefined) return `Bearer ${token}`;
			const auth = settings.get(`${prefix}_auth`);
			if (auth !== undefined) return `Basic ${auth}`;
			const [user, password] = [settings.get(`${prefix}username`), settings.get(`${prefix}_password`)];
			if (user !== undefined && password !== undefined)
				return `Basic ${Buffer.from(`${user}:${Buffer.from(password, 'base64').toString()}`).toString('base64')}`;
		}
	}
	return undefined;
}
