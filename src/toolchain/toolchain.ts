/** The toolchain that builders get: scratch folders that live as long as the build, locked tools, commands. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { DebianSet } from '../bases/contract.js';
import { type Listener, labelled } from '../events.js';
import { createGate, type Gate } from '../gate.js';
import type { Platform } from '../oci/types.js';
import type { FileIndex } from '../source/file-index.js';
import type { Fingerprint } from '../source/fingerprint.js';
import type { IgnoreRules } from '../source/ignore.js';
import type { ScratchDirectory, Store } from '../store/contract.js';
import { freshStore } from '../store/fresh.js';
import type { Choices } from './choices.js';
import type { Command, CommandResult, InstalledRuntime, Toolchain } from './contract.js';
import { passedOn, stepEnvironment } from './environment.js';
import { type KeptPlace, keptFile } from './kept-file.js';
import { type KeptSource, openKeptSource } from './kept-source.js';
import { runCommand } from './run.js';
import { stableDirectory } from './stable-directory.js';
import { copySource } from './workspace.js';

/** The locked tools, wherever they come from. */
export interface ToolSource {
	runtime(name: string, architecture?: string): Promise<InstalledRuntime>;
	hostBase(): Promise<string>;
	packages(sets: readonly DebianSet[], architecture: string): Promise<string>;
	tool(name: string): Promise<string>;
	runtimeVersion(name: string): string;
	toolVersion(name: string): string;
}

export interface ToolchainOptions {
	readonly source: FileIndex;
	/** Folder of the app below the source's root: several apps of one source may be built at once. */
	readonly app: string;
	readonly kept: KeptPlace;
	readonly rules: IgnoreRules;
	readonly fingerprint: Fingerprint;
	readonly store: Store;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	readonly fresh: boolean;
	readonly offline: boolean;
	readonly platforms: readonly Platform[];
	readonly host: Platform;
	readonly hostEnv: Readonly<Record<string, string | undefined>>;
	readonly secretEnv: Readonly<Record<string, string>>;
	readonly secretFiles: Readonly<Record<string, string>>;
	/** The user's package manager configuration: where its files lie, and tokens to mask in output. */
	packageManager(): Promise<{ readonly env: Readonly<Record<string, string>>; readonly secrets: readonly string[]; readonly registry: string }>;
	readonly epoch: number;
	readonly timeoutMs: number;
	readonly tools: ToolSource;
	readonly choices: Choices;
}

export interface DisposableToolchain extends Toolchain {
	/** What the lock has to keep. */
	readonly choices: Choices;
	/** The same for one platform of several: events of its steps say which. */
	labelled(platform: string): Toolchain;
	dispose(): Promise<void>;
}

