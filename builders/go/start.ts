/** The start commands that the project or the user gives: which program, with which arguments. */
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { readStartCommand, type StartCommand, startsOfProcfile, unsupportedStart } from '../../src/builder/start-command.js';

export interface Start {
	/** Base name of the program, as the command has it. */
	readonly name?: string;
	/** The package of `go run PACKAGE`. */
	readonly runs?: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** A launcher has to fill in variables. */
	readonly variables: boolean;
	readonly reason?: Reason;
}

export interface ProcessStart extends Start {
	readonly type: string;
}

export const PLAIN_START: Start = { args: [], env: {}, variables: false };
const OTHER_PROGRAMS = new Set(['node', 'npm', 'npx', 'yarn', 'pnpm', 'python', 'python3', 'ruby', 'java', 'sh', 'bash', 'make', 'air', 'reflex', 'docker']);

/** @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function readStart(request: PlanRequest, programs: readonly string[]): Start {
	const command = readStartCommand(request, programs, { variables: true });
	return command === undefined ? PLAIN_START : toStart(command, request);
}

/** Those of the Procfile that start a Go program. @throws TareError MANIFEST_INVALID */
export function procfileStarts(request: PlanRequest): readonly ProcessStart[] {
	return startsOfProcfile(request, (command) => toStart(command, request));
}

function toStart({ words, env, variables, reason }: StartCommand, { source }: PlanRequest): Start {
	const [program = '', ...args] = words;
	if (program === 'go' && args[0] === 'run') {
		const [runs = '.', ...rest] = args.slice(1);
		return { runs, args: rest.filter((word) => !word.endsWith('.go')), env, variables, reason };
	}
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (OTHER_PROGRAMS.has(name) || source.has(program.replace(/^\.\//, '')))
		throw unsupportedStart(words.join(' '), `${program} is not the Go program, and the image has nothing else`, reason);
	return { name, args, env, variables, reason };
}
