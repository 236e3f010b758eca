/** The keys of a file of credentials: docker writes hosts and URLs, podman also scopes (https://github.com/containers/image, containers-auth.json(5)). */

/** Docker Hub's entry has the name of its first API. */
const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_HOSTS = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
/** Paths of an API, not of a repository. */
const API_PATHS = new Set(['', 'v1', 'v2']);

interface Key {
	readonly host: string;
	/** Repositories that it is for; '' for all. */
	readonly scope: string;
}

/** Docker Hub has three names. */
export function hostOf(registry: string): string {
	const host = registry.toLowerCase();
	return HUB_HOSTS.has(host) ? 'docker.io' : host;
}

/** The registry's name in files and for helpers. */
export function serverName(registry: string): string {
	return hostOf(registry) === 'docker.io' ? HUB_KEY : registry;
}

/** As docker reads a key: a scheme and what follows the host do not count. Without a scheme, a path is podman's scope. */
function parseKey(key: string): Key {
	const [, scheme, host = '', path = ''] = /^(https?:\/\/)?([^/]*)(.*)$/i.exec(key) ?? [];
	const scope = path.replace(/^\/|\/$/g, '');
	return { host: hostOf(host), scope: scheme !== undefined || API_PATHS.has(scope) ? '' : scope };
}

/** @returns the keys that are for the repository: the narrowest scope first, then the registry's own name, then in the order of the file */
export function matchingKeys(keys: readonly string[], registry: string, repository: string): readonly string[] {
	const host = hostOf(registry);
	const server = serverName(registry);
	const fits = ({ scope }: Key): boolean => scope === '' || repository === scope || repository.startsWith(`${scope}/`);
	return keys
		.map((key) => ({ key, ...parseKey(key) }))
		.filter((one) => one.host === host && fits(one))
		.sort((a, b) => b.scope.length - a.scope.length || Number(b.key === server) - Number(a.key === server))
		.map(({ key }) => key);
}
