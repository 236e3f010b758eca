/** Credentials that a cloud gives to what runs in it or is trusted by it; a cloud's code is loaded for its own registries only. */
import type { Credential, Keychain } from '../keychain.js';
import type { CloudSources } from './exchange.js';

type Cloud = (sources: CloudSources) => Keychain;

const CLOUDS: readonly (readonly [RegExp, () => Promise<Cloud>])[] = [
	[/^(?:[a-z0-9-]+\.)*gcr\.io$|\.pkg\.dev$/, async () => (await import('./google.js')).googleKeychain],
	[/^\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$|^public\.ecr\.aws$/, async () => (await import('./aws.js')).awsKeychain],
	[/^[a-z0-9-]+(?:\.[a-z0-9-]+)?\.azurecr\.io$/, async () => (await import('./azure.js')).azureKeychain],
];

interface Answer {
	readonly credential: Credential | undefined;
	readonly vain: readonly string[];
}

/** One exchange a registry, for all of its repositories. */
export function cloudKeychain(sources: CloudSources): Keychain {
	const answers = new Map<string, Promise<Answer>>();
	return {
		async resolve(host, repository, note = () => undefined) {
			const cloud = CLOUDS.find(([pattern]) => pattern.test(host))?.[1];
			if (cloud === undefined) return undefined;
			const answer = answers.get(host) ?? ask(cloud, sources, host, repository);
			answers.set(host, answer);
			const { credential, vain } = await answer;
			vain.forEach(note);
			return credential;
		},
	};
}

async function ask(load: () => Promise<Cloud>, sources: CloudSources, host: string, repository: string): Promise<Answer> {
	const vain: string[] = [];
	const cloud = await load();
	const credential = await cloud(sources).resolve(host, repository, (says) => vain.push(says));
	return { credential, vain };
}
