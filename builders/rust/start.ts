/** The start commands that the project or the user gives: which program, with which arguments. */
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { readStartCommand, type StartCommand, startsOfProcfile, unsupportedStart } from '../../src/builder/start-command.js';

export interface Start {
	/** Base name of the program, as the command has it. */
	readonly name?: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** A launcher has to fill in variables. */
	readonly variables: boolean;
	readonly reason?: Reason;
}

export const PLAIN_START: Start = { args: [], env: {}, variables: false };
const OTHER_PROGRAMS = new Set(['node', 'npm', 'python', 'python3', 'sh', 'bash', 'make', 'trunk', 'docker']);

/** @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function readStart(request: PlanRequest, programs: readonly string[]): Start {
	const command = readStartCommand(request, programs, { variables: true });
	return command === undefined ? PLAIN_START : toStart(command, request);
}

/** Those of the Procfile that start a Rust program. @throws TareError MANIFEST_INVALID */
export function procfileStarts(request: PlanRequest): readonly (Start & { readonly type: string })[] {
	return startsOfProcfile(request, (command) => toStart(command, request));
}

function toStart({ words, env, variables, reason }: StartCommand, { source }: PlanRequest): Start {
	const [program = '', ...args] = words;
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (program === 'cargo' && args[0] === 'run') {
		const bin = args.includes('--bin') ? args[args.indexOf('--bin') + 1] : undefined;
		const rest = args.includes('--') ? args.slice(args.indexOf('--') + 1) : [];
		return { ...(bin !== undefined && { name: bin }), args: rest, env, variables, reason };
	}
	if (OTHER_PROGRAMS.has(name) || source.has(program.replace(/^\.\//, '')))
		throw unsupportedStart(words.join(' '), `${program} is not the Rust program, and the image has nothing else`, reason);
	return { name, args, env, variables, reason };
}
