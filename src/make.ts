/** Makes the image: base and app of every platform, side by side, then one on the other. Loaded only where something has changed. */
import { availableParallelism } from 'node:os';
import type { Base, DebianSet } from './bases/contract.js';
import type { LockFile } from './bases/lock.js';
import { writeLock } from './bases/lock-file.js';
import { type BaseContext, lockPlan, openBase } from './bases/resolve.js';
import { assetLayer } from './builder/assets.js';
import { checkBinaries } from './builder/check.js';
import type { AppContent, BuildPlan } from './builder/contract.js';
import { launchConfig } from './builder/launch.js';
import { plannedFilesLayer } from './builder/planned-files.js';
import type { Prepared } from './builder/prepare.js';
import { systemPackages } from './builder/system/wanted.js';
import { writableLayer } from './builder/writable/places.js';
import { type BuildRequest, DEFAULT_USER } from './config/request.js';
import type { Context } from './context.js';
import type { AppBinary } from './elf/closure.js';
import { TareError } from './errors.js';
import { type Listener, labelled, phase } from './events.js';
import { createGate } from './gate.js';
import { makeAppLayer } from './image/app-layers.js';
import { savePackages } from './image/app-packages.js';
import { assembleImage, assembleIndex } from './image/assemble.js';
import { toFormat } from './image/format.js';
import type { Image, ImageResult, Layer } from './image/types.js';
import { compressorIsStandard } from './layers/self-test.js';
import { formatPlatform } from './oci/platform.js';
import type { Platform } from './oci/types.js';
import { settled, stoppingAtFirst } from './settled.js';
import type { Fingerprint } from './source/fingerprint.js';
import type { Toolchain } from './toolchain/contract.js';
import { openToolchain, withChoices } from './toolchain/open.js';
import type { DisposableToolchain } from './toolchain/toolchain.js';

export interface Made {
	readonly result: ImageResult;
	readonly lock: LockFile;
	/** Settles when the build's temporary folders are gone: not to be waited for before the outputs. */
	readonly cleaned: Promise<void>;
}

interface App {
	readonly platform: Platform;
	readonly content: AppContent;
	readonly layers: readonly Layer[];
	readonly binaries: readonly AppBinary[];
}

/** The bases of all platforms, made of one plan and one lock. */
interface Bases {
	readonly plan: BuildPlan;
	readonly lock: LockFile;
	readonly of: readonly Base[];
}

/** @param lock whole, as `relock` gives it @throws TareError BASE_* | BUILD_FAILED | LIBRARY_MISSING | ... */
export async function makeImage(prepared: Prepared, prints: Fingerprint, lock: LockFile, request: BuildRequest, context: Context): Promise<Made> {
	const stop = new AbortController();
	const signal = AbortSignal.any([stop.signal, ...(context.signal === undefined ? [] : [context.signal])]);
	const tools = await openToolchain(prepared, prints, lock, request, { ...context, signal });
	try {
		const apping = makeApps(prepared, tools, request, { ...context, signal }, stop);
		const [bases, apps] = await stoppingAtFirst([openBases(prepared.plan, lock, request, context), apping, warnOfForeignCompressor(context)], stop);
		const wide = await addSets(apps, keepChoices(bases, tools, request, context), request, context);
		const equipped = await addSystem(apps, wide, request, context);
		const whole = await addLibraries(apps, equipped, request, context);
		const images = assemble(apps, whole, request);
		for (const [at, { content }] of apps.entries()) await savePackages(context.store, images[at] as Image, content.packages);
		const cleaned = tools.dispose();
		// Whoever waits for it sees the failure.
		cleaned.catch(() => undefined);
		return { result: toFormat(resultOf(images, request), request.format), lock: whole.lock, cleaned };
	} catch (error) {
		await tools.dispose();
		throw error;
	}
}

