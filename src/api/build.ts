/** `build` of the API. */
import { join } from 'node:path';
import type { Host } from '../config/host.js';
import type { BuildOptions, BuildRequest } from '../config/request.js';
import { stopIfAborted } from '../errors.js';
import type { Listener } from '../events.js';
import { imagesOf, sizeOf } from '../image/blobs.js';
import { normaliseName } from '../image/saved.js';
import type { Image } from '../image/types.js';
import type { BuildResult, BuiltImage } from '../index.js';
import { formatPlatform } from '../oci/platform.js';
import { openContext, type RunOptions } from '../open-context.js';
import { defaultName } from '../outputs/write.js';
import { type Built, runPipeline } from '../pipeline.js';
import { reapSteps } from '../run/reaper.js';
import { STORE_VERSION } from '../store/open.js';
import { owner } from '../store/scratch.js';
import { openRequest } from './open-request.js';

export async function build(options: BuildOptions, run: RunOptions): Promise<BuildResult> {
	stopIfAborted(run.signal);
	const { host, request, builders } = await openRequest({ ...options, allowProjectCode: true });
	const steps = reapSteps(removeScratch(host), run.onEvent);
	const context = await openContext(host, request, builders, { ...run, onEvent: steps.listener });
	tellCode(request, context.emit);
	try {
		const built = await runPipeline(request, context);
		if (!built.unchanged) await (await import('./tidy.js')).tidyStore(context);
		return toResult(built, options.tags ?? [], defaultName(request.dir));
	} finally {
		await context.close();
		await steps.end();
	}
}

/** The command that removes what this process has in the store's temporary folder. */
export function removeScratch({ storeRoot }: Host): readonly string[] {
	return ['sh', '-c', 'rm -rf -- "$1"/*."$2".*', 'sh', join(storeRoot, STORE_VERSION, 'tmp'), owner()];
}

/** Modules of the project run with the rights of Tare itself. */
function tellCode({ customBuilders, extensions }: BuildRequest, emit: Listener): void {
	const names = [...customBuilders.map(({ id }) => `the builder ${id}`), ...extensions.map((one) => `the extension ${one.name}`)];
	if (names.length > 0) emit({ type: 'note', says: `runs code that the configuration names: ${names.join(', ')}` });
}

/** @param tags as the user wrote them @param otherwise the name where there are none */
export function toResult({ image, plan, outputs, unchanged }: Built, tags: readonly string[], otherwise: string): BuildResult {
	const [name = otherwise] = tags;
	const { mediaType, digest, size } = image.manifest.descriptor;
	return {
		reference: `${name.replace(/@.*$/, '')}@${digest}`,
		digest,
		descriptor: { mediaType, digest, size },
		names: tags.map(normaliseName),
		unchanged,
		images: imagesOf(image).map(describe),
		outputs,
		plan,
	};
}

function describe(image: Image): BuiltImage {
	return {
		platform: formatPlatform(image.platform),
		digest: image.manifest.descriptor.digest,
		imageId: image.config.descriptor.digest,
		size: sizeOf(image),
		layers: image.layers.map(({ name, purpose, descriptor, diffId }) => ({ name, purpose, digest: descriptor.digest, diffId, size: descriptor.size })),
	};
}
