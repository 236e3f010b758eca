/** Pushes an image to every name it was given. */
import type { Listener } from '../events.js';
import type { Output } from '../image/types.js';
import { formatReference, type Reference } from '../oci/reference.js';
import type { RegistryClient } from '../registry/client.js';
import { pushImage } from '../registry/push.js';

export interface RegistryOutputOptions {
	readonly names: readonly Reference[];
	readonly client: RegistryClient;
	readonly emit: Listener;
}

export function registryOutput({ names, client, emit }: RegistryOutputOptions): Output {
	return {
		async write(result) {
			const { digest } = result.manifest.descriptor;
			for (const name of names) await pushImage(result, name, { client, emit });
			return { kind: 'registry', wrote: names.map(formatReference).join(', '), digest, references: names.map((name) => `${formatReference(name)}@${digest}`) };
		},
	};
}
