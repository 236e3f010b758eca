/** Workload identity federation: a token of another issuer is exchanged for one of Google's. https://google.aip.dev/auth/4117 */
import { askJson, askText, type CloudSources, encryptedUrl, field, form, InVain, need, parseJson, readText, safeUrl } from './exchange.js';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const FILE = "the file of Google's external account";
const STS = "Google's security token service";

export async function externalToken(file: unknown, sources: CloudSources): Promise<string> {
	const { http } = sources;
	const server = encryptedUrl(need(file, 'token_url', FILE), 'token_url');
	const fields = {
		grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
		requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
		audience: need(file, 'audience', FILE),
		scope: SCOPE,
		subject_token_type: need(file, 'subject_token_type', FILE),
		subject_token: await subjectToken((file as { readonly credential_source?: unknown }).credential_source, sources),
	};
	const federated = need(await askJson(http, form(server, fields), STS), 'access_token', `what ${STS} answers`);
	const account = field(file, 'service_account_impersonation_url');
	return account === undefined ? federated : impersonate(account, federated, sources);
}

/** From a file or a URL, as plain text or as a field of JSON. */
async function subjectToken(source: unknown, sources: CloudSources): Promise<string> {
	const path = field(source, 'file');
	const url = field(source, 'url');
	if (path === undefined && url === undefined) throw new InVain(`${FILE} names neither a file nor a URL of a token`);
	const text = path !== undefined ? readText(sources, path, `the token's file`) : await fetchToken(source, url ?? '', sources);
	const { format } = source as { readonly format?: unknown };
	if (field(format, 'type') !== 'json') return text.trim();
	const what = "the external account's token";
	return need(parseJson(text, what), need(format, 'subject_token_field_name', FILE), what);
}

function fetchToken(source: unknown, url: string, { http }: CloudSources): Promise<string> {
	const { headers = {} } = source as { readonly headers?: Readonly<Record<string, string>> };
	return askText(http, { url: safeUrl(url, "the URL of the external account's token"), headers }, "the issuer of the external account's token");
}

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
async function impersonate(url: string, token: string, { http }: CloudSources): Promise<string> {
	const who = "Google's service account credentials";
	const answer = await askJson(
		http,
		{
			method: 'POST',
			url: encryptedUrl(url, 'service_account_impersonation_url'),
			headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
			body: Buffer.from(JSON.stringify({ scope: [SCOPE] })),
		},
		who,
	);
	return need(answer, 'accessToken', `what ${who} answers`);
}
