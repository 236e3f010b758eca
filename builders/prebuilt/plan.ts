/** A folder and the program to start become a plan: nothing to run, the base by what the program is linked to. */
import { parseCommandLine, type SimpleCommand } from '../../src/builder/command-line.js';
import type { BuildPlan, PlanRequest } from '../../src/builder/contract.js';
import { readStartCommand, unsupportedStart } from '../../src/builder/start-command.js';
import { TareError } from '../../src/errors.js';
import { onlyProgram, type Program, programOf } from './program.js';

export interface PrebuiltFacts {
	readonly program: string;
	readonly architecture?: string;
}

/** @throws TareError NO_START | START_UNSUPPORTED | AMBIGUOUS | BASE_INVALID | LIBRARY_MISSING */
export function planPrebuilt(request: PlanRequest): BuildPlan {
	const { source, base } = request;
	const { words, env } = commandOf(request);
	const [first = '', ...rest] = words;
	const program = programOf(first, source, request.runtimeVersion);
	refuseScratch(program, request);
	const facts: PrebuiltFacts = { program: program.word, ...(program.architecture !== undefined && { architecture: program.architecture }) };
	const { runtime } = program;
	return {
		builder: 'prebuilt',
		steps: [],
		layers: [{ name: 'app', purpose: 'app', says: 'the files of the folder, in /app' }],
		base: base.kind === 'debian' ? { ...base, sets: program.sets, ...(runtime !== undefined && { runtime }) } : base,
		...(runtime !== undefined && { runtime }),
		processes: [{ type: request.process ?? 'web', command: [program.word, ...rest], reasons: [{ says: `starts ${words.join(' ')}` }] }],
		config: { WorkingDir: '/app', env },
		reasons: [{ says: program.says }],
		warnings: [],
		tools: {},
		facts: { ...facts },
	};
}

function commandOf(request: PlanRequest): Pick<SimpleCommand, 'words' | 'env'> {
	const { entrypoint } = request;
	if (entrypoint === undefined) return readStartCommand(request, []) ?? { words: [onlyProgram(request.source)], env: {} };
	const parsed = parseCommandLine(entrypoint);
	const reason = { says: 'entrypoint' };
	if (parsed.kind === 'needs-shell') throw unsupportedStart(entrypoint, `${parsed.construct} needs a shell, and the image has none`, reason);
	const [only, ...others] = parsed.commands.filter(({ words }) => words.length > 0);
	if (only === undefined || others.length > 0)
		throw unsupportedStart(entrypoint, only === undefined ? 'it names no program' : 'it is several commands', reason);
	return only;
}

function refuseScratch({ word, sets }: Program, { base }: PlanRequest): void {
	if (base.kind !== 'scratch' || sets.length === 1) return;
	throw new TareError('BASE_INVALID', `${word} cannot run on scratch: what it needs is not in the folder`, { hint: 'Leave --base out.' });
}
