/** The API of Tare: what the command line does, as functions. Importing it does nothing. */
import type { PackageChange } from './bases/debian/update.js';
import type { AppTarget, BuildPlan, Detection } from './builder/contract.js';
import type { BuildOptions } from './config/request.js';
import type { Purpose, Written } from './image/types.js';
import type { Digest } from './oci/digest.js';
import type { Descriptor } from './oci/types.js';
import type { RunOptions } from './open-context.js';

export type { ImageInspection } from './api/inspect.js';
export type { BaseRequest, DebianSet, JavaLine, PackageRef, VersionChoice } from './bases/contract.js';
export type { PackageChange } from './bases/debian/update.js';
export type {
	AppContent,
	AppTarget,
	Builder,
	BuildPlan,
	ConfigPatch,
	Detection,
	Extension,
	InputSet,
	LayerPlan,
	LayerSpec,
	PlannedFile,
	PlanRequest,
	Process,
	Reason,
	Step,
	WritablePlace,
} from './builder/contract.js';
export type { BuilderKit } from './builder/kit.js';
export type { SettingsSchema } from './builder/settings.js';
export { HandMadeImage, type ImageOutputOptions, type ImageOutputs, image } from './compose/image.js';
export { type DirectoryLayerOptions, type FileOption, type LayerOptions, layer, type Owner } from './compose/layer.js';
export type { DebianBase, ImageBase, ImageConfigOptions, ImageLayer, ImageOptions, LayerPlace } from './compose/types.js';
export type { BuildOptions } from './config/request.js';
export { ERRORS, type ErrorCode, type ErrorDetails, EXIT, type SourceLocation, TareError } from './errors.js';
export type { Headers, Listener, Phase, RequestEvent, TareEvent } from './events.js';
export { type Change, compareImages, type ImageChanges, type LayerChange, type PlatformChanges } from './image/compare.js';
export type { ImageDetails, InspectOptions, LayerDetails, PlatformDetails } from './image/inspect.js';
export type { Purpose, Written } from './image/types.js';
export type { Content, DirectoryEntry, Entry, FileEntry, HardlinkEntry, ImagePath, SymlinkEntry } from './layers/entry.js';
export type { Digest } from './oci/digest.js';
export type { ContainerConfig, Descriptor, Platform } from './oci/types.js';
export type { RunOptions } from './open-context.js';
export type { Commit } from './source/commit.js';
export type { FileIndex, SourceFile } from './source/file-index.js';
export type { IgnoreRules } from './source/ignore.js';
export type { BlobWriter, ScratchDirectory, Store, StoredBlob } from './store/contract.js';
export type { StoreUsage } from './store/prune.js';
export type { Choice, Command, CommandResult, InstalledRuntime, Toolchain } from './toolchain/contract.js';

/** One platform of a built image; sizes in bytes. */
export interface BuiltImage {
	readonly platform: string;
	readonly digest: Digest;
	/** Digest of the configuration: Docker's image id. */
	readonly imageId: Digest;
	/** Compressed, everything included. */
	readonly size: number;
	readonly layers: readonly { readonly name: string; readonly purpose: Purpose; readonly digest: Digest; readonly diffId: Digest; readonly size: number }[];
}

/** Plain data, safe to serialise. */
export interface BuildResult {
	/** `NAME@sha256:...`: what the command line prints. */
	readonly reference: string;
	/** Of the manifest, or of the index of several platforms. */
	readonly digest: Digest;
	/** Of the same document: its media type and size. */
	readonly descriptor: Descriptor;
	/** The tags in full, as registries know them: `docker.io/library/app:latest`. */
	readonly names: readonly string[];
	/** Nothing the image depends on has changed since it was last built: no tool was run. */
	readonly unchanged: boolean;
	readonly images: readonly BuiltImage[];
	readonly outputs: readonly Written[];
	readonly plan: BuildPlan;
}

