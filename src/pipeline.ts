/**
 * The way of a build, start to end. A folder is read once (source), a builder is chosen (detect), everything is decided (plan), then
 * base and app are made side by side, assembled to an image and handed to the outputs. Each step takes values and returns values.
 */

import { formatLock, type LockFile } from './bases/lock.js';
import { readLock } from './bases/lock-file.js';
import type { BuildPlan } from './builder/contract.js';
import { type Prepared, prepare } from './builder/prepare.js';
import type { BuildRequest } from './config/request.js';
import type { Context } from './context.js';
import { TareError } from './errors.js';
import { loadImage, saveImage } from './image/saved.js';
import type { ImageResult, Written } from './image/types.js';
import { writeOutputs } from './outputs/write.js';
import { fingerprint } from './source/fingerprint.js';
import { inputKey, type KnownBuild } from './source/input-key.js';

export interface Built {
	readonly image: ImageResult;
	readonly plan: BuildPlan;
	readonly outputs: readonly Written[];
	/** Nothing that the image depends on has changed since it was last built. */
	readonly unchanged: boolean;
}

export async function runPipeline(request: BuildRequest, context: Context): Promise<Built> {
	const prepared = await prepare(request, context.builders, context.emit, context.now);
	try {
		return await buildOnce(prepared, request, context);
	} catch (error) {
		// A damaged blob was set aside when it was read: what it was made of is made again, once.
		if (!(error instanceof TareError) || error.code !== 'STORE_CORRUPT') throw error;
		context.emit({ type: 'warning', says: `${error.message}: building anew` });
		await context.store.verify();
		return buildOnce(prepared, { ...request, fresh: true }, context);
	}
}

async function buildOnce(prepared: Prepared, request: BuildRequest, context: Context): Promise<Built> {
	const { store } = context;
	const prints = await fingerprint(prepared.source, store, prepared.walkedAt);
	const lock = readLock(request.dir);
	const keyFor = (text: LockFile): string => inputKey(prepared, prints, formatLock(text), request, context.host.env);
	const known = request.fresh ? undefined : await store.record<KnownBuild>('build', keyFor(lock));
	const same = known === undefined ? undefined : await loadImage(store, known.digest, context.openLayer);
	if (same !== undefined) return finish(same, prepared.plan, true, request, context);
	// Compilers, bases and layers: nothing of it is loaded where nothing has changed.
	const { makeImage } = await import('./make.js');
	const made = await makeImage(prepared, prints, lock, request, context);
	const built = await finish(made.result, prepared.plan, false, request, context);
	await store.setRecord('build', keyFor(made.lock), { digest: made.result.manifest.descriptor.digest } satisfies KnownBuild);
	return built;
}

async function finish(image: ImageResult, plan: BuildPlan, unchanged: boolean, request: BuildRequest, context: Context): Promise<Built> {
	await saveImage(context.store, image, context.namesOf(request));
	const outputs = await writeOutputs(image, request, context);
	return { image, plan, outputs, unchanged };
}
