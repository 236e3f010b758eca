/** `inspect` of the API. */
import { packagesOf } from '../image/app-packages.js';
import { type ImageDetails, type InspectOptions, inspectImage } from '../image/inspect.js';
import type { RunOptions } from '../open-context.js';
import { findImage } from './find-image.js';
import { withHost } from './open-host.js';

export function inspect(target: string, options: InspectOptions & { readonly insecure?: readonly string[] }, run: RunOptions): Promise<ImageDetails> {
	return withHost(options, run, async (context, host) => {
		const { image } = await findImage(target, host, context);
		return inspectImage(image, options, (one) => packagesOf(context.store, one));
	});
}
