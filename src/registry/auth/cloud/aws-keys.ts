/** Where AWS keeps keys for programs: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html */
import { join } from 'node:path';
import { askJson, askText, type CloudSources, form, InVain, NEAR_MS, type Note, need, readFromDisk, readText, safeUrl } from './exchange.js';
import type { AwsKeys } from './sigv4.js';

export interface KeySearch {
	readonly region: string;
	/** Whether the instance's metadata server may be asked. */
	readonly instance: boolean;
	readonly note: Note;
}

type Way = (sources: CloudSources, search: KeySearch) => Promise<AwsKeys | undefined>;

const INSTANCE = 'http://169.254.169.254/latest';
const CONTAINER = 'http://169.254.170.2';

/** A way that is not set up is passed over; one that is and fails ends the search. */
export async function findKeys(sources: CloudSources, search: KeySearch): Promise<AwsKeys | undefined> {
	const ways: readonly Way[] = [fromVariables, fromWebIdentity, fromContainer, fromProfile, fromInstance];
	for (const way of ways) {
		const keys = await way(sources, search);
		if (keys !== undefined) return keys;
	}
	return undefined;
}

const fromVariables: Way = async ({ env }, { note }) => {
	const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = env;
	if (id && secret) return { id, secret, ...(session && { session }), from: 'AWS_ACCESS_KEY_ID' };
	note('AWS_ACCESS_KEY_ID is not set');
	return undefined;
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const fromWebIdentity: Way = async (sources, { region: registry, note }) => {
	const { env, http, now } = sources;
	const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role } = env;
	if (!file || !role) {
		note('AWS_WEB_IDENTITY_TOKEN_FILE is not set');
		return undefined;
	}
	const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || registry;
	if (!/^[a-z0-9-]+$/.test(region)) throw new InVain('AWS_REGION is no region');
	const fields = {
		Action: 'AssumeRoleWithWebIdentity',
		Version: '2011-06-15',
		RoleArn: role,
		RoleSessionName: env.AWS_ROLE_SESSION_NAME || `tare-${now()}`,
		WebIdentityToken: readText(sources, file, 'the file of AWS_WEB_IDENTITY_TOKEN_FILE').trim(),
	};
	const url = `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
	const text = await askText(http, form(url, fields, { accept: 'application/xml' }), "AWS's security token service");
	return {
		id: element(text, 'AccessKeyId'),
		secret: element(text, 'SecretAccessKey'),
		session: element(text, 'SessionToken'),
		from: 'AWS_WEB_IDENTITY_TOKEN_FILE',
	};
};

function element(xml: string, name: string): string {
	const found = new RegExp(`<${name}>\\s*([^<\\s]+)\\s*</${name}>`).exec(xml)?.[1];
	if (found === undefined) throw new InVain(`what AWS's security token service answers has no ${name}`);
	return found;
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
const fromContainer: Way = async (sources) => {
	const { env, http } = sources;
	const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = env;
	if (!relative && !full) return undefined;
	if (relative && !relative.startsWith('/')) throw new InVain('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path');
	const url = relative ? `${CONTAINER}${relative}` : safeUrl(full ?? '', 'AWS_CONTAINER_CREDENTIALS_FULL_URI');
	const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
	const token = file ? readText(sources, file, 'the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE').trim() : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
	const who = "AWS's credentials for the container";
	return keysOf(await askJson(http, { url, headers: token ? { authorization: token } : {} }, who), who);
};

/** Keys that stand in the file; what would have to be asked for (SSO, processes, roles) is left to the helper. */
const fromProfile: Way = async ({ env, home, readFile = readFromDisk }, { note }) => {
	const path = env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials');
	const profile = env.AWS_PROFILE || 'default';
	const section = sectionOf(readFile(path) ?? '', profile);
	const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: session } = section;
	if (id && secret) return { id, secret, ...(session && { session }), from: path };
	note(`${path} has no keys of profile "${profile}"`);
	return undefined;
};

function sectionOf(ini: string, name: string): Readonly<Record<string, string | undefined>> {
	const lines = ini.split(/\r?\n/);
	const start = lines.findIndex((line) => line.trim() === `[${name}]`);
	if (start < 0) return {};
	const length = lines.slice(start + 1).findIndex((line) => line.startsWith('['));
	const own = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
	return Object.fromEntries(own.flatMap((line) => [/^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line)?.slice(1) ?? []].filter((pair) => pair.length > 0)));
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html (version 2) */
const fromInstance: Way = async ({ env, http }, { instance, note }) => {
	if (!instance || env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return undefined;
	const who = "AWS's metadata server";
	const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
	const token = await askText(http, { method: 'PUT', url: `${INSTANCE}/api/token`, headers: ttl, timeoutMs: NEAR_MS }, who);
	const headers = { 'x-aws-ec2-metadata-token': token.trim() };
	const roles = `${INSTANCE}/meta-data/iam/security-credentials/`;
	const [role = ''] = (await askText(http, { url: roles, headers, timeoutMs: NEAR_MS }, who)).trim().split('\n');
	if (role === '') {
		note('the instance has no role');
		return undefined;
	}
	return keysOf(await askJson(http, { url: `${roles}${encodeURIComponent(role)}`, headers, timeoutMs: NEAR_MS }, who), who);
};

function keysOf(answer: unknown, who: string): AwsKeys {
	const what = `what ${who} answers`;
	return { id: need(answer, 'AccessKeyId', what), secret: need(answer, 'SecretAccessKey', what), session: need(answer, 'Token', what), from: who };
}
