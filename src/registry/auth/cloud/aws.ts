/** Amazon ECR gives a password for twelve hours: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
import type { Credential, Keychain } from '../keychain.js';
import { findKeys } from './aws-keys.js';
import { askHelpers, askJson, type CloudSources, InVain, inWords, need } from './exchange.js';
import { type AwsKeys, signRequest } from './sigv4.js';

interface Api {
	readonly url: string;
	readonly region: string;
	readonly service: 'ecr' | 'ecr-public';
	readonly target: string;
}

export function awsKeychain(sources: CloudSources): Keychain {
	return {
		async resolve(host, _repository, note = () => undefined) {
			const api = apiOf(host);
			if (api === undefined) return undefined;
			const helped = await askHelpers(['ecr-login'], host, sources, note);
			if (helped !== undefined) return helped;
			return inWords(note, async () => {
				// A public registry is read without credentials: away from AWS nobody waits for an instance's.
				const keys = await findKeys(sources, { region: api.region, instance: api.service === 'ecr' || /Amazon/.test(sources.hardware()), note });
				return keys === undefined ? undefined : passwordOf(api, keys, sources);
			});
		},
	};
}

function apiOf(host: string): Api | undefined {
	if (host === 'public.ecr.aws')
		return {
			url: 'https://api.ecr-public.us-east-1.amazonaws.com/',
			region: 'us-east-1',
			service: 'ecr-public',
			target: 'SpencerFrontendService.GetAuthorizationToken',
		};
	const [, fips, region, china = ''] = /^\d+\.dkr\.ecr(-fips)?\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(host) ?? [];
	if (region === undefined) return undefined;
	const name = fips === undefined ? 'api.ecr' : 'ecr-fips';
	const target = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken';
	return { url: `https://${name}.${region}.amazonaws.com${china}/`, region, service: 'ecr', target };
}

async function passwordOf({ url, region, service, target }: Api, keys: AwsKeys, { http, now }: CloudSources): Promise<Credential> {
	const body = '{}';
	const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
	const signed = signRequest({ method: 'POST', url, headers, body, region, service, now: now() }, keys);
	const answer = await askJson(http, { method: 'POST', url, headers: signed, body: Buffer.from(body) }, `Amazon ECR, asked with the keys from ${keys.from},`);
	const { authorizationData } = answer as { readonly authorizationData?: unknown };
	const data: unknown = Array.isArray(authorizationData) ? authorizationData[0] : authorizationData;
	const decoded = Buffer.from(need(data, 'authorizationToken', 'what Amazon ECR answers'), 'base64').toString('utf8');
	const colon = decoded.indexOf(':');
	if (colon < 1) throw new InVain('what Amazon ECR answers is not of the expected form');
	return { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1), from: keys.from };
}
