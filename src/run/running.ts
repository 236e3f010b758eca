/** The app while it runs: its output, signals to it, its exit code. */
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { errno, TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { eachLine } from '../lines.js';
import { startChild } from './child.js';
import type { Container, Launch } from './contract.js';
import type { Reaper } from './reaper.js';

export interface RunningOptions {
	/** The app writes to Tare's own output, or its lines become events. */
	readonly output: 'inherit' | 'events';
	/** What the image wants instead of SIGTERM: a name or a number. */
	readonly stopSignal: string | undefined;
	/** From the first signal until the app is killed. */
	readonly graceMs: number;
	/** Of this machine, for the runner. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly emit: Listener;
}

export interface Running {
	/** Forwards a signal; SIGTERM as the image's stop signal. The second, or what is not heeded in time, kills. */
	stop(signal: NodeJS.Signals): void;
	/** The exit code; 128 and the signal's number for a killed app. Nothing is left then. */
	readonly ended: Promise<number>;
}

/** Signals that come together are one: a terminal sends to the whole group, and npx forwards its own. */
const TOGETHER_MS = 400;
const KILLED = 128 + constants.signals.SIGKILL;
const PID_FD = 4;

export async function start(launch: Launch, { terminal, interactive }: Container, options: RunningOptions, reaper: Reaper): Promise<Running> {
	const out = options.output === 'inherit' ? 'inherit' : 'pipe';
	const input = launch.options === undefined ? undefined : openSync(launch.options, 'r');
	const stdio = [terminal || interactive ? 'inherit' : 'ignore', out, out, launch.tellsPid === true ? 'pipe' : 'ignore', input ?? 'ignore'] as const;
	const {
		process: child,
		exited,
		closed,
	} = await startChild(
		launch.argv,
		{ env: launch.env ?? options.env, cwd: launch.cwd ?? '/', user: launch.user, gently: launch.gently, stdio, terminal },
		reaper,
	);
	if (input !== undefined) closeSync(input);
	if (options.output === 'events')
		for (const stream of ['stdout', 'stderr'] as const) eachLine(child[stream], (line) => options.emit({ type: 'app-output', stream, line }));
	let killed = false;
	const kill = async (): Promise<void> => {
		killed = true;
		await reaper.end();
	};
	const ended = exited.then(async (code) => {
		const failure = stopped() ? undefined : launch.failure?.(code);
		await reaper.end();
		await closed;
		if (failure !== undefined)
			throw new TareError('RUN_FAILED', `${launch.argv[0]} cannot start the app: ${failure}`, { hint: 'Another runner may: --runner NAME.' });
		return killed ? KILLED : code;
	});
	const target = launch.tellsPid === true ? appOf(child) : Promise.resolve(child.pid);
	const { stop, stopped } = stopper(target, terminal, kill, options, ended);
	return { ended, stop };
}

function stopper(
	target: Promise<number | undefined>,
	terminal: boolean,
	kill: () => Promise<void>,
	{ stopSignal, graceMs, emit }: RunningOptions,
	ended: Promise<number>,
): Pick<Running, 'stop'> & { stopped(): boolean } {
	let first: number | undefined;
	const stop: Running['stop'] = (signal) => {
		// The terminal has sent it to the app itself.
		if (terminal && signal === 'SIGINT') return;
		const now = performance.now();
		if (first !== undefined) {
			if (now - first > TOGETHER_MS) void kill();
			return;
		}
		first = now;
		void target.then((pid) => send(pid, signal === 'SIGTERM' ? (signalNumber(stopSignal) ?? signal) : signal));
		const timer = setTimeout(() => {
			emit({ type: 'warning', says: `the app has not ended ${graceMs / 1000} seconds after ${signal}: it is killed` });
			void kill();
		}, graceMs);
		const done = (): void => clearTimeout(timer);
		void ended.then(done, done);
	};
	return { stop, stopped: () => first !== undefined };
}

function send(pid: number | undefined, signal: NodeJS.Signals | number): void {
	try {
		if (pid !== undefined) process.kill(pid, signal);
	} catch (cause) {
		if (errno(cause) !== 'ESRCH') throw cause;
	}
}

/** `SIGQUIT`, `QUIT`, `3`, `SIGRTMIN+3` (https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md, StopSignal); undefined where it is none. */
export function signalNumber(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (/^\d+$/.test(text)) return Number(text);
	const name = text.toUpperCase().replace(/^(?:SIG)?/, 'SIG');
	const realTime = /^SIGRTMIN(?:\+(\d+))?$/.exec(name);
	// As the C library counts them: the kernel's first two are its own.
	if (realTime !== null) return 34 + Number(realTime[1] ?? 0);
	return (constants.signals as Readonly<Record<string, number>>)[name];
}

/** The process that the runner has made, as soon as it is the app: before, it would not hear a signal. */
async function appOf(child: ChildProcess): Promise<number | undefined> {
	let text = '';
	const source = child.stdio[PID_FD] as NodeJS.ReadableStream;
	const pid = await new Promise<number | undefined>((resolve) => {
		source.on('data', (chunk) => {
			text += chunk;
			const match = /"child-pid":\s*(\d+)/.exec(text);
			if (match !== null) resolve(Number(match[1]));
		});
		source.once('close', () => resolve(undefined));
	});
	const program = (of: number | undefined): string | undefined => {
		try {
			return readlinkSync(`/proc/${of}/exe`);
		} catch {
			return undefined;
		}
	};
	for (let tries = 0; tries < 400 && [undefined, program(child.pid)].includes(program(pid)); tries++) await delay(5, undefined, { ref: false });
	return pid;
}
