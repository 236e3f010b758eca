/** The outputs of the step: https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file is the form of `metadata`. */
import type { BuildResult } from '../index.js';

export function outputsOf(result: BuildResult): Readonly<Record<string, string>> {
	return {
		digest: result.digest,
		imageid: imageIdOf(result),
		image: result.reference,
		metadata: JSON.stringify(metadataOf(result)),
		plan: JSON.stringify(result.plan),
	};
}

/** As buildx has it: the configuration's digest, of several platforms the index's. */
function imageIdOf({ images, digest }: BuildResult): string {
	const [only] = images;
	return images.length === 1 && only !== undefined ? only.imageId : digest;
}

function metadataOf(result: BuildResult): Readonly<Record<string, unknown>> {
	const { digest, descriptor, names, images } = result;
	return {
		...(images.length === 1 && { 'containerimage.config.digest': imageIdOf(result) }),
		'containerimage.descriptor': descriptor,
		'containerimage.digest': digest,
		...(names.length > 0 && { 'image.name': names.join(',') }),
	};
}
