/** The start command of a compiled program, from `--start` or the Procfile: words without a shell, and where they stand. */
import { TareError } from '../errors.js';
import { parseCommandLine } from './command-line.js';
import type { PlanRequest, Reason } from './contract.js';
import { parseProcfile, processOf } from './procfile.js';

export interface StartCommand {
	readonly words: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly reason: Reason;
	/** $PORT was written out: the container is not asked. */
	readonly warning?: Reason;
}

export interface StartOptions {
	/** The port in place of $PORT, which no shell is there to fill in. */
	readonly port?: string;
}

/** @param programs that a process type may name without a Procfile @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function readStartCommand({ source, start, process }: PlanRequest, programs: readonly string[], options: StartOptions = {}): StartCommand | undefined {
	if (start !== undefined) return parseStart(start, { says: `asked to start with: ${start}` }, options);
	const text = source.text('Procfile');
	const entries = text === undefined ? [] : parseProcfile(text);
	const entry = processOf(entries, process ?? 'web');
	if (entry !== undefined) return parseStart(entry.command, { file: 'Procfile', line: entry.line, says: `process "${entry.type}": ${entry.command}` }, options);
	if (process === undefined || process === 'web') return undefined;
	if (programs.includes(process)) return { words: [process], env: {}, reason: { says: `process "${process}"` } };
	const types = [...entries.map(({ type }) => type), ...programs];
	throw new TareError('NO_START', `there is no process type or program "${process}"`, { hint: `There are: ${types.join(', ')}.`, data: { types } });
}

/** @throws TareError START_UNSUPPORTED */
export function parseStart(line: string, reason: Reason, { port }: StartOptions = {}): StartCommand {
	const filled = port === undefined ? line : withPort(line, port);
	const result = parseCommandLine(filled);
	if (result.kind === 'needs-shell') throw unsupportedStart(line, `${result.construct} needs a shell, and the image has none`, reason);
	const [only, ...others] = result.commands.filter(({ words }) => words.length > 0);
	if (only === undefined || others.length > 0) throw unsupportedStart(line, only === undefined ? 'it names no program' : 'it is several commands', reason);
	if (filled === line) return { ...only, reason };
	const { file } = reason;
	const says = `$PORT in "${line}" is written out as ${port}: there is no shell to ask the container's variable; a program that reads PORT itself can be told another port`;
	return { ...only, env: { PORT: port ?? '', ...only.env }, reason, warning: { ...(file !== undefined && { file }), says } };
}

/** Outside of single quotes, where it is no variable. */
function withPort(line: string, port: string): string {
	return line.replace(/'[^']*'|\\\$|\$(?:PORT\b|\{PORT(?::?-[^}]*)?\})/g, (found) => (/^\$/.test(found) ? port : found));
}

export function unsupportedStart(line: string, why: string, { file, line: at }: Reason): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${line}": ${why}`, {
		hint: 'Write the command as one program with fixed arguments, for example "web: server --verbose", and read variables such as PORT in the program. What needs several commands or a pipe can be a program of the project, or a process type of its own: --process NAME.',
		...(file !== undefined && { at: { file, ...(at !== undefined && { line: at }) } }),
	});
}