export function createToolchain(options: ToolchainOptions): DisposableToolchain {
	const { source, rules, fingerprint, emit, signal, host, secretFiles, tools, choices } = options;
	const scratches: ScratchDirectory[] = [];
	const memo = new Map<string, Promise<unknown>>();
	let kept: KeptSource | undefined;
	const scratch = async (label: string): Promise<string> => {
		const directory = await options.store.scratch(label);
		scratches.push(directory);
		return directory.path;
	};
	const store = options.fresh ? freshStore(options.store, scratch) : options.store;
	const once = <T>(key: string, work: () => Promise<T>): Promise<T> => {
		const known = memo.get(key) as Promise<T> | undefined;
		if (known !== undefined) return known;
		const made = work();
		memo.set(key, made);
		return made;
	};
	const gates = new Map<string, Gate>();
	const alone = <T>(key: string, work: () => Promise<T>): Promise<T> => {
		const gate = gates.get(key) ?? createGate(1);
		gates.set(key, gate);
		return gate(work);
	};
	/** pnpm 11 and bun look for the user's npm configuration in the home folder only. */
	const homeFor = async (npmrc: string | undefined): Promise<string> => {
		const home = await scratch('home');
		if (npmrc !== undefined && existsSync(npmrc)) symlinkSync(npmrc, join(home, '.npmrc'));
		return home;
	};
	const environment = () =>
		once('environment', async () =>
			stepEnvironment({
				host: options.hostEnv,
				home: await homeFor((await options.packageManager()).env.npm_config_userconfig),
				tmp: await scratch('tmp'),
				epoch: options.epoch,
				secrets: options.secretEnv,
				extra: (await options.packageManager()).env,
			}),
		);
	const secrets = async () => [...Object.values(options.secretEnv), ...(await options.packageManager()).secrets];
	const stableFolder = (name: string) =>
		stableDirectory(name, {
			signal,
			onWait: () => emit({ type: 'note', says: 'another build of the same source is under way: waiting for it' }),
			onForeign: (path) =>
				emit({
					type: 'warning',
					says: `another user of this machine has ${path}: this build runs in another folder`,
					hint: 'A result that holds the path of its folder differs. Build again when the other build has ended.',
				}),
		});
	const place = () =>
		once('place', async () => {
			const stable = await stableFolder(
				[fingerprint.digest.replace(/^.*:/, '').slice(0, 16), ...options.app.split('/').filter((part) => part !== '')].join('-'),
			);
			if (stable !== undefined) scratches.push(stable);
			return stable?.path ?? (await scratch('workspace'));
		});
	const within = async (name: string): Promise<string> => {
		const dir = join(await place(), name);
		mkdirSync(dir);
		return dir;
	};
	const runWith =
		(listener: Listener) =>
		async (command: Command): Promise<CommandResult> => {
			const env = { ...(await environment()), ...passedOn(options.hostEnv, command.passes ?? []) };
			return runCommand(command, { env, secrets: await secrets(), emit: listener, signal, timeoutMs: options.timeoutMs });
		};
	const toolchain: Toolchain = {
		source,
		rules,
		store,
		emit,
		signal,
		fresh: options.fresh,
		offline: options.offline,
		platforms: options.platforms,
		host,
		secretFiles,
		scratch,
		fixed: async (name) => {
			const stable = await stableFolder(name);
			if (stable === undefined) return scratch(name);
			scratches.push(stable);
			const dir = join(stable.path, 'app');
			mkdirSync(dir);
			return dir;
		},
		kept: (name, make) => once(`kept:${name}`, () => keptFile(name, make, options.kept)),
		epoch: options.epoch,
		once,
		alone,
		contentHash: fingerprint.hashOf,
		workspace: () =>
			once('workspace', async () => {
				const dir = await within('app');
				await copySource(source, source.files, dir);
				return dir;
			}),
		keptWorkspace: () =>
			once('workspace', async () => {
				const dir = join(await place(), 'app');
				kept = await openKeptSource({ source, hashOf: fingerprint.hashOf, store, dir });
				return dir;
			}),
		stage: () => once('stage', () => within('stage')),
		run: runWith(emit),
		choose: choices.choose,
		passed: (names) => passedOn(options.hostEnv, names),
		// Looked at again at every call: a build script may have changed it.
		runtime: (name, architecture = host.architecture) => alone('tools', () => tools.runtime(name, architecture)),
		hostBase: () => once('host-base', tools.hostBase),
		packages: (sets, architecture) => once(`packages:${sets.join()}:${architecture}`, () => tools.packages(sets, architecture)),
		tool: (name) => alone('tools', () => tools.tool(name)),
		packageRegistry: async () => (await options.packageManager()).registry,
		runtimeVersion: tools.runtimeVersion,
		toolVersion: tools.toolVersion,
	};
	return {
		...toolchain,
		choices,
		labelled: (platform) => {
			const listener = labelled(emit, platform);
			return { ...toolchain, emit: listener, run: runWith(listener) };
		},
		dispose: async () => {
			await kept?.giveBack();
			await Promise.all(scratches.map((directory) => directory.dispose()));
		},
	};
}
