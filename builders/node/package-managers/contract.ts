/** What differs between the package managers: their lock files, commands and the traces they leave. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';

export interface InstallCommand {
	/** Words after the tool's own name. */
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

export interface LockFacts {
	readonly file: string;
	/** True when a package brings an install script: a compiler may be needed. */
	readonly hasInstallScripts: boolean;
	/** True when installed packages are links into the source tree, so that its files decide what is installed. */
	readonly linksSource: boolean;
	/** Path of a root package's binary inside `node_modules`, by command name. */
	readonly bins: Readonly<Record<string, string>>;
	/** Production packages, for the list of contents. */
	readonly packages: readonly { readonly name: string; readonly version: string }[];
}

export interface PackageManager {
	readonly id: string;
	/** Lock files in order of preference. */
	readonly lockFiles: readonly string[];
	/** Files beside package.json that an install reads. */
	readonly configFiles: readonly string[];
	/** Version range of the npm package of the tool itself. @param node the range of Node versions it has to run on */
	version(manifest: Manifest, node: string): { readonly range: string; readonly reason: Reason };
	/** The tool's entry file inside its unpacked package. */
	readonly entry: string;
	/** @throws TareError MANIFEST_INVALID | LOCKFILE_OUTDATED */
	readLock(source: FileIndex, file: string, manifest: Manifest): LockFacts;
	/** All dependencies, to build with. */
	installAll(lock: string | undefined): InstallCommand;
	/** Production dependencies only, for the platform. */
	installProduction(lock: string | undefined, target: { readonly architecture: string }): InstallCommand;
	runScript(name: string): readonly string[];
	/** True for the tool's own traces in node_modules that say where and when it ran. */
	isTrace(path: string): boolean;
	/** True when the failed install says that lock file and manifest disagree. */
	saysOutdated(output: string): boolean;
}
