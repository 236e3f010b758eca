/**
 * Leaves nothing behind, however Tare ends. A shell in a session of its own waits for its standard input to end, which the kernel does
 * when Tare is gone, killed or not; then it undoes what it was told of, the last first. There is no other way of cleaning up: what a kill
 * relies on is what every run uses.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';

export interface Reaper {
	/**
	 * Tells of a command that undoes what is about to be done; resolves when no kill can make it forgotten.
	 * @param how `again`: where it fails after a kill, it is tried for two seconds, as something may still be on its way; `killed`: only after a kill;
	 * `patiently`: tried until it succeeds, then the end of the process that the first word names is waited for; about twenty seconds in all
	 * @returns makes it forgotten
	 */
	undo(argv: readonly string[], how?: 'again' | 'killed' | 'patiently'): Promise<() => void>;
	/** Undoes all that was told, once; resolves when it is done. */
	end(): Promise<void>;
}

/** Lines are `+ NUMBER COMMAND`, `- NUMBER` or `.`, the last of an orderly end. */
const SCRIPT = `
trap '' HUP INT QUIT TERM
again() { tries=0; until "$@" || [ "$orderly$tries" -ge 40 ]; do tries=$((tries + 1)); sleep 0.05; done; }
patiently() {
	child=$1 tries=0; shift
	until "$@" || ! kill -0 "$child" || [ "$tries" -ge 200 ]; do tries=$((tries + 1)); sleep 0.1; done
	while kill -0 "$child" && [ "$tries" -lt 200 ]; do tries=$((tries + 1)); sleep 0.1; done
}
killed() { [ -n "$orderly" ] || "$@"; }
orderly= last=0
while read -r what number command; do
	case $what in
	+) eval "undo_$number=\\$command"; last=$number ;;
	-) unset "undo_$number" ;;
	.) orderly=9 ;;
	esac
done
while [ "$last" -gt 0 ]; do
	eval "command=\\\${undo_$last-}"
	eval "$command"
	last=$((last - 1))
done`;

/** @throws TareError RUNNER_MISSING where there is no shell */
export async function startReaper(): Promise<Reaper> {
	const told = new Map<number, string>();
	let count = 0;
	let shell = await startShell();
	const say = (line: string): Promise<void> => new Promise((resolve) => shell.stdin?.write(`${line}\n`, () => resolve()));
	const end = async (): Promise<void> => {
		if (shell.exitCode !== null || shell.signalCode !== null) {
			// Somebody has killed it.
			shell = await startShell();
			for (const [number, command] of told) await say(`+ ${number} ${command}`);
		}
		const ended = new Promise((resolve) => shell.once('exit', resolve));
		shell.stdin?.end('.\n');
		await ended;
	};
	let ending: Promise<void> | undefined;
	return {
		async undo(argv, how) {
			const number = ++count;
			const command = `${how ?? ''} ${argv.map(quoted).join(' ')}`;
			told.set(number, command);
			await say(`+ ${number} ${command}`);
			return () => {
				told.delete(number);
				void say(`- ${number}`);
			};
		},
		end() {
			ending ??= end();
			return ending;
		},
	};
}

export interface ReapedSteps {
	readonly listener: Listener;
	/** Resolves when nothing is left to undo. */
	end(): Promise<void>;
}

/**
 * Build steps end with Tare, and what they work in goes with them. The shell is started with the first step; a build without steps has none.
 * @param scratch removed after a kill: a command
 */
export function reapSteps(scratch: readonly string[], onEvent: Listener | undefined): ReapedSteps {
	let reaper: Promise<Reaper | undefined> | undefined;
	const steps = new Map<string, Promise<(() => void) | undefined>>();
	const begin = async (): Promise<Reaper | undefined> => {
		try {
			const started = await startReaper();
			await started.undo(scratch, 'killed');
			return started;
		} catch {
			// Without a shell a build works as well; only a kill leaves its steps.
			return undefined;
		}
	};
	const listener: Listener = (event) => {
		if (event.type === 'step-start' && event.group !== undefined) {
			reaper ??= begin();
			const { group } = event;
			steps.set(
				event.step,
				reaper.then((one) => one?.undo(['kill', '-s', 'KILL', '--', `-${group}`], 'killed')),
			);
		}
		if (event.type === 'step-end') void steps.get(event.step)?.then((forget) => forget?.());
		onEvent?.(event);
	};
	return {
		listener,
		async end() {
			await (await reaper)?.end();
		},
	};
}

function startShell(): Promise<ChildProcess> {
	return new Promise((resolve, reject) => {
		const shell = spawn('/bin/sh', ['-c', SCRIPT, 'tare-reaper'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
		// A write to a killed one: `end` sees to it.
		shell.stdin?.on('error', () => undefined);
		shell.once('spawn', () => resolve(shell));
		shell.once('error', (cause) => reject(new TareError('RUNNER_MISSING', `/bin/sh cannot be started: ${cause.message}`, { cause })));
	});
}

function quoted(word: string): string {
	if (word.includes('\n')) throw new TareError('USAGE', `a path with a line break cannot be used: ${JSON.stringify(word)}`);
	return `'${word.replaceAll("'", `'\\''`)}'`;
}
