/** Which repositories of a registry hold a blob, as far as earlier pushes tell: from there it is mounted instead of sent again. */
import type { Digest } from '../oci/digest.js';

export interface BlobSites {
	find(registry: string, digest: Digest): Promise<readonly string[]>;
	add(registry: string, digest: Digest, repository: string): Promise<void>;
	/** It turned out not to be there. */
	remove(registry: string, digest: Digest, repository: string): Promise<void>;
}

/** What is remembered between runs: a store's records fit. */
export interface SiteRecords {
	record<T>(kind: string, key: string): Promise<T | undefined>;
	setRecord(kind: string, key: string, value: unknown): Promise<void>;
}

interface Saved {
	readonly repositories: readonly string[];
}

const KIND = 'blob-site';
const LIMIT = 8;

export function createBlobSites(records: SiteRecords): BlobSites {
	const keyOf = (registry: string, digest: Digest): string => `${registry} ${digest}`;
	const find = async (registry: string, digest: Digest): Promise<readonly string[]> =>
		(await records.record<Saved>(KIND, keyOf(registry, digest)))?.repositories ?? [];
	const write = (registry: string, digest: Digest, repositories: readonly string[]): Promise<void> =>
		records.setRecord(KIND, keyOf(registry, digest), { repositories: repositories.slice(0, LIMIT) } satisfies Saved);
	return {
		find,
		async add(registry, digest, repository) {
			const known = await find(registry, digest);
			if (known[0] !== repository) await write(registry, digest, [repository, ...known.filter((other) => other !== repository)]);
		},
		async remove(registry, digest, repository) {
			const known = await find(registry, digest);
			if (known.includes(repository))
				await write(
					registry,
					digest,
					known.filter((other) => other !== repository),
				);
		},
	};
}
