/** The start command, where the project or the user gives one: which program, with which arguments. */
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { readStartCommand, unsupportedStart } from '../../src/builder/start-command.js';

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
export function readStart(request: PlanRequest, programs: readonly string[]): Start {
	const command = readStartCommand(request, programs);
	if (command === undefined) return { args: [], env: {} };
	const { words, env, reason } = command;
	const [program = '', ...args] = words;
	if (program === 'go' && args[0] === 'run') {
		const [runs = '.', ...rest] = args.slice(1);
		return { runs, args: rest.filter((word) => !word.endsWith('.go')), env, reason };
	}
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (OTHER_PROGRAMS.has(name) || request.source.has(program.replace(/^\.\//, '')))
		throw unsupportedStart(words.join(' '), `${program} is not the Go program, and the image has nothing else`, reason);
	return { name, args, env, reason };
}
