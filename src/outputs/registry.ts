/** Pushes an image to every name it was given. */
import type { ImageResult, Output } from '../image/types.js';
import { formatReference, type Reference, repositoryName } from '../oci/reference.js';
import { pushImage } from '../registry/push.js';
import type { PushOptions } from '../registry/push-blob.js';
import { settled } from '../settled.js';

export interface RegistryOutputOptions extends PushOptions {
	readonly names: readonly Reference[];
}

/** Registries side by side; repositories of one in turn, so that the second mounts what the first has got. */
export function registryOutput({ names, ...options }: RegistryOutputOptions): Output {
	return {
		async write(result) {
			const { digest } = result.manifest.descriptor;
			const registries = [...new Set(names.map(({ registry }) => registry))];
			await settled(
				registries.map((registry) =>
					pushToRegistry(
						result,
						names.filter((name) => name.registry === registry),
						options,
					),
				),
			);
			return { kind: 'registry', wrote: names.map(formatReference).join(', '), digest, references: names.map((name) => formatReference({ ...name, digest })) };
		},
	};
}

async function pushToRegistry(result: ImageResult, names: readonly Reference[], options: PushOptions): Promise<void> {
	const repositories = new Map(names.map((name) => [repositoryName(name), name]));
	for (const [key, repository] of repositories) {
		const own = names.filter((name) => repositoryName(name) === key).map(({ tag }) => tag ?? result.manifest.descriptor.digest);
		await pushImage(result, repository, [...new Set(own)], options);
	}
}
