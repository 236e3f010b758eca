/**
 * The way of a build, start to end. A folder is read once (source), a builder is chosen (detect), everything is decided (plan), then
 * base and app are made side by side, assembled to an image and handed to the outputs. Each step takes values and returns values.
 */

import type { Base, DebianSet } from './bases/contract.js';
import { formatLock, type LockFile } from './bases/lock.js';
import { readLock, writeLock } from './bases/lock-file.js';
import { lockPlan, openBase } from './bases/resolve.js';
import { assetLayer } from './builder/assets.js';
import { checkBinaries } from './builder/check.js';
import type { AppContent, BuildPlan } from './builder/contract.js';
import { launchConfig } from './builder/launch.js';
import { type Prepared, prepare } from './builder/prepare.js';
import type { BuildRequest } from './config/request.js';
import type { Context } from './context.js';
import { TareError } from './errors.js';
import { phase } from './events.js';
import { makeAppLayer } from './image/app-layers.js';
import { assembleImage, assembleIndex } from './image/assemble.js';
import { loadImage, saveImage } from './image/saved.js';
import type { Image, ImageResult, Written } from './image/types.js';
import { compressorIsStandard } from './layers/self-test.js';
import { formatPlatform } from './oci/platform.js';
import type { Platform } from './oci/types.js';
import { writeOutputs } from './outputs/write.js';
import { fingerprint } from './source/fingerprint.js';
import { inputKey, type KnownBuild } from './source/input-key.js';
import type { Toolchain } from './toolchain/contract.js';
import { openToolchain, withChoices } from './toolchain/open.js';
import type { DisposableToolchain } from './toolchain/toolchain.js';

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
	await warnOfForeignCompressor(context);
	const locked = await lockPlan(prepared.plan, request.platforms, lock, context.bases);
	writeLock(request.dir, lock, locked, request, context.emit);
	const tools = await openToolchain(prepared, prints, locked, request, context);
	try {
		const image = await makeImage(prepared, locked, tools, request, context);
		const built = await finish(image.result, prepared.plan, false, request, context);
		await store.setRecord('build', keyFor(image.locked), { digest: image.result.manifest.descriptor.digest } satisfies KnownBuild);
		return built;
	} finally {
		await tools.dispose();
	}
}

/** The digest would be this machine's own. */
async function warnOfForeignCompressor({ emit }: Context): Promise<void> {
	if (!(await compressorIsStandard()))
		emit({
			type: 'warning',
			says: 'this Node compresses unlike the official ones: images will have other digests than elsewhere',
			hint: "Use a Node from nodejs.org instead of the system's.",
		});
}

interface OpenedBase {
	readonly base: Base;
	readonly locked: LockFile;
}

interface Made {
	readonly result: ImageResult;
	readonly locked: LockFile;
}

async function makeImage(prepared: Prepared, locked: LockFile, tools: DisposableToolchain, request: BuildRequest, context: Context): Promise<Made> {
	const images: Image[] = [];
	let lock = locked;
	for (const platform of request.platforms) {
		const made = await makePlatform(platform, prepared, lock, tools, request, context);
		images.push(made.image);
		lock = made.locked;
	}
	const [only] = images;
	return { result: images.length === 1 && only !== undefined ? only : assembleIndex(images), locked: lock };
}

async function makePlatform(
	platform: Platform,
	prepared: Prepared,
	locked: LockFile,
	tools: DisposableToolchain,
	request: BuildRequest,
	context: Context,
): Promise<{ image: Image; locked: LockFile }> {
	const { emit } = context;
	const { plan, builder } = prepared;
	const label = formatPlatform(platform);
	const [base, app] = await settled([
		phase(emit, 'base', `base ${describeBase(plan)}`, () => openBase(plan.base, platform, locked, context.bases), label),
		phase(emit, 'build', `app with ${builder.id}`, () => makeApp(platform, prepared, tools, request, context), label),
	]);
	const chosen = withChoices(locked, tools.choices);
	writeLock(request.dir, locked, chosen, request, emit);
	const wide = await addSets(app.content.needs ?? [], { base, locked: chosen }, platform, plan, request, context);
	const missing = checkBinaries(app.binaries, wide.base, request, emit);
	const fixed = missing.length === 0 ? wide : await addPackages(missing, platform, wide.plan, wide.locked, request, context);
	const image = assembleImage({
		platform,
		base: fixed.base,
		layers: app.layers,
		config: launchConfig(plan, app.content, fixed.base, request),
		epoch: request.epoch,
		annotations: { ...baseAnnotations(fixed.base), ...request.annotations },
	});
	return { image, locked: fixed.locked };
}

