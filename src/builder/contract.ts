/** The seam for languages: what a builder is asked and what it answers. Every value here prints as JSON. */
import type { BaseRequest, DebianSet, PackageRef, VersionChoice } from '../bases/contract.js';
import type { Purpose } from '../image/types.js';
import type { Entry } from '../layers/entry.js';
import type { ContainerConfig, Platform } from '../oci/types.js';
import type { Commit } from '../source/commit.js';
import type { FileIndex } from '../source/file-index.js';
import type { Toolchain } from '../toolchain/contract.js';
import type { SettingsSchema } from './settings.js';

/** Why something was decided; `file` is relative to the source folder, `line` counts from 1. */
export interface Reason {
	readonly file?: string;
	readonly line?: number;
	readonly says: string;
}

export interface Detection {
	readonly builder: string;
	readonly reasons: readonly Reason[];
	readonly runtime?: VersionChoice;
	/** What the builder found and its `plan` needs; plain data. */
	readonly facts: Readonly<Record<string, unknown>>;
	/** True when the files may be only helpers of another language (a package.json for assets). */
	readonly weak?: boolean;
}

/** What the user asked for, as far as builders are concerned. */
export interface PlanRequest {
	readonly source: FileIndex;
	/** Folder of the app below the source's root, '' for the root itself. */
	readonly app: string;
	readonly base: BaseRequest;
	/** The user chose the base: what other tools' configuration says does not count. */
	readonly baseAsked?: boolean;
	/** Command line that replaces the detected start command. */
	readonly start?: string;
	/** Process type of a Procfile, or what the project itself calls so: see `chooseProcess`. Default `web`. */
	readonly process?: string;
	/** Which of several programs to build: a folder, a package or a name, as the language has them. */
	readonly main?: string;
	/** Further programs that go into the same image; only for builders with `severalPrograms`. */
	readonly moreMains?: readonly string[];
	/** Script to run in place of the detected one; `false` runs none. */
	readonly buildScript?: string | false;
	/** Optimizations the user asked for, each one of the builder's. */
	readonly optimize: readonly string[];
	/** Variables for build steps. */
	readonly buildEnv: Readonly<Record<string, string>>;
	/** Names of those that the project's configuration sets, and not the user's own command. */
	readonly projectEnv?: readonly string[];
	/** Variables that the user sets in the image. */
	readonly env?: Readonly<Record<string, string>>;
	/** The commit that the source is checked out at: the one thing beyond source and request that a plan may ask for. */
	readonly commit?: () => Commit | undefined;
	/** The time that stands in the image, in seconds since the epoch: SOURCE_DATE_EPOCH; default 0. */
	readonly epoch?: number;
	/** User of the image's process, `65532:65532`. */
	readonly user: string;
	/** Runtime version range asked for by flag or configuration. */
	readonly runtimeVersion?: string;
	/** The builder's own section of the configuration, as its `settings` schema gives it; {} where there is none. */
	readonly settings: Readonly<Record<string, unknown>>;
	/** Command line of a program that is there already, shipped as it is. */
	readonly entrypoint?: string;
}

/** One command of the build, as printed by `tare plan`. */
export interface Step {
	readonly id: string;
	readonly command: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Folder below the source's root; default the root. */
	readonly cwd?: string;
	readonly reasons: readonly Reason[];
}

export interface LayerPlan {
	readonly name: string;
	readonly purpose: Purpose;
	readonly says: string;
}

/** What the container runs: exec form, never a shell. */
export interface Process {
	readonly type: string;
	readonly command: readonly string[];
	readonly reasons: readonly Reason[];
}

/** Image configuration a builder or the user adds to the base's. */
export type ConfigPatch = Pick<ContainerConfig, 'Entrypoint' | 'Cmd' | 'WorkingDir' | 'ExposedPorts' | 'Labels' | 'StopSignal' | 'User' | 'Volumes'> & {
	readonly env?: Readonly<Record<string, string>>;
};

/** A small file beside what the builder makes, as plain data. */
export interface PlannedFile {
	/** Absolute place in the image. */
	readonly path: string;
	readonly content: string;
	/** How `content` stands for bytes; default `utf8`. */
	readonly encoding?: 'utf8' | 'base64';
	/** Permission bits; default 0o644. */
	readonly mode?: number;
	/** Numeric owner and group; default 0. */
	readonly uid?: number;
	readonly gid?: number;
}

/**
 * Changes a plan: takes one, returns one. Pure: it reads no file, clock or environment, and leaves the plan that it gets as it is (which is frozen).
 * What it returns is checked, is a part of the input key, and is printed by `tare plan`.
 */
export type Extension = (plan: BuildPlan) => BuildPlan | Promise<BuildPlan>;

