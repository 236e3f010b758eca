/** How often and how long to wait before a request is sent again. */
import { setTimeout } from 'node:timers/promises';
import { TareError } from '../errors.js';
import type { HttpResponse } from '../net/contract.js';

export interface Patience {
	/** Tries in all. */
	readonly attempts: number;
	/** Upper bound of the first wait in milliseconds; it doubles with every try. */
	readonly baseMs: number;
	/** Longest wait, also when a server asks for more. */
	readonly limitMs: number;
	/** Longest time for a document, whole: a byte now and then is no answer. */
	readonly documentMs: number;
}

export const PATIENCE: Patience = { attempts: 5, baseMs: 500, limitMs: 60_000, documentMs: 60_000 };

/** Bytes: a transfer that breaks again after fewer has not got on. */
export const PROGRESS = 1 << 16;

const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Does again what may pass; the last answer or error is the caller's. @throws what `work` throws, and TareError CANCELLED */
export async function patiently<T>(work: () => Promise<T>, patience: Patience, signal: AbortSignal | undefined): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		const result: Outcome<T> = await work().then(
			(value) => ({ value }),
			(error: unknown) => ({ error }),
		);
		const what = 'error' in result ? result.error : result.value;
		if (attempt >= patience.attempts || !worthRetrying(what, attempt)) {
			if ('error' in result) throw result.error;
			return result.value;
		}
		const response = isResponse(what) ? what : undefined;
		response?.discard();
		await waitBefore(attempt, response, patience, signal);
	}
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

function isResponse(value: unknown): value is HttpResponse {
	return typeof value === 'object' && value !== null && 'status' in value && 'discard' in value;
}

function worthRetrying(what: unknown, attempt: number): boolean {
	return what instanceof TareError ? mayPassAgain(what, attempt) : isResponse(what) && RETRIED.has(what.status);
}

/** A server that was silent twice, for a minute each, will be so the next time. @param attempt that has failed */
export function mayPassAgain(error: TareError, attempt: number): boolean {
	return mayPass(error) && (attempt < 2 || error.data?.timeout !== true);
}

/** An error of the network, or a registry's answer, that may be gone with the next try. */
export function mayPass(error: TareError): boolean {
	if (error.code === 'REGISTRY_ERROR') return RETRIED.has(Number(error.data?.status));
	return error.code === 'NETWORK' && !isFinal(error);
}

/** A name that does not exist or a certificate that is not trusted will not be better in a second. */
function isFinal({ message }: TareError): boolean {
	return /its name is not known|certificate is not trusted|does not speak TLS|connection was refused|redirects/.test(message);
}

/**
 * Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or as long as `Retry-After` says, in seconds
 * or as a date (RFC 9110, 10.2.3). @throws TareError CANCELLED
 */
export async function waitBefore(
	attempt: number,
	response: HttpResponse | undefined,
	{ baseMs, limitMs }: Patience,
	signal: AbortSignal | undefined,
): Promise<void> {
	const after = response?.header('retry-after')?.trim();
	// Some send a fraction of a second.
	const asked = after === undefined ? Number.NaN : /^\d+(?:\.\d+)?$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
	const ms = Math.min(limitMs, Number.isNaN(asked) ? Math.random() * baseMs * 2 ** (attempt - 1) : Math.max(0, asked));
	await setTimeout(ms, undefined, { signal }).catch(() => {
		throw new TareError('CANCELLED', 'interrupted');
	});
}
