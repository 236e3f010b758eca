/** The programs of the image and how they start: those the user names, those the Procfile starts, or the one that fits best. */
import type { PlanRequest } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { Cargo } from './manifests.js';
import { askedProgram, type ChosenProgram, chooseProgram, type Program, programsOf } from './programs.js';
import { PLAIN_START, procfileStarts, readStart, type Start } from './start.js';

export interface ImagePrograms {
	/** In an order that does not depend on which is started. */
	readonly all: readonly Program[];
	/** The one that is started. */
	readonly program: ChosenProgram;
	readonly start: Start;
	/** What else the image could start. */
	readonly others: readonly { readonly type: string; readonly program: Program; readonly start: Start }[];
}

/** @throws TareError AMBIGUOUS | NO_START | START_UNSUPPORTED | MANIFEST_INVALID */
export function chooseImagePrograms(cargo: Cargo, request: PlanRequest): ImagePrograms {
	const { app, main, moreMains = [] } = request;
	const known = programsOf(cargo);
	const here = app === '' ? known : known.filter(({ package: { folder } }) => folder === app || folder.startsWith(`${app}/`));
	const asked = (main === undefined ? [] : [main, ...moreMains]).map((one) => askedProgram(one, known));
	const entries = procfileStarts(request).flatMap((start) => {
		const program = (asked.length > 0 ? asked : here).find(({ name }) => name === start.name);
		return program === undefined ? [] : [{ type: start.type, program, start }];
	});
	const { program, start } = asked[0] === undefined ? unasked(cargo, known, request) : startedOf(asked[0], asked, entries, known, request);
	const listed: readonly Program[] = asked.length > 0 ? asked : entries.map((entry) => entry.program);
	const all = [...new Map([...listed, ...(listed.some(({ name }) => name === program.name) ? [] : [program])].map((one) => [one.file, one])).values()];
	refuseSameName(all);
	const unnamed = all.filter(({ name }) => name !== program.name && !entries.some((entry) => entry.program.name === name));
	const others = [
		...entries.filter((entry) => entry.start.reason?.line !== start.reason?.line),
		...unnamed.map((one) => ({ type: one.name, program: one, start: PLAIN_START })),
	];
	return { all, program, start, others };
}

function unasked(cargo: Cargo, known: readonly Program[], request: PlanRequest): Pick<ImagePrograms, 'program' | 'start'> {
	const start = readStart(request, names(known));
	const { name, reason } = start;
	return { program: chooseProgram(cargo, request, name === undefined || reason === undefined ? undefined : { name, reason }), start };
}

/** Of the programs that the user names the first is started, unless a process or a command says another. */
function startedOf(first: ChosenProgram, asked: readonly ChosenProgram[], entries: ImagePrograms['others'], known: readonly Program[], request: PlanRequest) {
	if (request.start === undefined && request.process === undefined) {
		const own = entries.filter(({ program }) => program.name === first.name);
		const entry = own.find(({ type }) => type === 'web') ?? own[0];
		if (entry !== undefined) return { program: first, start: entry.start };
	}
	const start = readStart(request, names(asked));
	const named = asked.find(({ name }) => name === start.name);
	if (named !== undefined) return { program: named, start };
	// The Procfile's command is another program's.
	const foreign = request.start === undefined && known.some(({ name }) => name === start.name);
	return { program: first, start: foreign ? PLAIN_START : start };
}

function names(programs: readonly Program[]): readonly string[] {
	return programs.map(({ name }) => name);
}

function refuseSameName(all: readonly Program[]): void {
	const twice = all.find(({ name }, at) => all.findIndex((other) => other.name === name) !== at);
	if (twice === undefined) return;
	throw new TareError('CONFIG_INVALID', `two programs of the image would be named ${twice.name}`, { hint: 'Build an image for each: tare build --all.' });
}
