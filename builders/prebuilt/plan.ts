/** A folder and the program to start become a plan: nothing to run, the base by what the program is linked to. */
import type { BuildPlan, PlanRequest } from '../../src/builder/contract.js';
import { execForm, namesVariable, parseStart, readStartCommand, type StartCommand } from '../../src/builder/start-command.js';
import { TareError } from '../../src/errors.js';
import { onlyProgram, type Program, programOf } from './program.js';

/** Where a command names $PORT. */
const PORT = '8080';

export interface PrebuiltFacts {
	readonly program: string;
	readonly architecture?: string;
	/** The start command names variables. */
	readonly launches: boolean;
}

/** @throws TareError NO_START | START_UNSUPPORTED | AMBIGUOUS | BASE_INVALID | LIBRARY_MISSING */
export function planPrebuilt(request: PlanRequest): BuildPlan {
	const { source, base } = request;
	const start = commandOf(request);
	const [first = '', ...args] = start.words;
	const program = programOf(first, source, request.runtimeVersion);
	refuseScratch(program, request);
	const own = execForm(program.word, args, start);
	const port = namesVariable({ ...start, args }, 'PORT');
	const facts: PrebuiltFacts = {
		program: program.word,
		launches: start.variables,
		...(program.architecture !== undefined && { architecture: program.architecture }),
	};
	const { runtime } = program;
	return {
		builder: 'prebuilt',
		steps: [],
		layers: [{ name: 'app', purpose: 'app', says: 'the files of the folder, in /app' }],
		base: base.kind === 'debian' ? { ...base, sets: program.sets, ...(runtime !== undefined && { runtime }) } : base,
		...(runtime !== undefined && { runtime }),
		processes: [{ type: request.process ?? 'web', command: own.command, reasons: [start.reason] }],
		config: { WorkingDir: '/app', env: { ...(port && { PORT }), ...own.env }, ...(port && { ExposedPorts: { [`${PORT}/tcp`]: {} } }) },
		reasons: [{ says: program.says }],
		warnings: [],
		tools: {},
		facts: { ...facts },
	};
}

function commandOf(request: PlanRequest): StartCommand {
	const { entrypoint } = request;
	if (entrypoint !== undefined) return parseStart(entrypoint, { says: `starts ${entrypoint}` }, { variables: true });
	const found = readStartCommand(request, [], { variables: true });
	if (found !== undefined) return found;
	const only = onlyProgram(request.source);
	return { words: [only], env: {}, variables: false, reason: { file: only, says: `starts ${only}` } };
}

function refuseScratch({ word, sets }: Program, { base }: PlanRequest): void {
	if (base.kind !== 'scratch' || sets.length === 1) return;
	throw new TareError('BASE_INVALID', `${word} cannot run on scratch: what it needs is not in the folder`, { hint: 'Leave --base out.' });
}
