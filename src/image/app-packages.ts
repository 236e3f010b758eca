/** What the app of an image is made of, as its builder knows it: kept beside the image, because its layers do not tell. */
import type { Store } from '../store/contract.js';
import { imagesOf } from './blobs.js';
import type { Image, ImageResult, PackageRef } from './types.js';

const KIND = 'packages';

/** By the configuration, which names the contents whatever their compression and wherever the image goes. */
const keyOf = ({ config }: Image): string => config.descriptor.digest;

/** An empty list is kept, too: an earlier one may be of a builder that knew less. */
export async function savePackages(store: Store, image: Image, packages: readonly PackageRef[]): Promise<void> {
	await store.setRecord(KIND, keyOf(image), distinct(packages));
}

/** Empty for an image that was not built here. */
export async function packagesOf(store: Store, image: Image): Promise<readonly PackageRef[]> {
	return (await store.record<readonly PackageRef[]>(KIND, keyOf(image))) ?? [];
}

/** What a cache knows of an image that it brought stays known without the cache, and goes on to the next. */
export async function adoptPackages(store: Store, result: ImageResult): Promise<void> {
	for (const image of imagesOf(result)) {
		const known = await packagesOf(store, image);
		if (known.length > 0) await store.setRecord(KIND, keyOf(image), known);
	}
}

function distinct(packages: readonly PackageRef[]): readonly PackageRef[] {
	const byPurl = new Map(packages.map((one) => [one.purl, one]));
	return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}
