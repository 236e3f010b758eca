/** The start command of a compiled program, from `--start` or the Procfile: words without a shell, and where they stand. */
import { TareError } from '../errors.js';
import { parseCommandLine } from './command-line.js';
import type { PlanRequest, Reason } from './contract.js';
import { parseProcfile } from './procfile.js';

export interface StartCommand {
	readonly words: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly reason: Reason;
}

/** @param programs that a process type may name without a Procfile @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function readStartCommand({ source, start, process }: PlanRequest, programs: readonly string[]): StartCommand | undefined {
	if (start !== undefined) return parsed(start, { says: `asked to start with: ${start}` });
	const text = source.text('Procfile');
	const entries = text === undefined ? [] : parseProcfile(text);
	const entry = entries.find(({ type }) => type === (process ?? 'web'));
	if (entry !== undefined) return parsed(entry.command, { file: 'Procfile', line: entry.line, says: `process "${entry.type}": ${entry.command}` });
	if (process === undefined || process === 'web') return undefined;
	if (programs.includes(process)) return { words: [process], env: {}, reason: { says: `process "${process}"` } };
	const types = [...entries.map(({ type }) => type), ...programs];
	throw new TareError('NO_START', `there is no process type or program "${process}"`, { hint: `There are: ${types.join(', ')}.`, data: { types } });
}

function parsed(line: string, reason: Reason): StartCommand {
	const result = parseCommandLine(line);
	if (result.kind === 'needs-shell') throw unsupportedStart(line, `${result.construct} needs a shell, and the image has none`, reason);
	const [only, ...others] = result.commands.filter(({ words }) => words.length > 0);
	if (only === undefined || others.length > 0) throw unsupportedStart(line, only === undefined ? 'it names no program' : 'it is several commands', reason);
	return { ...only, reason };
}

export function unsupportedStart(line: string, why: string, { file, line: at }: Reason): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${line}": ${why}`, {
		hint: 'Write the command as one program with fixed arguments, for example "web: server --verbose", and read variables such as PORT in the program.',
		...(file !== undefined && { at: { file, ...(at !== undefined && { line: at }) } }),
	});
}
