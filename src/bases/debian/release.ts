/** Release files: https://wiki.debian.org/DebianRepository/Format#A.22Release.22_files */
import { TareError } from '../../errors.js';
import type { LockedSuite } from '../lock.js';
import { verifyClearsigned } from './clearsign.js';
import type { DebianContext } from './context.js';
import { parseStanza } from './deb822.js';
import { archiveOf, fetchFirst, rootsOf } from './fetch.js';

export interface IndexFile {
	readonly path: string;
	/** Bytes. */
	readonly size: number;
	/** Hex. */
	readonly sha256: string;
}

export interface Release {
	readonly suite: string;
	readonly locked: LockedSuite;
	/** By path below the suite's folder. */
	readonly files: ReadonlyMap<string, IndexFile>;
}

const LIMIT = 8 * 2 ** 20;

/**
 * Fetches and verifies a suite's InRelease.
 * @param known the lock's entry: an older Release than that is a rollback
 * @throws TareError BASE_UNTRUSTED | BASE_EXPIRED | BASE_UNAVAILABLE | OFFLINE
 */
export async function fetchRelease(suite: string, known: LockedSuite | undefined, context: DebianContext): Promise<Release> {
	const urls = rootsOf(context.mirrors, archiveOf(suite)).map((root) => `${root}/dists/${suite}/InRelease`);
	return fetchFirst(`the index of ${suite}`, urls, context, async (response) => {
		const message = Buffer.from(await response.bytes(LIMIT)).toString('utf8');
		return readRelease(message, suite, known, context);
	});
}

/** @throws TareError BASE_UNTRUSTED | BASE_EXPIRED */
export function readRelease(message: string, suite: string, known: LockedSuite | undefined, context: Pick<DebianContext, 'keys' | 'now'>): Release {
	const what = `InRelease of ${suite}`;
	const { text, signedBy } = verifyClearsigned(message, context.keys, what);
	const fields = parseStanza(text);
	refuseOther(suite, fields.get('codename'), fields.get('suite'), what);
	const date = parseDate(fields.get('date'), what);
	refuseStale(what, date, fields.get('valid-until'), known, context.now);
	return { suite, locked: { date: new Date(date).toISOString(), signedBy }, files: filesOf(fields.get('sha256') ?? '') };
}

/** A validly signed index of another suite is still the wrong one. */
function refuseOther(suite: string, codename: string | undefined, name: string | undefined, what: string): void {
	const wanted = suite.replace(/-(?:updates|security)$/, '');
	const suffix = suite.slice(wanted.length);
	const good = codename === suite || name === suite || (codename === wanted && (suffix === '' || (name ?? '').endsWith(suffix)));
	if (!good)
		throw new TareError('BASE_UNTRUSTED', `${what} is for ${codename ?? 'no codename'} (${name ?? 'no suite'})`, {
			hint: 'The mirror mixes up its suites: try another one (mirrors: in tare.yaml).',
		});
}

function refuseStale(what: string, date: number, validUntil: string | undefined, known: LockedSuite | undefined, now: number): void {
	const until = validUntil === undefined ? undefined : parseDate(validUntil, what);
	if (until !== undefined && until < now) {
		throw new TareError('BASE_EXPIRED', `${what} was valid until ${new Date(until).toISOString()}`, {
			hint: 'The mirror is behind: try another one. If the clock of this machine is wrong, set it.',
		});
	}
	if (known !== undefined && date < Date.parse(known.date)) {
		throw new TareError('BASE_EXPIRED', `${what} is from ${new Date(date).toISOString()}, older than the one in tare.lock (${known.date})`, {
			hint: 'The mirror is behind or was rolled back: try another one (mirrors: in tare.yaml).',
		});
	}
}

function parseDate(text: string | undefined, what: string): number {
	const value = Date.parse(text ?? '');
	if (Number.isNaN(value)) throw new TareError('BASE_UNTRUSTED', `${what} has no valid date`, { hint: 'Try another mirror (mirrors: in tare.yaml).' });
	return value;
}

function filesOf(text: string): ReadonlyMap<string, IndexFile> {
	const files = text.split('\n').flatMap((line): [string, IndexFile][] => {
		const match = /^\s*([0-9a-f]{64})\s+(\d+)\s+(\S+)$/.exec(line);
		return match === null ? [] : [[match[3] as string, { sha256: match[1] as string, size: Number(match[2]), path: match[3] as string }]];
	});
	return new Map(files);
}
