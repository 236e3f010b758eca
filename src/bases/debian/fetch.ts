/** Fetching from mirrors: each in turn, bounded, with an error that names what was tried. */
import { TareError } from '../../errors.js';
import type { HttpResponse } from '../../net/contract.js';
import type { DebianContext } from './context.js';
import type { MirrorConfig } from './mirrors.js';

export type Archive = 'archive' | 'security';

/** Security suites live in an archive of their own. */
export function archiveOf(suite: string): Archive {
	return suite.endsWith('-security') ? 'security' : 'archive';
}

/** Roots to try, best first, each once. */
export function rootsOf(mirrors: readonly MirrorConfig[], archive: Archive): readonly string[] {
	return [...new Set(mirrors.map((mirror) => mirror[archive].replace(/\/$/, '')))];
}

/**
 * The first mirror's answer that is a success.
 * @throws TareError OFFLINE | BASE_UNAVAILABLE
 */
export async function fetchFirst<T>(what: string, urls: readonly string[], context: DebianContext, use: (response: HttpResponse) => Promise<T>): Promise<T> {
	if (context.offline)
		throw new TareError('OFFLINE', `${what} is not in the store, and --offline forbids fetching it`, { hint: 'Build once without --offline.' });
	const tried: string[] = [];
	let untrusted: TareError | undefined;
	let last: unknown;
	for (const url of urls) {
		try {
			const response = await context.http.request({ url, ...(context.signal !== undefined && { signal: context.signal }) });
			if (response.status === 200) return await use(response);
			response.discard();
			tried.push(`${new URL(url).host}: HTTP ${response.status}`);
		} catch (cause) {
			if (cause instanceof TareError && (cause.code === 'CANCELLED' || cause.code === 'NO_SPACE')) throw cause;
			if (cause instanceof TareError && (cause.code === 'BASE_UNTRUSTED' || cause.code === 'BASE_EXPIRED')) untrusted ??= cause;
			last = cause;
			tried.push(`${new URL(url).host}: ${cause instanceof Error ? cause.message : String(cause)}`);
		}
	}
	// What a mirror sent was not what was signed: that is worse than a mirror that is away, and must not read as one.
	if (untrusted !== undefined) throw untrusted;
	throw new TareError('BASE_UNAVAILABLE', `${what} cannot be fetched (${tried.join('; ')})`, {
		hint: 'Check the network, or name other mirrors under `mirrors:` in tare.yaml.',
		cause: last,
	});
}
