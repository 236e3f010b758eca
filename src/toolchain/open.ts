/** The toolchain of one build: the host, the user's package manager configuration and the locked tools, put together. */
import type { LockFile } from '../bases/lock.js';
import { isNpmRuntime } from '../bases/npm/runtimes.js';
import { installRuntime, installTool } from '../bases/npm/tools.js';
import { openPackages } from '../bases/resolve.js';
import type { BuildPlan } from '../builder/contract.js';
import type { Prepared } from '../builder/prepare.js';
import type { BuildRequest } from '../config/request.js';
import type { Context } from '../context.js';
import { TareError } from '../errors.js';
import type { Fingerprint } from '../source/fingerprint.js';
import { type Choices, createChoices } from './choices.js';
import { createToolchain, type DisposableToolchain, type ToolSource } from './toolchain.js';

export async function openToolchain(
	prepared: Prepared,
	fingerprint: Fingerprint,
	lock: LockFile,
	request: BuildRequest,
	context: Context,
): Promise<DisposableToolchain> {
	const { host, store, emit, signal } = context;
	return createToolchain({
		source: prepared.source,
		app: prepared.app,
		kept: { dir: request.dir, frozen: request.frozen, emit },
		rules: request.rules,
		fingerprint,
		store,
		emit,
		signal,
		fresh: request.fresh,
		offline: request.offline,
		platforms: request.platforms,
		host: host.platform,
		hostEnv: host.env,
		secretEnv: request.secrets.env,
		secretFiles: request.secrets.files,
		packageManager: async () => (runsOnNpm(prepared.plan) ? context.bases.config() : { env: {}, secrets: [], registry: '' }),
		epoch: request.epoch,
		timeoutMs: request.timeoutMs,
		tools: lockedTools(prepared.plan, lock, context),
		choices: createChoices(lock.choices ?? {}, request.frozen),
	});
}

/** The lock with what was chosen while building. */
export function withChoices(lock: LockFile, choices: Choices): LockFile {
	const all = choices.all();
	return Object.keys(all).length === 0 ? lock : { ...lock, choices: all };
}

/** Other languages' tools bring a configuration of their own. */
function runsOnNpm({ steps, runtime, tools }: BuildPlan): boolean {
	return steps.length > 0 && (isNpmRuntime(runtime?.name ?? '') || Object.keys(tools).length > 0);
}

function lockedTools(plan: BuildPlan, lock: LockFile, { host, bases }: Context): ToolSource {
	const runtime = (name: string) => lock.runtimes?.[name] ?? missing(name);
	const tool = (name: string) => lock.tools?.[name] ?? missing(name);
	return {
		runtime: async (name, architecture = host.platform.architecture) => {
			if (host.platform.os !== 'linux')
				throw new TareError('TOOL_MISSING', `build steps run on Linux only so far, this is ${host.platform.os}`, {
					hint: 'Build on Linux, in a Linux VM or in CI.',
				});
			return installRuntime(name, runtime(name), architecture, bases);
		},
		hostBase: () => openPackages(plan, lock, bases),
		packages: (sets, architecture) => openPackages(plan, lock, bases, sets, architecture),
		tool: (name) => installTool(tool(name), bases),
		runtimeVersion: (name) => runtime(name).version,
		toolVersion: (name) => tool(name).version,
	};
}

function missing(name: string): never {
	throw new TareError('LOCK_INVALID', `tare.lock has no ${name}`, { hint: 'Run `tare update`.' });
}
