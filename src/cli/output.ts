/** Standard output carries results only; everything else goes to standard error. */
import { EXIT, TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { formatFailure } from '../ui/failure.js';
import { jsonReporter } from '../ui/json.js';
import { plainReporter } from '../ui/plain.js';
import type { Reporter, Sink } from '../ui/reporter.js';
import { createStyle, type Style } from '../ui/style.js';
import { terminalReporter } from '../ui/terminal.js';

/** Flags that every command has. */
export interface OutputFlags {
	readonly json?: boolean;
	readonly quiet?: boolean;
	readonly verbose?: boolean;
	readonly httpTrace?: boolean;
}

const stderr: Sink = {
	write: (text) => process.stderr.write(text),
	get columns() {
		return process.stderr.columns ?? 80;
	},
};

/** https://no-color.org and https://force-color.org */
export function styleFor(stream: NodeJS.WriteStream): Style {
	const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
	if (NO_COLOR !== undefined && NO_COLOR !== '') return createStyle(false);
	return createStyle((FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') || (stream.isTTY && TERM !== 'dumb'));
}

export function reporterFor(flags: OutputFlags): Reporter {
	if (flags.json === true) return jsonReporter(stderr);
	const options = { verbose: flags.verbose ?? false, trace: flags.httpTrace ?? false, quiet: flags.quiet ?? false, style: styleFor(process.stderr) };
	const live = process.stderr.isTTY && !options.quiet && !options.verbose && !options.trace && process.env.CI === undefined && process.env.TERM !== 'dumb';
	return live ? terminalReporter(stderr, options) : plainReporter(stderr, options);
}

export function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
	print(JSON.stringify(value, undefined, 2));
}

/** Prints an error and gives its exit code. */
export function fail(error: unknown, flags: OutputFlags): number {
	const exitCode = error instanceof TareError ? error.exitCode : EXIT.internal;
	if (flags.json === true) printJson({ error: describeError(error, exitCode) });
	else process.stderr.write(`${formatFailure(error, styleFor(process.stderr), { verbose: flags.verbose ?? false })}\n`);
	return exitCode;
}

function describeError(error: unknown, exitCode: number): object {
	if (!(error instanceof TareError)) return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), exitCode };
	const { code, message, hint, at, data } = error;
	return { code, message, hint, at, data, exitCode };
}

export interface Session {
	readonly onEvent: Listener;
	readonly signal: AbortSignal;
	/** From now on, signals to end are given to `receive` instead. */
	forward(receive: (signal: NodeJS.Signals) => void): void;
}

/** As shells have it for SIGINT. */
const CANCELLED = 130;
const EXIT_AT_LATEST_MS = 10_000;
const TO_END = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs an API call with a reporter and with Ctrl-C as its abort signal; failures end in an exit code. */
export async function session(flags: OutputFlags, work: (session: Session) => Promise<void>): Promise<void> {
	const reporter = reporterFor(flags);
	const controller = new AbortController();
	// Also the second time: steps and their folders are gone within two seconds, and a harder end would leave them.
	const stop = (): void => {
		controller.abort();
		setTimeout(() => process.exit(CANCELLED), EXIT_AT_LATEST_MS).unref();
	};
	for (const name of TO_END) process.on(name, stop);
	const forward: Session['forward'] = (receive) => {
		for (const name of TO_END) process.off(name, stop);
		for (const name of TO_END) process.on(name, receive);
	};
	try {
		await work({ onEvent: (event) => reporter.on(event), signal: controller.signal, forward });
		reporter.end();
	} catch (error) {
		reporter.end();
		process.exitCode = fail(
			controller.signal.aborted && !(error instanceof TareError) ? new TareError('CANCELLED', 'interrupted', { cause: error }) : error,
			flags,
		);
	} finally {
		for (const name of TO_END) process.removeAllListeners(name);
	}
}
