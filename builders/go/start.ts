/** The start command, where the project or the user gives one: which program, with which arguments. */
import { parseCommandLine } from '../../src/builder/command-line.js';
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { parseProcfile } from '../../src/builder/procfile.js';
import { TareError } from '../../src/errors.js';

export interface Start {
	/** Base name of the program, as the command has it. */
	readonly name?: string;
	/** The package of `go run PACKAGE`. */
	readonly runs?: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly reason?: Reason;
}

const OTHER_PROGRAMS = new Set(['node', 'npm', 'npx', 'yarn', 'pnpm', 'python', 'python3', 'ruby', 'java', 'sh', 'bash', 'make', 'air', 'reflex', 'docker']);

/** @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function readStart({ source, start, process }: PlanRequest, programs: readonly string[]): Start {
	if (start !== undefined) return parsed(start, { says: `asked to start with: ${start}` }, source.has.bind(source));
	const text = source.text('Procfile');
	const entries = text === undefined ? [] : parseProcfile(text);
	const entry = entries.find(({ type }) => type === (process ?? 'web'));
	if (entry !== undefined)
		return parsed(entry.command, { file: 'Procfile', line: entry.line, says: `process "${entry.type}": ${entry.command}` }, source.has.bind(source));
	if (process === undefined || process === 'web') return { args: [], env: {} };
	// Without a Procfile a process type is the name of a program.
	if (programs.includes(process)) return { name: process, args: [], env: {}, reason: { says: `process "${process}"` } };
	const types = [...entries.map(({ type }) => type), ...programs];
	throw new TareError('NO_START', `there is no process type or program "${process}"`, { hint: `There are: ${types.join(', ')}.`, data: { types } });
}

function parsed(line: string, reason: Reason, exists: (path: string) => boolean): Start {
	const result = parseCommandLine(line);
	if (result.kind === 'needs-shell') throw unsupported(line, `${result.construct} needs a shell, and the image has none`, reason);
	const commands = result.commands.filter(({ words }) => words.length > 0);
	const [only] = commands;
	if (only === undefined || commands.length > 1) throw unsupported(line, only === undefined ? 'it names no program' : 'it is several commands', reason);
	const [program = '', ...args] = only.words;
	if (program === 'go' && args[0] === 'run') {
		const [runs = '.', ...rest] = args.slice(1);
		return { runs, args: rest.filter((word) => !word.endsWith('.go')), env: only.env, reason };
	}
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (OTHER_PROGRAMS.has(name) || exists(program.replace(/^\.\//, '')))
		throw unsupported(line, `${program} is not the Go program, and the image has nothing else`, reason);
	return { name, args, env: only.env, reason };
}

function unsupported(line: string, why: string, { file, line: at }: Reason): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${line}": ${why}`, {
		hint: 'Write the command as the Go program with fixed arguments, for example "web: server -verbose", and read variables such as PORT in the program.',
		...(file !== undefined && { at: { file, ...(at !== undefined && { line: at }) } }),
	});
}
