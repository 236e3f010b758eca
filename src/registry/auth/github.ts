/** The token that a GitHub workflow is given, for GitHub's own registry: https://docs.github.com/en/packages (authenticating in a workflow). */
import type { Keychain } from './keychain.js';

const HOST = 'ghcr.io';

export function githubKeychain(env: Readonly<Record<string, string | undefined>>): Keychain {
	return {
		async resolve(host, _repository, note = () => undefined) {
			if (host !== HOST) return undefined;
			if (env.GITHUB_TOKEN) return { kind: 'basic', username: env.GITHUB_ACTOR || 'github', password: env.GITHUB_TOKEN, from: 'GITHUB_TOKEN' };
			note('GITHUB_TOKEN is not set');
			return undefined;
		},
	};
}
