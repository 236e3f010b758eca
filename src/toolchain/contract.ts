/** What a builder may use while it builds: a clean copy of the source, locked tools, and a way to run them. */
import type { DebianSet } from '../bases/contract.js';
import type { Listener } from '../events.js';
import type { Platform } from '../oci/types.js';
import type { FileIndex } from '../source/file-index.js';
import type { IgnoreRules } from '../source/ignore.js';
import type { Store } from '../store/contract.js';

/** A command in a declared environment: nothing of the caller's environment but what the toolchain names. */
export interface Command {
	readonly step: string;
	readonly argv: readonly string[];
	/** Absolute. */
	readonly cwd: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Variables of the caller that this program may see: where its caches are, what it fetches from, how it signs in there; `PREFIX*` for a family. */
	readonly passes?: readonly string[];
	/** A file that takes the standard output, where it is data and not for the user. */
	readonly output?: string;
	/** Hears every line as the program writes it, whole and unmasked: for what it says to Tare and not to the user. */
	readonly onLine?: (line: string) => void;
	/** Folders put first on PATH. */
	readonly path?: readonly string[];
	/** For a program that does not end by itself: it gets SIGTERM when this has come true. Not waited for when the program ends before; then the signal is given. */
	readonly until?: (ended: AbortSignal) => Promise<void>;
}

export interface CommandResult {
	readonly exitCode: number;
	/** The last lines of both streams, redacted, for error messages. */
	readonly tail: string;
}

/** An installed runtime for the host: the folder of its binaries and, for native add-ons, of its headers. */
export interface InstalledRuntime {
	readonly version: string;
	readonly bin: string;
	headers(): Promise<string>;
}

/** Something that the project leaves open and tare.lock fixes. */
export interface Choice {
	/** Its key in the lock. */
	readonly name: string;
	/** Everything that the answer depends on; no secret. */
	readonly question: string;
	/** Names whose answers are nearest, where this one has none. */
	readonly like?: readonly string[];
	/** @param before the answer to an earlier question: it should move only where it must */
	make(before: readonly string[]): Promise<readonly string[]>;
}

export interface Toolchain {
	readonly source: FileIndex;
	readonly store: Store;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	/** Nothing that an earlier build has compiled may be used. */
	readonly fresh: boolean;
	/** Nothing may be fetched. */
	readonly offline: boolean;
	/** All that are built, in the order in which the user named them. */
	readonly platforms: readonly Platform[];
	/** The platform the steps run on. */
	readonly host: Platform;
	/** A copy of the source that steps may change; the same folder at every call. */
	workspace(): Promise<string>;
	/** The workspace of a builder whose steps leave the source as it is: kept for the next build, which copies only what has changed. */
	keptWorkspace(): Promise<string>;
	/** An empty folder beside the workspace, whose path is as stable as the workspace's; the same at every call. */
	stage(): Promise<string>;
	/** A new empty folder, gone after the build. */
	scratch(label: string): Promise<string>;
	/** A new empty folder with the same path on every machine, gone after the build; a scratch folder where another build has it. */
	fixed(name: string): Promise<string>;
	/** The text of a file beside tare.lock that is made once and kept from then on. @throws TareError LOCK_FROZEN */
	kept(name: string, make: () => Promise<string>): Promise<string>;
	/** The time of files in layers, in seconds. */
	readonly epoch: number;
	/** Runs `work` once per build, whatever the number of platforms. */
	once<T>(key: string, work: () => Promise<T>): Promise<T>;
	/** Runs `work` while no other platform is in `work` of the same key, in the order of the calls: for a folder or cache that they share. */
	alone<T>(key: string, work: () => Promise<T>): Promise<T>;
	run(command: Command): Promise<CommandResult>;
	/** The lock's answer to the same question, else a new one, which the lock then keeps. @throws TareError LOCK_FROZEN */
	choose(choice: Choice): Promise<readonly string[]>;
	/** What a command that passes these variables would see of them. */
	passed(names: readonly string[]): Readonly<Record<string, string>>;
	/** The runtime of the lock, runnable on the host; with an architecture (OCI name), as it runs there. */
	runtime(name: string, architecture?: string): Promise<InstalledRuntime>;
	/** The packages of the plan's Debian base for the host, unpacked to a folder that stays as it is. */
	hostBase(): Promise<string>;
	/** The packages of these sets alone, which the plan names among `toolSets`, unpacked for an architecture (OCI name); the folder stays as it is. */
	packages(sets: readonly DebianSet[], architecture: string): Promise<string>;
	/** The unpacked folder of a tool of the plan (`npm`). */
	tool(name: string): Promise<string>;
	/** Locked versions. */
	runtimeVersion(name: string): string;
	toolVersion(name: string): string;
	/** The registry of npm packages that the user has configured, with a slash at the end. */
	packageRegistry(): Promise<string>;
	readonly rules: IgnoreRules;
	/** Hex sha256 of a source file, known from the fingerprint. */
	contentHash(path: string): string | undefined;
	/** User files with credentials for a package manager, by id (`npmrc`); never copied. */
	readonly secretFiles: Readonly<Record<string, string>>;
}
