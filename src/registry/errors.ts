/** What a registry says when it does not do as it was asked: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes */
import { TareError } from '../errors.js';
import type { HttpResponse } from '../net/contract.js';

const ERROR_LIMIT = 64 * 1024;
const ERROR_MS = 10_000;

/** @param what the request was for, in words */
export async function registryError(response: HttpResponse, what: string): Promise<TareError> {
	const { host } = new URL(response.url);
	const said = await reasonOf(response);
	const details = said === '' ? '' : `: ${said}`;
	const { status } = response;
	const data = { status };
	if (status === 401 || status === 403)
		return new TareError('REGISTRY_AUTH', `${host} refuses ${what} (HTTP ${status})${details}`, {
			hint: `Log in to ${host}, and check that the account may do this.`,
			data,
		});
	if (status === 404)
		return new TareError('REGISTRY_NOT_FOUND', `${host} does not have ${what}${details}`, { hint: 'Check the name, the tag and that you may see it.', data });
	return new TareError('REGISTRY_ERROR', `${host} answers HTTP ${status} for ${what}${details}`, { hint: hintFor(status, said), data });
}

/** In the registry's own words: a quota, a policy. Empty where it gives none. */
export async function reasonOf(response: HttpResponse): Promise<string> {
	return saidBy(Buffer.from(await bodyOf(response)).toString());
}

function hintFor(status: number, said: string): string {
	if (/immutable|already exists/i.test(said)) return 'Tags of this repository cannot be moved: choose a new tag.';
	if (status === 405) return 'The registry may be read-only.';
	if (status === 413) return 'The registry or a proxy in front of it limits the size of uploads.';
	if (status >= 500 || status === 429) return 'The registry has a problem of its own: try again later.';
	return 'Check the name and what the registry allows.';
}

/** A body that never ends must not hide the status. */
async function bodyOf(response: HttpResponse): Promise<Uint8Array> {
	let timer: NodeJS.Timeout | undefined;
	const nothing = new Promise<Uint8Array>((resolve) => {
		timer = setTimeout(() => resolve(new Uint8Array()), ERROR_MS);
	});
	try {
		return await Promise.race([response.bytes(ERROR_LIMIT).catch(() => new Uint8Array()), nothing]);
	} finally {
		clearTimeout(timer);
	}
}

interface Said {
	readonly message?: string;
	/** Any JSON. */
	readonly detail?: unknown;
}

function saidBy(text: string): string {
	try {
		const { errors = [], message } = JSON.parse(text) as Said & { readonly errors?: readonly (Said & { readonly code?: string })[] };
		const all = errors.map((error) => [error.code, error.message, typeof error.detail === 'string' ? error.detail : undefined].filter(Boolean).join(' '));
		return (all.length > 0 ? all : [message ?? '']).join('; ');
	} catch {
		return text.slice(0, 200).replace(/\s+/g, ' ').trim();
	}
}
