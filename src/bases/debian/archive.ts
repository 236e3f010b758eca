/** The archive as one view over its suites: the highest version wins, as with apt. */
import { phase } from '../../events.js';
import type { LockedDeb, LockedSuite } from '../lock.js';
import type { DebianContext, DebianRequest } from './context.js';
import type { Stanza } from './deb822.js';
import { fetchPackages, type PackageIndex } from './packages.js';
import { fetchRelease, type Release } from './release.js';
import { compareVersions } from './version.js';

export interface ArchiveView {
	readonly sources: Readonly<Record<string, LockedSuite>>;
	/** The newest version of a package for a Debian architecture. */
	newest(name: string, architecture: string): { readonly stanza: Stanza; readonly suite: string } | undefined;
	providers(name: string, architecture: string): readonly string[];
	names(architecture: string): Iterable<string>;
}

export function suitesOf(release: DebianRequest['release']): readonly string[] {
	return [release, `${release}-updates`, `${release}-security`];
}

/**
 * Fetches and verifies the indexes of all suites. @param architectures Debian names
 * @throws TareError BASE_UNTRUSTED | BASE_EXPIRED | BASE_UNAVAILABLE | OFFLINE
 */
export async function openArchive(
	release: DebianRequest['release'],
	architectures: readonly string[],
	known: Readonly<Record<string, LockedSuite>>,
	context: DebianContext,
): Promise<ArchiveView> {
	return phase(context.emit, 'base', `read the index of debian ${release}`, async () => {
		const releases = await Promise.all(suitesOf(release).map((suite) => fetchRelease(suite, known[suite], context)));
		const indexes = new Map<string, readonly PackageIndex[]>();
		for (const architecture of architectures) indexes.set(architecture, await openIndexes(releases, architecture, context));
		const all = (architecture: string): readonly PackageIndex[] => indexes.get(architecture) ?? [];
		return {
			sources: Object.fromEntries(releases.map(({ suite, locked }) => [suite, locked])),
			newest: (name, architecture) => newest(all(architecture), name),
			providers: (name, architecture) => [...new Set(all(architecture).flatMap((index) => index.providers(name)))],
			names: function* (architecture) {
				for (const index of all(architecture)) yield* index.names();
			},
		};
	});
}

async function openIndexes(releases: readonly Release[], architecture: string, context: DebianContext): Promise<readonly PackageIndex[]> {
	const indexes: PackageIndex[] = [];
	for (const release of releases) indexes.push(await fetchPackages(release, architecture, context));
	return indexes;
}

function newest(indexes: readonly PackageIndex[], name: string): { stanza: Stanza; suite: string } | undefined {
	const found = indexes.flatMap((index) => index.find(name).map((stanza) => ({ stanza, suite: index.suite })));
	return found.reduce<(typeof found)[number] | undefined>(
		(best, one) => (best === undefined || compareVersions(one.stanza.get('version') ?? '', best.stanza.get('version') ?? '') > 0 ? one : best),
		undefined,
	);
}

/** What the lock keeps of a package. */
export function lockedDeb({ stanza, suite }: { readonly stanza: Stanza; readonly suite: string }): LockedDeb {
	const source = stanza.get('source')?.split(' ')[0];
	return {
		version: stanza.get('version') ?? '',
		...(source !== undefined && { source }),
		suite,
		filename: stanza.get('filename') ?? '',
		size: Number(stanza.get('size')),
		sha256: stanza.get('sha256') ?? '',
	};
}
