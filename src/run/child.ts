/** Child processes that end with Tare: none begins before the reaper knows it. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { errno, TareError } from '../errors.js';
import type { Exec } from './contract.js';
import type { Reaper } from './reaper.js';

/** Waits for a line on descriptor 3, so that a process whose parent was killed meanwhile never becomes the program. */
const GATE = 'read -r line <&3 || exit 125; exec 3<&-; exec "$@"';
const GATE_FD = 3;

export interface ChildOptions {
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly cwd?: string;
	/** Whom to become before; without further groups. */
	readonly user?: { readonly uid: number; readonly gid: number };
	/** Descriptors 0, 1, 2, and 4 and following; 3 is the gate's. */
	readonly stdio: readonly [unknown, unknown, unknown, ...unknown[]];
	/** Stays in the session of the terminal, which sends its signals to the program itself. */
	readonly terminal?: boolean;
	/** Ends what the program has begun elsewhere: it is not killed before this has succeeded. `false` waits until the program itself has ended. */
	readonly gently?: readonly string[];
}

export interface Child {
	readonly process: ChildProcess;
	/** Its exit code, 128 and the signal's number where it was killed. */
	readonly exited: Promise<number>;
	/** Nobody writes to its output any more. */
	readonly closed: Promise<unknown>;
}

/** @throws TareError RUNNER_MISSING */
export async function startChild(argv: readonly string[], { stdio, terminal = false, user, gently, ...options }: ChildOptions, reaper: Reaper): Promise<Child> {
	const [stdin, stdout, stderr, ...others] = stdio;
	const child = spawn('/bin/sh', ['-c', GATE, 'tare-run', ...argv], {
		...options,
		...(user !== undefined && { uid: user.uid, gid: user.gid }),
		stdio: [stdin, stdout, stderr, 'pipe', ...others] as SpawnOptions['stdio'],
		detached: !terminal,
	});
	const exited = new Promise<number>((resolve) => child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal))));
	const closed = new Promise((resolve) => child.once('close', resolve));
	await new Promise<void>((resolve, reject) => {
		child.once('spawn', resolve);
		child.once('error', (cause) => reject(new TareError('RUNNER_MISSING', `/bin/sh cannot be started: ${cause.message}`, { cause })));
	});
	const forget = await reaper.undo(['kill', '-s', 'KILL', '--', `${terminal ? '' : '-'}${child.pid}`]);
	const end = gently === undefined ? undefined : await reaper.undo([String(child.pid), ...gently], 'patiently');
	void exited.then(() => {
		end?.();
		// Its number may be another's from now on.
		if (!terminal) killGroup(child);
		forget();
	});
	const gate = child.stdio[GATE_FD] as NodeJS.WritableStream;
	gate.on('error', () => undefined);
	gate.end('\n');
	return { process: child, exited, closed };
}

function killGroup({ pid = 0 }: ChildProcess): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (cause) {
		if (!['ESRCH', 'EPERM'].includes(errno(cause) ?? '')) throw cause;
	}
}

/** As shells have it. */
function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
	return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Runs a program of this machine to its end; exit code 127 where it is not there. */
export function execWith(reaper: Reaper, env: Readonly<Record<string, string | undefined>>, signal: AbortSignal | undefined): Exec {
	return async (argv, { timeoutMs, gently } = {}) => {
		const { process: child, exited } = await startChild(argv, { env, stdio: ['ignore', 'pipe', 'pipe'], gently }, reaper);
		const timer = timeoutMs === undefined ? undefined : setTimeout(() => killGroup(child), timeoutMs);
		const abort = (): void => killGroup(child);
		signal?.addEventListener('abort', abort, { once: true });
		const [exitCode, stdout, stderr] = await Promise.all([exited, textOf(child.stdout), textOf(child.stderr)]);
		clearTimeout(timer);
		signal?.removeEventListener('abort', abort);
		if (signal?.aborted === true) throw new TareError('CANCELLED', 'the run was interrupted');
		return { exitCode, stdout, stderr };
	};
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
	let text = '';
	stream?.setEncoding('utf8');
	for await (const chunk of stream ?? []) text += chunk;
	return text;
}
