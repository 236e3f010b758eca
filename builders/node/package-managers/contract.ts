/** What differs between the package managers: their lock files, commands and the traces they leave. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest, PackageJson } from '../manifest.js';
import type { Way } from './foreign.js';
import type { PlatformLimits } from './platforms.js';
import type { WantedTool } from './wanted.js';

export interface InstallCommand {
	/** Words after the tool's own name. */
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** The manifests have to lose their development dependencies first: the tool has no other way to leave them out. */
	readonly stripsDevelopment?: boolean;
	/** The tool installs for every package of a workspace it sees: it is shown those that the app needs. */
	readonly wholeWorkspace?: boolean;
	/** The tool installs for the root with its manifest cut down to what the app imports. */
	readonly picksFromRoot?: boolean;
	/** OCI architecture to install for, and how that is done where it is not the host's. */
	readonly target?: { readonly architecture: string; readonly way: Way };
}

export interface LockFacts {
	readonly file: string;
	/** True when a package brings an install script: a compiler may be needed. */
	readonly hasInstallScripts: boolean;
	/** Path of a root package's binary inside `node_modules`, by command name; empty where the lock file does not say. */
	readonly bins: Readonly<Record<string, string>>;
	/** Production packages, for the list of contents. */
	readonly packages: readonly LockedPackage[];
}

export interface LockedPackage extends PlatformLimits {
	readonly name: string;
	readonly version: string;
}

/** What an adapter may ask to choose the tool's version. */
export interface VersionQuestion {
	readonly source: FileIndex;
	readonly manifest: Manifest;
	readonly lock: string | undefined;
	/** The range of Node versions the tool has to run on. */
	readonly node: string;
	/** What the project says of this tool. */
	readonly wanted: readonly WantedTool[];
}

export interface ToolChoice {
	readonly range: string;
	readonly reason: Reason;
	/** The npm package that has this version, where it is not the usual one. */
	readonly tool?: string;
	/** The tool is a file of the project. */
	readonly file?: string;
	readonly warnings?: readonly Reason[];
}

export interface InstallTarget {
	/** OCI name. */
	readonly architecture: string;
	/** Workspace folder of the only package to install for, with what it depends on. */
	readonly workspace?: string;
	/** What the root of the repository depends on is installed, too. */
	readonly withRoot?: boolean;
}

/** `lock` is the lock file's name, or undefined where the project has none. */
export interface InstallQuestion {
	readonly lock: string | undefined;
	readonly source: FileIndex;
	/** The manifest at the root of the project. */
	readonly root: PackageJson;
	/** Of the tool: exact while building, a range in a plan. */
	readonly version: string;
}

export interface PackageManager {
	/** `npm`, `pnpm`, `yarn`, `yarn-berry`, `bun`. */
	readonly id: string;
	/** The program's name on PATH: the word that scripts and people use. */
	readonly program: string;
	/** The npm package of the tool, or the name of a runtime that is the tool. */
	readonly tool: string;
	/** The tool is a program of its own, and not one for Node. */
	readonly isRuntime?: boolean;
	/** Lock files in order of preference. */
	readonly lockFiles: readonly string[];
	/** True for files beside the manifests that an install reads. */
	reads(path: string): boolean;
	/** @throws TareError MANIFEST_INVALID */
	version(question: VersionQuestion): ToolChoice;
	/** Where the tool's package has the node-gyp that it would run. */
	readonly gyp?: string;
	/** @throws TareError MANIFEST_INVALID | LOCKFILE_OUTDATED */
	readLock(source: FileIndex, file: string, manifest: Manifest): LockFacts;
	/** The lock file's text as the install should see it, where that differs. @param registry URL with a slash at the end */
	localise?(text: string, registry: string): string;
	/** What the tool may see of a file that tells it to download another tool or runtime. @param path below the root */
	settle?(path: string, text: string): string;
	/** All dependencies, to build with. */
	installAll(question: InstallQuestion): InstallCommand;
	/** Production dependencies only, for the platform. */
	installProduction(question: InstallQuestion, target: InstallTarget): InstallCommand;
	/** Where the tool keeps downloaded packages, given a folder for it; npm has its own place in the user's configuration. */
	cache?(folder: string): Readonly<Record<string, string>>;
	/** Variables for everything that the tool runs. */
	readonly env: Readonly<Record<string, string>>;
	runScript(name: string): readonly string[];
	/** Files beside node_modules that the tool wants to find before it runs a script. */
	readonly state: readonly string[];
	/** True for the tool's own traces in node_modules that say where and when it ran. */
	isTrace(path: string): boolean;
	/** True when the failed install says that lock file and manifest disagree. */
	saysOutdated(output: string): boolean;
}
