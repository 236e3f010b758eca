/** Of several platforms the one that is asked for. */
import { TareError } from '../errors.js';
import { formatPlatform, runnableVariants } from '../oci/platform.js';
import type { Platform } from '../oci/types.js';
import { withImage } from './artifact.js';
import { imagesOf } from './blobs.js';
import type { Image, ImageResult } from './types.js';

/** The best variant that runs on the platform. @param what the image's name, for the message @throws TareError PLATFORM_INVALID */
export function selectPlatform(result: ImageResult, platform: Platform, what: string): Image {
	const fitting = imagesOf(result).filter((image) => image.platform.os === platform.os && image.platform.architecture === platform.architecture);
	for (const variant of runnableVariants(platform)) {
		const image = fitting.find((one) => one.platform.variant === variant);
		if (image !== undefined) return image;
	}
	withImage(result, what);
	const there = imagesOf(result).map((one) => formatPlatform(one.platform));
	throw new TareError('PLATFORM_INVALID', `${what} has no image for ${formatPlatform(platform)}`, { hint: `It has: ${there.join(', ')}.` });
}
