/** The token that a GitHub workflow is given, for GitHub's own registry: https://docs.github.com/en/packages (authenticating in a workflow). */
import type { Keychain } from './keychain.js';

type Environment = Readonly<Record<string, string | undefined>>;

export function githubKeychain(env: Environment): Keychain {
	return {
		async resolve(host, _repository, note = () => undefined) {
			if (host !== registryOf(env)) return undefined;
			if (env.GITHUB_TOKEN) return { kind: 'basic', username: env.GITHUB_ACTOR || 'github', password: env.GITHUB_TOKEN, from: 'GITHUB_TOKEN' };
			note('GITHUB_TOKEN is not set');
			return undefined;
		},
	};
}

/** GitHub Enterprise has a registry of its own: a token of one server is none of the other's business. */
function registryOf({ GITHUB_SERVER_URL: url }: Environment): string {
	const server = url !== undefined && URL.canParse(url) ? new URL(url).host : 'github.com';
	return server === 'github.com' ? 'ghcr.io' : `containers.${server}`;
}
