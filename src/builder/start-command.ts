/** The start command of a compiled program, from `--start` or the Procfile: words without a shell, and where they stand. */

import { TareError } from '../errors.js';
import { boundedPattern } from '../source/pattern.js';
import { type CommandLineOptions, parseCommandLine, type SimpleCommand, shortened } from './command-line.js';
import type { PlanRequest, Reason } from './contract.js';
import { launched } from './launcher/command.js';
import { chooseProcess, entryReason, procfileEntries } from './process-choice.js';

export interface StartCommand {
	readonly words: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Words or values name variables, `$NAME` or `${NAME:-default}`, which a program has to fill in; a plain $ is then $$. */
	readonly variables: boolean;
	readonly reason: Reason;
}

/** @param programs that a process type may name without a Procfile @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function readStartCommand(request: PlanRequest, programs: readonly string[], options: CommandLineOptions = {}): StartCommand | undefined {
	const { start } = request;
	if (start !== undefined) return parseStart(start, { says: `asked to start with: ${start}` }, options);
	const choice = chooseProcess(request, { kind: 'program', names: programs });
	if (choice.kind === 'rules') return undefined;
	if (choice.kind === 'own') return { words: [choice.name], env: {}, variables: false, reason: { says: `process "${choice.name}"` } };
	return parseStart(choice.entry.command, choice.reason, options);
}

/**
 * Every process type of the Procfile that can be started without a shell and is the builder's own.
 * @param toStart throws START_UNSUPPORTED for another language's process @throws TareError MANIFEST_INVALID
 */
export function startsOfProcfile<S extends object>(
	{ source, app }: Pick<PlanRequest, 'source' | 'app'>,
	toStart: (command: StartCommand) => S,
): readonly (S & { readonly type: string })[] {
	return procfileEntries(source, app).flatMap((entry) => {
		try {
			const start = parseStart(entry.command, entryReason(entry), { variables: true });
			return [{ ...toStart(start), type: entry.type }];
		} catch (error) {
			// Its own build will say so.
			if (error instanceof TareError && error.code === 'START_UNSUPPORTED') return [];
			throw error;
		}
	});
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
	const pattern = boundedPattern(`\\$\\{?${name}(?![A-Za-z0-9_])`);
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
	return new TareError('START_UNSUPPORTED', `cannot start with "${shortened(line)}": ${why}`, {
		hint: 'Write the command as one program with its arguments, for example "web: server --port $PORT". What needs several commands or a pipe can be a program of the project, or a process type of its own: --process NAME.',
		...(file !== undefined && { at: { file, ...(at !== undefined && { line: at }) } }),
	});
}
