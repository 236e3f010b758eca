/** AWS Signature Version 4 of a POST or GET without a query: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { createHash, createHmac } from 'node:crypto';

export interface AwsKeys {
	readonly id: string;
	readonly secret: string;
	/** Of temporary credentials. */
	readonly session?: string;
	/** In words. */
	readonly from: string;
}

export interface Signing {
	readonly method: 'GET' | 'POST';
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly region: string;
	readonly service: string;
	/** Milliseconds since the epoch. */
	readonly now: number;
}

/** @returns the headers to send, `authorization` among them; `host` is signed and left to the client */
export function signRequest({ method, url, headers, body, region, service, now }: Signing, keys: Omit<AwsKeys, 'from'>): Readonly<Record<string, string>> {
	const { host, pathname } = new URL(url);
	const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
	const day = time.slice(0, 8);
	const sent = { ...headers, 'x-amz-date': time, ...(keys.session !== undefined && { 'x-amz-security-token': keys.session }) };
	const lines = Object.entries({ ...sent, host })
		.map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
		.sort(([a], [b]) => (a < b ? -1 : 1));
	const names = lines.map(([name]) => name).join(';');
	const canonical = [method, pathname, '', ...lines.map((line) => line.join(':')), '', names, sha256(body)].join('\n');
	const scope = `${day}/${region}/${service}/aws4_request`;
	const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${keys.secret}`);
	const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
	return { ...sent, authorization: `AWS4-HMAC-SHA256 Credential=${keys.id}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest();
}
