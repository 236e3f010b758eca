/** The start command of a compiled program, from `--start` or the Procfile: words without a shell, and where they stand. */
import { TareError } from '../errors.js';
import { type CommandLineOptions, parseCommandLine, type SimpleCommand } from './command-line.js';
import type { PlanRequest, Reason } from './contract.js';
import { launched } from './launcher/command.js';
import { parseProcfile, processOf } from './procfile.js';

export interface StartCommand {
	readonly words: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Words or values name variables, `$NAME` or `${NAME:-default}`, which a program has to fill in; a plain $ is then $$. */
	readonly variables: boolean;
	readonly reason: Reason;
}

/** @param programs that a process type may name without a Procfile @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function readStartCommand(
	{ source, start, process }: PlanRequest,
	programs: readonly string[],
	options: CommandLineOptions = {},
): StartCommand | undefined {
	if (start !== undefined) return parseStart(start, { says: `asked to start with: ${start}` }, options);
	const entries = procfileEntries(source);
	const entry = processOf(entries, process ?? 'web');
	if (entry !== undefined) return parseStart(entry.command, { file: 'Procfile', line: entry.line, says: `process "${entry.type}": ${entry.command}` }, options);
	if (process === undefined || process === 'web') return undefined;
	if (programs.includes(process)) return { words: [process], env: {}, variables: false, reason: { says: `process "${process}"` } };
	const types = [...entries.map(({ type }) => type), ...programs];
	throw new TareError('NO_START', `there is no process type or program "${process}"`, { hint: `There are: ${types.join(', ')}.`, data: { types } });
}

/**
 * Every process type of the Procfile that can be started without a shell and is the builder's own.
 * @param toStart throws START_UNSUPPORTED for another language's process @throws TareError MANIFEST_INVALID
 */
export function startsOfProcfile<S extends object>(
	{ source }: Pick<PlanRequest, 'source'>,
	toStart: (command: StartCommand) => S,
): readonly (S & { readonly type: string })[] {
	return procfileEntries(source).flatMap(({ type, command, line }) => {
		try {
			const start = parseStart(command, { file: 'Procfile', line, says: `process "${type}": ${command}` }, { variables: true });
			return [{ ...toStart(start), type }];
		} catch (error) {
			// Its own build will say so.
			if (error instanceof TareError && error.code === 'START_UNSUPPORTED') return [];
			throw error;
		}
	});
}

function procfileEntries(source: PlanRequest['source']) {
	const text = source.text('Procfile');
	return text === undefined ? [] : parseProcfile(text);
}

/** @throws TareError START_UNSUPPORTED */
export function parseStart(line: string, reason: Reason, { variables = false }: CommandLineOptions = {}): StartCommand {
	const result = parseCommandLine(line, { variables });
	if (result.kind === 'needs-shell') throw unsupportedStart(line, `${result.construct} needs a shell, and the image has none`, reason);
	const [only, ...others] = result.commands.filter(({ words }) => words.length > 0);
	if (only === undefined || others.length > 0) throw unsupportedStart(line, only === undefined ? 'it names no program' : 'it is several commands', reason);
	if (!variables) return { ...only, variables, reason };
	if (hasVariable(only.words[0] ?? '')) throw unsupportedStart(line, 'a variable names the program', reason);
	const named = [...only.words, ...Object.values(only.env)].some(hasVariable);
	return { ...(named ? only : plain(only)), variables: named, reason };
}

function hasVariable(text: string): boolean {
	return text.replaceAll('$$', '').includes('$');
}

/** Does the command fill in this variable? */
export function namesVariable({ args, env, variables }: { readonly args: readonly string[] } & Pick<StartCommand, 'env' | 'variables'>, name: string): boolean {
	const pattern = new RegExp(`\\$\\{?${name}(?![A-Za-z0-9_])`);
	return variables && [...args, ...Object.values(env)].some((text) => pattern.test(text.replaceAll('$$', '')));
}

/** Without variables a dollar stands for itself. */
function plain({ words, env }: SimpleCommand): SimpleCommand {
	const single = (text: string): string => text.replaceAll('$$', '$');
	return { words: words.map(single), env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, single(value)])) };
}

/** What the image runs, and the variables that it has for that: those that a launcher sets are none of the image's. */
export function execForm(
	program: string,
	args: readonly string[],
	{ variables, env }: Pick<StartCommand, 'variables' | 'env'>,
): { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> } {
	return variables ? { command: launched({ words: [program, ...args], env }), env: {} } : { command: [program, ...args], env };
}

export function unsupportedStart(line: string, why: string, { file, line: at }: Reason): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${line}": ${why}`, {
		hint: 'Write the command as one program with its arguments, for example "web: server --port $PORT". What needs several commands or a pipe can be a program of the project, or a process type of its own: --process NAME.',
		...(file !== undefined && { at: { file, ...(at !== undefined && { line: at }) } }),
	});
}
