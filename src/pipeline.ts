/**
 * The way of a build, start to end. A folder is read once (source), a builder is chosen (detect), everything is decided (plan), then
 * base and app are made side by side, assembled to an image and handed to the outputs. Each step takes values and returns values.
 */

import { formatLock, type LockFile } from './bases/lock.js';
import { readLock } from './bases/lock-file.js';
import type { BuildPlan } from './builder/contract.js';
import type { BuildRequest } from './config/request.js';
import type { Context } from './context.js';
import { TareError } from './errors.js';
import { adoptPackages } from './image/app-packages.js';
import { loadImage, saveImage } from './image/saved.js';
import type { ImageResult, Written } from './image/types.js';
import { type Planned, planOnce } from './known-plan.js';
import { loadAhead } from './load-ahead.js';
import { writeOutputs } from './outputs/write.js';
import { inputKeys, type KnownBuild } from './source/input-key.js';

export interface Built {
	readonly image: ImageResult;
	readonly plan: BuildPlan;
	readonly outputs: readonly Written[];
	/** Nothing that the image depends on has changed since it was last built. */
	readonly unchanged: boolean;
}

export async function runPipeline(request: BuildRequest, context: Context): Promise<Built> {
	const planned = await planOnce(request, context);
	try {
		return await buildOnce(planned, request, context);
	} catch (error) {
		// A damaged blob was set aside when it was read: what it was made of is made again, once.
		if (!(error instanceof TareError) || error.code !== 'STORE_CORRUPT') throw error;
		context.emit({ type: 'warning', says: `${error.message}: building anew` });
		await context.store.verify();
		return buildOnce(planned, { ...request, fresh: true }, context);
	}
}

async function buildOnce(planned: Planned, request: BuildRequest, context: Context): Promise<Built> {
	const lock = readLock(request.dir);
	const keysFor = (text: LockFile): readonly string[] => inputKeys(planned, planned.prints, formatLock(text), request, context.host);
	const same = request.fresh ? undefined : await knownImage(keysFor(lock), context);
	if (same !== undefined) return finish(same, planned.plan, undefined, request, context);
	// Compilers, bases and layers: nothing of it is loaded where nothing has changed.
	const { makeImage, relock } = await import('./make.js');
	const whole = await relock(planned.plan, lock, request, context);
	// Without a lock, others may have built on what is newest today, too.
	const alike = request.fresh ? undefined : await knownImage(keysFor(whole), context);
	if (alike !== undefined) return finish(alike, planned.plan, undefined, request, context);
	loadAhead(request);
	const made = await makeImage(planned, planned.prints, whole, request, context);
	try {
		return await finish(made.result, planned.plan, keysFor(made.lock), request, context);
	} finally {
		await made.cleaned;
	}
}

/** The image that was last made of the same inputs, here or on a machine whose cache is used. */
async function knownImage(keys: readonly string[], { store, openLayer }: Context): Promise<ImageResult | undefined> {
	for (const key of keys) {
		const known = await store.record<KnownBuild>('build', key);
		const image = known === undefined ? undefined : await loadImage(store, known.digest, openLayer);
		if (image !== undefined) return image;
	}
	return undefined;
}

/** @param madeOf keys of the inputs of an image that was just made: remembered before anything is written elsewhere, so that a failed push costs no build */
async function finish(image: ImageResult, plan: BuildPlan, madeOf: readonly string[] | undefined, request: BuildRequest, context: Context): Promise<Built> {
	const unchanged = madeOf === undefined;
	await saveImage(context.store, image, context.namesOf(request));
	for (const key of madeOf ?? []) await context.store.setRecord('build', key, { digest: image.manifest.descriptor.digest } satisfies KnownBuild);
	if (unchanged && context.shared !== undefined) await adoptPackages(context.store, image);
	return { image, plan, outputs: await deliver(image, request, context), unchanged };
}

/** A saved image to its outputs, and to other machines. */
export async function deliver(image: ImageResult, request: BuildRequest, context: Context): Promise<readonly Written[]> {
	const { shared } = context;
	const outputs = await writeOutputs(image, request, context);
	if (request.cacheTo.length > 0) await (await import('./cache/write.js')).writeCaches(request.cacheTo, image, shared?.used() ?? [], context);
	if (shared !== undefined) await (await import('./cache/keep.js')).keepShared(image, shared, request, context);
	return outputs;
}