/** One app of a workspace: what was built of it, or why not. */
export interface AppResult {
	/** Folder relative to the workspace's root. */
	readonly app: string;
	readonly result?: BuildResult;
	readonly error?: import('./errors.js').TareError;
}

export interface PlanResult {
	readonly plan: BuildPlan;
	readonly platforms: readonly string[];
	/** The base in words, locked versions included. */
	readonly base: readonly string[];
}

export interface LoginOptions {
	readonly username: string;
	readonly password: string;
	readonly insecure?: readonly string[];
}

export interface CopyOptions {
	/** One platform of several; default all, the index as it is. */
	readonly platforms?: readonly string[];
	/** `oci` or `docker`: another format than the image has gives it another digest. Only for `copy`; default as it is. */
	readonly format?: string;
	/** Registries to speak plain HTTP to, or whose certificate is not checked. */
	readonly insecure?: readonly string[];
}

export interface CopyResult {
	/** `NAME@sha256:...` */
	readonly reference: string;
	readonly digest: Digest;
	/** How many platforms it has. */
	readonly images: number;
	readonly outputs: readonly Written[];
}

export interface UpdateOptions extends BuildOptions {
	/** Change nothing. */
	readonly check?: boolean;
	readonly securityOnly?: boolean;
}

export interface UpdateResult {
	readonly changes: readonly PackageChange[];
	/** True when tare.lock was written. */
	readonly written: boolean;
}

export interface RunningOptions {
	/** Source folder, which is built, or an image: a name, a layout folder, an archive; default the current folder. */
	readonly target?: string;
	/** How a folder is built. */
	readonly build?: Omit<BuildOptions, 'platforms' | 'push' | 'outputs' | 'load'>;
	/** After the image's entrypoint, in place of its own. */
	readonly args?: readonly string[];
	/** `NAME=value`, or `NAME` for this machine's. */
	readonly env?: readonly string[];
	/** Files in docker's format; `env` wins over them. */
	readonly envFiles?: readonly string[];
	/** `[[ADDRESS:]HOST:]APP`; default the app's own port on 127.0.0.1. */
	readonly publish?: readonly string[];
	/** `PATH:PATH[:ro]` */
	readonly volumes?: readonly string[];
	/** Folder of this machine that keeps what the app writes to the image's volumes, each below its own path; default: in memory, gone afterwards. */
	readonly keep?: string;
	/** `256MB` */
	readonly memory?: string;
	/** runc, podman, docker, bwrap, host, or auto (default): the first that works here. */
	readonly runner?: string;
	/** Default: this machine's. */
	readonly platform?: string;
	/** A shell in place of the app, in a copy of the image that has one. */
	readonly debug?: boolean;
	/** Pass standard input on. */
	readonly interactive?: boolean;
	/** Standard input and output are a terminal that the app shall have. */
	readonly terminal?: boolean;
	/** Seconds from the first signal until the app is killed; default 10. */
	readonly grace?: number;
	/** Registries to speak plain HTTP to, or whose certificate is not checked. */
	readonly insecure?: readonly string[];
	/** The app writes to this process's output (default), or its lines become `app-output` events. */
	readonly output?: 'inherit' | 'events';
	/** Called when the app is started. */
	onStart?(app: { stop(signal: NodeJS.Signals): void }): void;
}

export interface RunResult {
	/** The app's own; 128 and the signal's number for a killed app. */
	readonly exitCode: number;
	readonly runner: string;
	readonly platform: string;
	/** Of the image's manifest. */
	readonly digest: Digest;
	/** Wall time of the app, milliseconds. */
	readonly ms: number;
}

/** Builds an image and writes it to the outputs that were asked for. @throws TareError */
export async function build(options: BuildOptions = {}, run: RunOptions = {}): Promise<BuildResult> {
	return (await import('./api/build.js')).build(options, run);
}

/**
 * Builds every app of a workspace, as many at a time as the machine has cores. `{app}` in tags and outputs is the last part of the
 * app's folder. One that fails leaves the others alone. @throws TareError when no build could be begun
 */