/** A place in the image that the app writes to. */
export interface WritablePlace {
	/** Absolute. */
	readonly path: string;
	/** `path` is a file directly in the app's folder: a link to this one, in a folder that is writable. */
	readonly link?: string;
	/** The image has files there: writable, but no volume, which would hide them. */
	readonly shipped?: boolean;
	readonly reason: Reason;
}

export interface BuildPlan {
	readonly builder: string;
	readonly steps: readonly Step[];
	readonly layers: readonly LayerPlan[];
	readonly base: BaseRequest;
	/** The language runtime that steps and app run with, whatever the base. */
	readonly runtime?: VersionChoice;
	/** The one that the image starts first, then others that it could start. */
	readonly processes: readonly Process[];
	readonly config: ConfigPatch;
	readonly reasons: readonly Reason[];
	/** Advice that does not stop the build. */
	readonly warnings: readonly Reason[];
	/** The steps run programs of the Debian base: it is locked for the host, too. */
	readonly runsBase?: boolean;
	/** Sets of the Debian base that only steps use: locked like the base, in no image. */
	readonly toolSets?: readonly DebianSet[];
	/** npm packages that the steps run with, by name and version range (`npm`); locked like the base. */
	readonly tools: Readonly<Record<string, string>>;
	/** In a layer of their own above the app. */
	readonly files?: readonly PlannedFile[];
	/** Folders of the app's user, in a layer of their own and declared as volumes. */
	readonly writable?: readonly WritablePlace[];
	readonly facts: Readonly<Record<string, unknown>>;
}

/** What a build depends on beside the source files, the plan and the lock. */
export interface InputSet {
	/** Host programs (names on PATH) whose replacement must cause a rebuild. */
	readonly hostTools: readonly string[];
	/** Variables of the host that name the folder of a toolchain, `NAME` or `NAME/below`: another folder, or another toolchain in it, must cause a rebuild. */
	readonly hostFolders?: readonly string[];
}

export interface LayerSpec {
	readonly name: string;
	readonly purpose: Purpose;
	/** Where equal inputs give an equal layer, a key that allows reuse without asking for the entries. */
	readonly key?: string;
	readonly entries: () => Promise<readonly Entry[]>;
}

export interface AppContent {
	readonly layers: readonly LayerSpec[];
	readonly config: ConfigPatch;
	readonly packages: readonly PackageRef[];
	/** Names of those that the start is seen to load, where the builder looks. */
	readonly loads?: readonly string[];
	/** The start command, where only the build could tell it whole; else the plan's. */
	readonly command?: readonly string[];
	/** Sets of the base that only the compiler's result could ask for: a C library. */
	readonly needs?: readonly DebianSet[];
}

/** One app of a repository. */
export interface AppTarget {
	/** Below the source's root, '' for the root itself. */
	readonly folder: string;
	/** Its program, as `main` of the request names it, where the folder has several. */
	readonly main?: string;
}

export interface Builder {
	readonly id: string;
	/** One line for `tare detect`: what it looks for. */
	readonly looksFor: string;
	/** What a user may ask for beyond the safe defaults, by name, with what it does. */
	readonly optimizations?: Readonly<Record<string, string>>;
	/** Schema of the builder's own section of the configuration, under the key of its id. */
	readonly settings?: SettingsSchema;
	/** True when its files often only help an app of another language (assets): where both are found, the other is built. */
	readonly yields?: boolean;
	/** The folder to read in place of `dir`, where the app is one package of a repository that is installed and built from its root. */
	rootOf?(dir: string): Promise<string | undefined>;
	/** Why `dir`, which has no such root, is built alone although it is in a repository of several packages; the plan says it. */
	apart?(dir: string): Promise<Reason | undefined>;
	/** One of the user's own: where it finds something to build, the others are not asked. */
	readonly custom?: boolean;
	/** False where a project has no programs that `--main` could name. */
	readonly takesMain?: false;
	/** Makes an image of several programs, one of which it starts. */
	readonly severalPrograms?: boolean;
	/** `build` may run for several platforms at once: what they would both write is in `tools.once` or `tools.alone`. Else they are built one by one. */
	readonly sideBySide?: boolean;
	/** Never chosen by what the folder holds: only where the user asks for it. */
	readonly byName?: boolean;
	/** Pure: asks the index only. @throws TareError MANIFEST_INVALID */
	detect(source: FileIndex): Promise<Detection | undefined>;
	/** Pure. @throws TareError NO_START | START_UNSUPPORTED | LOCKFILE_OUTDATED | ... */
	plan(detection: Detection, request: PlanRequest): Promise<BuildPlan>;
	/** The apps of a repository of several packages or programs. Pure. @throws TareError MANIFEST_INVALID */
	apps?(request: PlanRequest): Promise<readonly AppTarget[]>;
	inputs(plan: BuildPlan): InputSet;
	build(plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<AppContent>;
	/** Makes the choices that the lock keeps (`Toolchain.choose`), and builds nothing: what `tare update` asks for. */
	choose?(plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<void>;
}