async function makeApp(
	platform: Platform,
	{ builder, plan, source, app }: Prepared,
	tools: Toolchain,
	request: BuildRequest,
	{ store, emit, signal, bases: { packing } }: Context,
) {
	const content: AppContent = await builder.build(plan, platform, tools);
	const made = [];
	const assets = assetLayer({ source, app, assets: request.assets }, tools.contentHash);
	for (const spec of [...content.layers, ...(assets === undefined ? [] : [assets])])
		made.push(await makeAppLayer(spec, { store, emit, signal, packing, level: request.compression, epoch: request.epoch, fresh: request.fresh }));
	const there = made.filter((layer) => layer !== undefined);
	return { content, layers: there.map(({ layer }) => layer), binaries: there.flatMap(({ binaries }) => binaries) };
}

/** The base gets the sets that only the build could ask for. */
async function addSets(
	needs: readonly DebianSet[],
	opened: OpenedBase,
	platform: Platform,
	plan: BuildPlan,
	request: BuildRequest,
	context: Context,
): Promise<OpenedBase & { plan: BuildPlan }> {
	if (plan.base.kind !== 'debian') return { ...opened, plan };
	const sets = [...new Set([...plan.base.sets, ...needs])];
	if (sets.length === plan.base.sets.length) return { ...opened, plan };
	const wider = { ...plan, base: { ...plan.base, sets } };
	return { ...(await reopenBase(wider, platform, opened.locked, request, context)), plan: wider };
}

/** `--fix`: the base gets what the app's binaries link to. */
async function addPackages(
	names: readonly string[],
	platform: Platform,
	plan: BuildPlan,
	lock: LockFile,
	request: BuildRequest,
	context: Context,
): Promise<OpenedBase> {
	if (plan.base.kind !== 'debian') throw new TareError('LIBRARY_MISSING', `the base lacks libraries of ${names.join(', ')}`, { hint: 'Use the Debian base.' });
	context.emit({ type: 'note', says: `added to the base for shared libraries: ${names.join(', ')}` });
	const base = { ...plan.base, packages: [...plan.base.packages, ...names] };
	return reopenBase({ ...plan, base }, platform, lock, request, context);
}

async function reopenBase(plan: BuildPlan, platform: Platform, lock: LockFile, request: BuildRequest, context: Context): Promise<OpenedBase> {
	const locked = await lockPlan(plan, request.platforms, lock, context.bases);
	writeLock(request.dir, lock, locked, request, context.emit);
	return { base: await openBase(plan.base, platform, locked, context.bases), locked };
}

async function finish(image: ImageResult, plan: BuildPlan, unchanged: boolean, request: BuildRequest, context: Context): Promise<Built> {
	await saveImage(context.store, image, context.namesOf(request));
	const outputs = await writeOutputs(image, request, context);
	return { image, plan, outputs, unchanged };
}

/** Both run side by side; when one fails the other is waited for, so that nothing works on after the error. */
async function settled<A, B>(work: [Promise<A>, Promise<B>]): Promise<[A, B]> {
	await Promise.allSettled(work);
	return Promise.all(work);
}

function describeBase({ base }: BuildPlan): string {
	return base.kind === 'debian' ? `debian ${base.release}` : base.kind === 'registry' ? base.ref : base.kind;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
function baseAnnotations({ name, digest }: Base): Record<string, string> {
	return { 'org.opencontainers.image.base.name': name, ...(digest !== undefined && { 'org.opencontainers.image.base.digest': digest }) };
}
