/** `--base REF`: an image of a registry, pinned by digest in the lock; its layers are not downloaded unless an output needs them. */
import { phase } from '../events.js';
import { selectPlatform } from '../image/select.js';
import type { Digest } from '../oci/digest.js';
import { parseReference } from '../oci/reference.js';
import type { Platform } from '../oci/types.js';
import { pullImage, pullManifest } from '../registry/pull.js';
import type { Base } from './contract.js';
import { imageBase } from './layout.js';
import type { BaseContext } from './resolve.js';

/** @throws TareError REFERENCE_INVALID | REGISTRY_* | NETWORK | OFFLINE */
export async function pinRegistryBase(ref: string, { registry, emit }: BaseContext): Promise<{ readonly digest: Digest }> {
	const reference = parseReference(ref);
	if (reference.digest !== undefined) return { digest: reference.digest };
	return phase(emit, 'base', `ask for ${ref}`, async () => ({ digest: (await pullManifest(reference, registry)).descriptor.digest }));
}

/** @throws TareError REGISTRY_* | IMAGE_INVALID | PLATFORM_INVALID | NETWORK | OFFLINE */
export async function openRegistryBase(ref: string, digest: Digest | undefined, platform: Platform, { registry }: BaseContext): Promise<Base> {
	const reference = parseReference(ref);
	const result = await pullImage({ ...reference, ...(digest !== undefined && { digest }) }, registry);
	return imageBase(selectPlatform(result, platform, ref), ref);
}