/** What the builder chose on its way is locked, too: the next build chooses the same. */
function keepChoices(bases: Bases, { choices }: DisposableToolchain, request: BuildRequest, { emit }: Context): Bases {
	const lock = withChoices(bases.lock, choices);
	writeLock(request.dir, bases.lock, lock, request, emit);
	return { ...bases, lock };
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

/** Locks what the plan needs and the lock does not have, and writes it down. @throws TareError LOCK_FROZEN | BASE_* */
export async function relock(plan: BuildPlan, known: LockFile, request: BuildRequest, context: Context): Promise<LockFile> {
	const lock = await lockPlan(plan, request.platforms, known, context.bases);
	writeLock(request.dir, known, lock, request, context.emit);
	return lock;
}

async function openBases(plan: BuildPlan, lock: LockFile, { platforms }: BuildRequest, { emit, bases }: Context): Promise<Bases> {
	const several = platforms.length > 1;
	const open = (platform: Platform): Promise<Base> => {
		const name = formatPlatform(platform);
		const own = several ? listening(bases, labelled(emit, name)) : bases;
		return phase(emit, 'base', `base ${describeBase(plan)}${several ? ` for ${name}` : ''}`, () => openBase(plan.base, platform, lock, own), name);
	};
	return { plan, lock, of: await settled(platforms.map(open)) };
}

/** Not a copy: parts of the context are made when they are asked for. */
function listening(bases: BaseContext, emit: Listener): BaseContext {
	return Object.create(bases, { emit: { value: emit, enumerable: true } }) as BaseContext;
}

function describeBase({ base }: BuildPlan): string {
	return base.kind === 'debian' ? `debian ${base.release}` : base.kind === 'registry' ? base.ref : base.kind;
}

/** Side by side, where the builder allows it; what fails for one platform ends the others. */
async function makeApps(
	prepared: Prepared,
	tools: DisposableToolchain,
	request: BuildRequest,
	context: Context,
	stop: AbortController,
): Promise<readonly App[]> {
	const { builder } = prepared;
	const { platforms } = request;
	const several = platforms.length > 1;
	const gate = createGate(builder.sideBySide === true ? availableParallelism() : 1);
	const make = (platform: Platform): Promise<App> => {
		const name = formatPlatform(platform);
		const own = several ? tools.labelled(name) : tools;
		const emit = several ? labelled(context.emit, name) : context.emit;
		const says = `app with ${builder.id}${several ? ` for ${name}` : ''}`;
		return gate(async () => {
			if (context.signal?.aborted === true) throw new TareError('CANCELLED', 'the build was interrupted');
			return phase(context.emit, 'build', says, () => makeApp(platform, prepared, own, request, { ...context, emit }), name);
		});
	};
	return stoppingAtFirst(platforms.map(make), stop);
}

async function makeApp(platform: Platform, prepared: Prepared, tools: Toolchain, request: BuildRequest, context: Context): Promise<App> {
	const { builder, plan, source, app } = prepared;
	const { store, emit, signal, bases } = context;
	const content = await builder.build(plan, platform, tools);
	const assets = assetLayer({ source, app, assets: request.assets }, tools.contentHash);
	const { once } = tools;
	const packing = { store, emit, signal, once, packing: bases.packing, level: request.compression, epoch: request.epoch, fresh: request.fresh };
	const made = [];
	const own = [assets, plannedFilesLayer(plan), writableLayer(plan, request.user ?? plan.config.User ?? DEFAULT_USER)].filter((spec) => spec !== undefined);
	for (const spec of [...content.layers, ...own]) made.push(await makeAppLayer(spec, packing));
	const there = made.filter((layer) => layer !== undefined);
	return { platform, content, layers: there.map(({ layer }) => layer), binaries: there.flatMap(({ binaries }) => binaries) };
}

/** The base gets the sets that only the build could ask for; what one platform needs all get, so that they stay alike. */
async function addSets(apps: readonly App[], bases: Bases, request: BuildRequest, context: Context): Promise<Bases> {
	const { base } = bases.plan;
	if (base.kind !== 'debian') return bases;
	const needs: readonly DebianSet[] = apps.flatMap(({ content }) => content.needs ?? []);
	const sets = [...new Set([...base.sets, ...needs])];
	return sets.length === base.sets.length ? bases : reopen({ ...bases.plan, base: { ...base, sets } }, bases, request, context);
}

/** What packages of the apps open or run by name: only the packages that were installed tell. */
async function addSystem(apps: readonly App[], bases: Bases, request: BuildRequest, context: Context): Promise<Bases> {
	const { base } = bases.plan;
	const heard = distinctly(context.emit);
	const wanted = apps.flatMap(({ content, binaries }, at) =>
		systemPackages({ content, binaries, fix: request.fix, base, present: (bases.of[at] as Base).packages }, heard),
	);
	if (wanted.length === 0 || base.kind !== 'debian') return bases;
	return reopen({ ...bases.plan, base: { ...base, packages: [...new Set([...base.packages, ...wanted])].sort() } }, bases, request, context);
}

/** What holds for several platforms is said once. */
function distinctly(emit: Listener): Listener {
	const said = new Set<string>();
	return (event) => {
		const key = JSON.stringify(event);
		if (!said.has(key)) emit(event);
		said.add(key);
	};
}

/** `--fix`: the base gets what the app's binaries link to. @throws TareError LIBRARY_MISSING | GLIBC_TOO_OLD | WRONG_ARCHITECTURE */
async function addLibraries(apps: readonly App[], bases: Bases, request: BuildRequest, context: Context): Promise<Bases> {
	const missing = apps.flatMap(({ binaries }, at) => checkBinaries(binaries, bases.of[at] as Base, request, context.emit));
	if (missing.length === 0) return bases;
	const names = [...new Set(missing)].sort();
	const { base } = bases.plan;
	if (base.kind !== 'debian') throw new TareError('LIBRARY_MISSING', `the base lacks libraries of ${names.join(', ')}`, { hint: 'Use the Debian base.' });
	context.emit({ type: 'note', says: `added to the base for shared libraries: ${names.join(', ')}` });
	return reopen({ ...bases.plan, base: { ...base, packages: [...base.packages, ...names] } }, bases, request, context);
}

async function reopen(plan: BuildPlan, { lock }: Bases, request: BuildRequest, context: Context): Promise<Bases> {
	return openBases(plan, await relock(plan, lock, request, context), request, context);
}

function assemble(apps: readonly App[], { plan, of }: Bases, request: BuildRequest): readonly Image[] {
	return apps.map(({ platform, content, layers }, at) => {
		const base = of[at] as Base;
		return assembleImage({
			platform,
			base,
			layers,
			config: launchConfig(plan, content, base, request),
			epoch: request.epoch,
			annotations: { ...baseAnnotations(base), ...request.annotations },
		});
	});
}

function resultOf(images: readonly Image[], { indexAnnotations }: BuildRequest): ImageResult {
	const [only] = images;
	return images.length === 1 && only !== undefined ? only : assembleIndex(images, indexAnnotations);
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
function baseAnnotations({ name, digest }: Base): Record<string, string> {
	return { 'org.opencontainers.image.base.name': name, ...(digest !== undefined && { 'org.opencontainers.image.base.digest': digest }) };
}
