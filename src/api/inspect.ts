/** `inspect` of the API. */
import { packagesOf } from '../image/app-packages.js';
import { type ImageDetails, type InspectOptions, inspectImage } from '../image/inspect.js';
import type { RunOptions } from '../open-context.js';
import { findImage } from './find-image.js';
import { withHost } from './open-host.js';

export interface ImageInspection extends InspectOptions {
	/** Registries to speak plain HTTP to, or whose certificate is not checked. */
	readonly insecure?: readonly string[];
	/** Look there and nowhere else. Default: on disk, then in the store, then in the registry of the name. */
	readonly from?: 'store' | 'registry';
}

export function inspect(target: string, options: ImageInspection, run: RunOptions): Promise<ImageDetails> {
	return withHost(options, run, async (context, host) => {
		const { image } = await findImage(target, host, context, options.from);
		return inspectImage(image, options, (one) => packagesOf(context.store, one));
	});
}
