/** `--format`: the media types of an image's documents. */
import { TareError } from '../errors.js';
import { IMAGE_FORMATS, type ImageFormat } from '../oci/media-types.js';
import type { OutputOption } from './output-option.js';

/** @throws TareError USAGE */
export function parseFormat(text: string): ImageFormat {
	const known = IMAGE_FORMATS.find((name) => name === text);
	if (known !== undefined) return known;
	throw new TareError('USAGE', `"${text}" is not a format of images`, { hint: `Use ${IMAGE_FORMATS.join(' or ')}.` });
}

/** @throws TareError USAGE */
export function checkFormat(format: ImageFormat | undefined, outputs: readonly OutputOption[]): void {
	const layout = outputs.find(({ kind }) => kind !== 'docker-archive');
	if (format !== 'docker' || layout === undefined) return;
	throw new TareError('USAGE', `${layout.kind}:${layout.path} holds images in OCI's format, and Docker's was asked for`, {
		hint: 'Push, --load or docker-archive:FILE take Docker images; for a layout use --format oci.',
	});
}
