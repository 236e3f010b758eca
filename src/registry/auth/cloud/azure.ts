/** Azure's registries take a refresh token for an identity of the directory: https://azure.github.io/acr/AAD-OAuth.html */
import type { HttpRequest } from '../../../net/contract.js';
import type { Keychain } from '../keychain.js';
import { askHelpers, askJson, type CloudSources, encryptedUrl, form, InVain, inWords, NEAR_MS, type Note, need, readText, safeUrl } from './exchange.js';

const AUTHORITY = 'https://login.microsoftonline.com';
const RESOURCE = 'https://containerregistry.azure.net';
const INSTANCE = 'http://169.254.169.254/metadata/identity/oauth2/token';
const DIRECTORY = "Azure's directory";
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface DirectoryToken {
	readonly token: string;
	/** In words. */
	readonly from: string;
}

export function azureKeychain(sources: CloudSources): Keychain {
	return {
		async resolve(host, _repository, note = () => undefined) {
			const helped = await askHelpers(['acr-env'], host, sources, note);
			if (helped !== undefined) return helped;
			return inWords(note, async () => {
				const { token, from } = (await fromApplication(sources, note)) ?? (await fromManagedIdentity(sources));
				return { kind: 'identity' as const, token: await refreshToken(host, token, sources), from };
			});
		},
	};
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow: with a secret, or with another issuer's token */
async function fromApplication(sources: CloudSources, note: Note): Promise<DirectoryToken | undefined> {
	const { env, http } = sources;
	const { AZURE_CLIENT_ID: client_id, AZURE_TENANT_ID: tenant, AZURE_CLIENT_SECRET: secret, AZURE_FEDERATED_TOKEN_FILE: file } = env;
	if (!client_id || !tenant || !(secret || file)) {
		note('AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE are not set');
		return undefined;
	}
	if (!/^[\w.-]+$/.test(tenant)) throw new InVain('AZURE_TENANT_ID is no tenant');
	const authority = encryptedUrl(env.AZURE_AUTHORITY_HOST || AUTHORITY, 'AZURE_AUTHORITY_HOST').replace(/\/+$/, '');
	const proof: Readonly<Record<string, string>> = secret
		? { client_secret: secret }
		: { client_assertion_type: ASSERTION, client_assertion: readText(sources, file ?? '', 'the file of AZURE_FEDERATED_TOKEN_FILE').trim() };
	const fields = { grant_type: 'client_credentials', client_id, scope: `${RESOURCE}/.default`, ...proof };
	const answer = await askJson(http, form(`${authority}/${tenant}/oauth2/v2.0/token`, fields), DIRECTORY);
	return { token: tokenIn(answer), from: secret ? 'AZURE_CLIENT_SECRET' : 'AZURE_FEDERATED_TOKEN_FILE' };
}

/** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference, else the virtual machine's */
async function fromManagedIdentity({ env, http }: CloudSources): Promise<DirectoryToken> {
	const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header, AZURE_CLIENT_ID: client } = env;
	const service = endpoint && header;
	const url = new URL(service ? safeUrl(endpoint, 'IDENTITY_ENDPOINT') : INSTANCE);
	url.searchParams.set('api-version', service ? '2019-08-01' : '2018-02-01');
	url.searchParams.set('resource', RESOURCE);
	if (client) url.searchParams.set('client_id', client);
	const request: HttpRequest = service
		? { url: url.href, headers: { 'x-identity-header': header } }
		: { url: url.href, headers: { metadata: 'true' }, timeoutMs: NEAR_MS };
	const from = service ? 'the managed identity of IDENTITY_ENDPOINT' : "Azure's metadata server";
	return { token: tokenIn(await askJson(http, request, from)), from };
}

function tokenIn(answer: unknown): string {
	return need(answer, 'access_token', `what ${DIRECTORY} answers`);
}

async function refreshToken(host: string, access_token: string, { env, http }: CloudSources): Promise<string> {
	const tenant = env.AZURE_TENANT_ID;
	const fields = { grant_type: 'access_token', service: host, access_token, ...(tenant && { tenant }) };
	return need(await askJson(http, form(`https://${host}/oauth2/exchange`, fields), host), 'refresh_token', `what ${host} answers`);
}
