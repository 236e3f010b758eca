/** `run` of the API: a folder is built, an image is found, and what works on this machine runs it. */
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Host, readHost } from '../config/host.js';
import { stopIfAborted, TareError } from '../errors.js';
import { type Listener, phase } from '../events.js';
import { selectPlatform } from '../image/select.js';
import type { Image } from '../image/types.js';
import type { RunningOptions, RunResult } from '../index.js';
import { formatPlatform, parsePlatform } from '../oci/platform.js';
import type { RunOptions } from '../open-context.js';
import { execWith } from '../run/child.js';
import { chooseRunner } from '../run/choose.js';
import { ready } from '../run/container.js';
import type { Container, Launch, RunHost } from '../run/contract.js';
import { checkRunnable } from '../run/emulation.js';
import { publish } from '../run/publish.js';
import { type Reaper, startReaper } from '../run/reaper.js';
import { openRoot } from '../run/root.js';
import { start } from '../run/running.js';
import { build, removeScratch } from './build.js';
import { findImage } from './find-image.js';
import { type HostContext, withHost } from './open-host.js';

const GRACE_S = 10;
/** Options that say what is built. */
const DECIDES = ['builder', 'start', 'process', 'main', 'entrypoint', 'runtime', 'base', 'debian', 'packages', 'optimize', 'writable'] as const;

export async function run(options: RunningOptions, on: RunOptions): Promise<RunResult> {
	stopIfAborted(on.signal);
	const host = readHost();
	const reaper = await startReaper();
	try {
		await reaper.undo(removeScratch(host), 'killed');
		const source = isSource(options.target, host);
		if (!source) refuseBuildOptions(options);
		const target = source ? await builtImage(options, host, on) : (options.target as string);
		return await withHost({ insecure: options.insecure, offline: options.build?.offline }, on, (context) => runImage(target, options, context, reaper));
	} finally {
		await reaper.end();
	}
}

/** Silently, another process than the one that was asked for would start. @throws TareError USAGE */
function refuseBuildOptions({ target, build: options = {} }: RunningOptions): void {
	const given = DECIDES.find((name) => options[name] !== undefined);
	if (given === undefined) return;
	throw new TareError('USAGE', `${target} is an image: what it is made of is decided already, "${given}" among it`, {
		hint: 'Name the folder to build it anew.',
	});
}

/** A folder that is no image layout, or a file that is no archive. */
function isSource(target: string | undefined, { cwd }: Host): boolean {
	const path = resolve(cwd, target ?? '.');
	const there = statSync(path, { throwIfNoEntry: false });
	if (there?.isDirectory() === true) return !existsSync(join(path, 'oci-layout'));
	if (there?.isFile() === true) return !path.endsWith('.tar');
	// It looks like a path: the build says that it is missing.
	return target === undefined || /^\.{0,2}\//.test(target);
}

async function builtImage({ target, build: options, platform }: RunningOptions, host: Host, on: RunOptions): Promise<string> {
	const { reference } = await build({ ...options, dir: target ?? options?.dir, platforms: [formatPlatform(platformOf(platform, host))] }, on);
	return reference;
}

function platformOf(text: string | undefined, { platform }: Host) {
	return text === undefined ? { os: 'linux', architecture: platform.architecture } : parsePlatform(text);
}

async function runImage(target: string, options: RunningOptions, context: HostContext, reaper: Reaper): Promise<RunResult> {
	const { host, emit, signal, store } = context;
	if (!store.root.startsWith(host.storeRoot)) await reaper.undo(['rm', '-rf', '--', store.root], 'killed');
	const own = selectPlatform((await findImage(target, host, context)).image, platformOf(options.platform, host), target);
	const runHost: RunHost = {
		exec: execWith(reaper, host.env, signal),
		uid: process.getuid?.(),
		os: host.platform.os,
		temporary: host.temporary,
		root: (container, how) => unpacked(container, how, context),
	};
	const { runner, because } = await chooseRunner(options.runner ?? 'auto', runHost);
	if (runner.network === 'host') checkRunnable(own.platform, host.platform, target);
	const image = options.debug === true ? await (await import('../run/debug.js')).withShell(own, context.bases) : own;
	const scratch = await store.scratch('run');
	await reaper.undo(['rm', '-rf', '--', scratch.path]);
	const id = `tare-run-${randomBytes(6).toString('hex')}`;
	const container = await ready({ id, image, scratch: scratch.path, network: runner.network }, options, host);
	const launch = await runner.prepare(container, runHost, (argv, how) => reaper.undo(argv, how));
	throwIfAborted(signal);
	sayStart(own, container, runner.name, because, emit);
	const began = performance.now();
	const exitCode = await follow(launch, container, runner.network, options, context, reaper);
	const { digest } = own.manifest.descriptor;
	return { exitCode, runner: runner.name, platform: formatPlatform(image.platform), digest, ms: Math.round(performance.now() - began) };
}

/** From the app's start to its end. @returns its exit code */
async function follow(
	launch: Launch,
	container: Container,
	network: 'host' | 'own',
	options: RunningOptions,
	{ host, emit, signal }: HostContext,
	reaper: Reaper,
) {
	const { output = 'inherit', grace = GRACE_S } = options;
	const stopSignal = container.image.config.value.config?.StopSignal;
	const published = publish(container.ports, network, emit);
	try {
		const running = await start(launch, container, { output, stopSignal, graceMs: grace * 1000, env: host.env, emit }, reaper);
		const abort = (): void => running.stop('SIGTERM');
		signal?.addEventListener('abort', abort, { once: true });
		if (signal?.aborted === true) abort();
		options.onStart?.({ stop: running.stop });
		return await running.ended.finally(() => signal?.removeEventListener('abort', abort));
	} finally {
		published.close();
	}
}

function sayStart({ manifest }: Image, { main: { argv } }: Container, runner: string, because: readonly string[], emit: Listener): void {
	const isContainer = runner !== 'host';
	if (isContainer && because.length > 0) emit({ type: 'note', says: `not used: ${because.join('; ')}` });
	const digest = manifest.descriptor.digest.slice(0, 19);
	emit({ type: 'app-start', runner, says: `${argv.join(' ')} with ${isContainer ? runner : 'no container'}, ${digest}` });
	if (isContainer) return;
	emit({
		type: 'warning',
		says: 'no container: the app is a process of this machine, and sees its files, processes and network',
		hint: because.length > 0 ? `Not used: ${because.join('; ')}.` : 'Without --runner host, a container is used where one can be made.',
	});
}

function throwIfAborted(signal: AbortSignal | undefined): void {
	if (signal?.aborted === true) throw new TareError('CANCELLED', 'the run was interrupted');
}

function unpacked(container: Container, { owners, at }: { readonly owners: boolean; readonly at?: string }, { emit, store }: HostContext) {
	const { image, temporary, volumes } = container;
	const isFile = ({ from }: Container['volumes'][number]): boolean => !statSync(from).isDirectory();
	const options = {
		owners,
		folders: [...temporary, ...volumes.filter((volume) => !isFile(volume)).map(({ to }) => to)],
		files: volumes.filter(isFile).map(({ to }) => to),
		...(at !== undefined && { at }),
	};
	return openRoot(image, options, store, (work) => phase(emit, 'run', 'unpack the image', work));
}
