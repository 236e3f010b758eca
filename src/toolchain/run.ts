/** Runs one command of the build: declared environment, streamed lines, secrets masked, the whole process group ended on cancel. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { errno, redact, TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { eachLine } from '../lines.js';
import type { Command, CommandResult } from './contract.js';

export interface RunOptions {
	/** The complete environment of the child, without PATH's additions. */
	readonly env: Readonly<Record<string, string>>;
	readonly secrets: readonly string[];
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	readonly timeoutMs: number;
}

const TAIL_LINES = 240;
/** What is shown of a line, in characters. */
const LINE_LIMIT = 4096;
/** A cancelled build ends within two seconds. */
const [KILL_AFTER_MS, LEAVE_AFTER_MS] = [1000, 1300];

/** @throws TareError TOOL_MISSING | BUILD_TIMEOUT | CANCELLED; a failing command is a result, not an error */
export async function runCommand(command: Command, options: RunOptions): Promise<CommandResult> {
	const { emit, signal } = options;
	if (signal?.aborted === true) throw cancelled();
	const began = performance.now();
	const env = childEnvironment(command, options.env);
	const mask = masker(options.secrets);
	const tail: string[] = [];
	const output = command.output === undefined ? undefined : openSync(command.output, 'w');
	const child = spawn(command.argv[0] ?? '', command.argv.slice(1), { cwd: command.cwd, env, stdio: ['ignore', output ?? 'pipe', 'pipe'], detached: true });
	emit({ type: 'step-start', step: command.step, command: mask(command.argv.join(' ')), ...(child.pid !== undefined && { group: child.pid }) });
	if (output !== undefined) closeSync(output);
	for (const stream of ['stdout', 'stderr'] as const) {
		const onLine = (raw: string): void => {
			command.onLine?.(raw);
			// Masked before it is cut: half a secret is one, too.
			const line = mask(raw).slice(0, LINE_LIMIT);
			tail.push(line);
			if (tail.length > TAIL_LINES) tail.shift();
			emit({ type: 'step-output', step: command.step, stream, line });
		};
		eachLine(child[stream], onLine, mask);
	}
	const ended = new AbortController();
	void command.until?.(ended.signal).then(
		() => killGroup(child, 'SIGTERM'),
		() => undefined,
	);
	const exitCode = await exitOf(child, command, options).finally(() => ended.abort());
	emit({ type: 'step-end', step: command.step, ms: performance.now() - began, exitCode });
	return { exitCode, tail: tail.join('\n') };
}

type Child = ReturnType<typeof spawn>;

function exitOf(child: Child, command: Command, { signal, timeoutMs }: RunOptions): Promise<number> {
	return new Promise((resolve, reject) => {
		let ended: TareError | undefined;
		const stop = (why: TareError): void => {
			ended ??= why;
			killGroup(child, 'SIGTERM');
			setTimeout(() => killGroup(child, 'SIGKILL'), KILL_AFTER_MS).unref();
			// A grandchild in a session of its own holds the output open, and must not hold the build.
			setTimeout(() => leave(why), LEAVE_AFTER_MS).unref();
		};
		const leave = (why: TareError): void => {
			done();
			child.stdout?.destroy();
			child.stderr?.destroy();
			reject(why);
		};
		const onAbort = (): void => stop(cancelled());
		const timer = setTimeout(() => stop(timeout(command, timeoutMs)), timeoutMs);
		signal?.addEventListener('abort', onAbort, { once: true });
		const done = (): void => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
		};
		child.once('error', (cause) => {
			done();
			reject(missing(command, cause));
		});
		child.once('close', (code, name) => {
			done();
			// Grandchildren that outlive the step would keep files of the workspace open.
			killGroup(child, 'SIGKILL');
			if (ended === undefined) resolve(code ?? 128 + (name === 'SIGKILL' ? 9 : 15));
			else reject(ended);
		});
	});
}

function killGroup(child: Child, name: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, name);
	} catch {
		// The group is gone.
	}
}

function childEnvironment(command: Command, base: Readonly<Record<string, string>>): Record<string, string> {
	const path = [...(command.path ?? []), base.PATH ?? ''].filter((part) => part !== '').join(':');
	return { ...base, ...command.env, PATH: path };
}

/** Shorter ones would hide half of the output. */
const SHORTEST = 4;

/** Output comes line by line, and so do secrets of several lines; programs also quote them as JSON or put them into URLs. */
export function masker(secrets: readonly string[]): (line: string) => string {
	const lines = secrets.flatMap((secret) => [secret, ...secret.split(/\r\n|\n|\r/)]).map((line) => line.trim());
	const spellings = lines.flatMap((line) => [line, JSON.stringify(line).slice(1, -1), encodeURIComponent(Buffer.from(line).toString())]);
	const values = [...new Set(spellings)].filter((secret) => secret.length >= SHORTEST).sort((a, b) => b.length - a.length);
	return (line) => redact(values.reduce((text, secret) => text.replaceAll(secret, '***'), line));
}

function cancelled(): TareError {
	return new TareError('CANCELLED', 'the build was interrupted');
}

function timeout(command: Command, timeoutMs: number): TareError {
	return new TareError('BUILD_TIMEOUT', `the step "${command.step}" took longer than ${timeoutMs / 1000} seconds`, {
		hint: 'Allow more with --timeout SECONDS, or see with --verbose where it waits.',
	});
}

function missing(command: Command, cause: Error): TareError {
	const [program = ''] = command.argv;
	if (errno(cause) !== 'ENOENT') return new TareError('BUILD_FAILED', `${program} cannot be started: ${cause.message}`, { cause });
	return new TareError('TOOL_MISSING', `${program} is needed for the step "${command.step}" but is not installed`, {
		hint: `Install ${program}, or name another command in package.json.`,
		cause,
	});
}