export async function buildAll(options: BuildOptions = {}, run: RunOptions = {}): Promise<readonly AppResult[]> {
	return (await import('./api/build-all.js')).buildAll(options, run);
}

/** Every decision of a build with its reason; nothing is run and nothing fetched. @throws TareError */
export async function plan(options: BuildOptions = {}, run: RunOptions = {}): Promise<PlanResult> {
	return (await import('./api/plan.js')).plan(options, run);
}

export type DetectResult = Detection & {
	/** Where the folder has several: what `buildAll` builds. */
	readonly apps?: readonly AppTarget[];
};

/** What the folder is, and why. @throws TareError */
export async function detect(options: BuildOptions = {}, run: RunOptions = {}): Promise<DetectResult> {
	return (await import('./api/plan.js')).detect(options, run);
}

/** Moves tare.lock to the newest packages and runtimes. @throws TareError */
export async function update(options: UpdateOptions = {}, run: RunOptions = {}): Promise<UpdateResult> {
	return (await import('./api/update.js')).update(options, run);
}

/** Runs an image on this machine until it ends, and leaves nothing behind. An abort is a SIGTERM. @throws TareError RUNNER_MISSING | RUN_FAILED | PORT_TAKEN, and as `build` */
export async function run(options: RunningOptions = {}, on: RunOptions = {}): Promise<RunResult> {
	return (await import('./api/run.js')).run(options, on);
}

/** Details of an image in Tare's store, a registry, a layout folder or an archive. @throws TareError */
export async function inspect(
	target: string,
	options: import('./api/inspect.js').ImageInspection = {},
	run: RunOptions = {},
): Promise<import('./image/inspect.js').ImageDetails> {
	return (await import('./api/inspect.js')).inspect(target, options, run);
}

/** Copies an image, its digest unchanged, from Tare's store, a registry, a layout or an archive to any of them, or into docker, podman or containerd. @throws TareError */
export async function copy(from: string, to: readonly string[], options: CopyOptions = {}, run: RunOptions = {}): Promise<CopyResult> {
	return (await import('./api/copy.js')).copy(from, to, options, run);
}

/** Pushes an image of Tare's store to the registry of its name. @throws TareError */
export async function push(name: string, options: CopyOptions = {}, run: RunOptions = {}): Promise<CopyResult> {
	return (await import('./api/copy.js')).push(name, options, run);
}

/** Pulls an image with all its layers into Tare's store. @throws TareError */
export async function pull(name: string, options: CopyOptions = {}, run: RunOptions = {}): Promise<CopyResult> {
	return (await import('./api/copy.js')).pull(name, options, run);
}

/** Tries credentials and keeps them where docker keeps them. @returns where that is, in words @throws TareError REGISTRY_AUTH */
export async function login(registry: string, options: LoginOptions, run: RunOptions = {}): Promise<string> {
	return (await import('./api/login.js')).login(registry, options, run);
}

/** Forgets them. @returns where they were, in words; undefined where there were none @throws TareError */
export async function logout(registry: string): Promise<string | undefined> {
	return (await import('./api/login.js')).logout(registry);
}

/** Writes a commented tare.yaml. @returns its path @throws TareError */
export async function init(options: { readonly dir?: string; readonly force?: boolean } = {}): Promise<string> {
	return (await import('./api/init.js')).init(options);
}

/** What Tare's store holds. @throws TareError */
export async function cacheUsage(): Promise<import('./store/prune.js').StoreUsage> {
	return (await import('./api/cache.js')).cacheUsage();
}

/** Prunes Tare's store, least recently used first; never what a running build has. @throws TareError */
export async function cachePrune(
	options: { readonly maxBytes?: number /** `5GB` */; readonly maxSize?: string; readonly all?: boolean } = {},
): Promise<{ readonly items: number; readonly bytes: number }> {
	return (await import('./api/cache.js')).cachePrune(options);
}
