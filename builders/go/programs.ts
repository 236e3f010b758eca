/** The programs of the image and how they start: those the user names, those the Procfile starts, or the one that fits best. */
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { readKoConfig } from './ko.js';
import { askedMain, type ChosenMain, chooseMain, type Main, namedMain } from './mains.js';
import type { GoModule } from './modules.js';
import { PLAIN_START, type ProcessStart, procfileStarts, readStart, type Start } from './start.js';

export interface Programs {
	/** In an order that does not depend on which is started. */
	readonly all: readonly Main[];
	/** The one that is started. */
	readonly main: ChosenMain;
	readonly start: Start;
	/** What else the image could start. */
	readonly others: readonly { readonly type: string; readonly main: Main; readonly start: Start }[];
}

/** @throws TareError AMBIGUOUS | NO_START | START_UNSUPPORTED | MANIFEST_INVALID */
export function choosePrograms(request: PlanRequest, mains: readonly Main[], modules: readonly GoModule[]): Programs {
	const asked = [request.main, ...(request.moreMains ?? [])].filter((one) => one !== undefined).map((one) => askedMain(one, { mains, modules }));
	const entries = procfileStarts(request).flatMap((entry) => {
		const main = mainOf(entry, asked.length > 0 ? asked : mains, modules);
		return main === undefined ? [] : [{ type: entry.type, main, start: entry }];
	});
	const { main, start } = asked[0] === undefined ? unasked(request, mains, modules) : startedOf(asked[0], asked, entries, mains, request);
	const listed = asked.length > 0 ? asked : entries.map((entry) => entry.main);
	const all = [...new Map([...listed, ...(listed.some(({ folder }) => folder === main.folder) ? [] : [main])].map((one) => [one.folder, one])).values()];
	refuseSameName(all);
	const unnamed = all.filter(({ folder }) => folder !== main.folder && !entries.some((entry) => entry.main.folder === folder));
	const others = [
		...entries.filter((entry) => entry.start.reason?.line !== start.reason?.line),
		...unnamed.map((one) => ({ type: one.name, main: one, start: PLAIN_START })),
	];
	return { all, main, start, others };
}

interface Entry {
	readonly type: string;
	readonly main: Main;
	readonly start: ProcessStart;
}

function unasked(request: PlanRequest, mains: readonly Main[], modules: readonly GoModule[]): Pick<Programs, 'main' | 'start'> {
	const { app, source } = request;
	const start = readStart(
		request,
		mains.map(({ name }) => name),
	);
	// The folder that the user named is its own answer, where it has a program.
	const here = app === '' ? undefined : mains.find(({ folder }) => folder === app);
	if (here !== undefined) return { main: { ...here, reason: { file: here.file, says: `package main in ${app}` } }, start };
	const named = start.name === undefined || start.reason === undefined ? undefined : { name: start.name, reason: start.reason };
	return { main: chooseMain({ mains, modules, asked: start.runs, named, hints: hintsOf(source, modules) }), start };
}

/** Of the programs that the user names the first is started, unless a process or a command says another. */
function startedOf(first: ChosenMain, asked: readonly ChosenMain[], entries: readonly Entry[], mains: readonly Main[], request: PlanRequest) {
	if (request.start === undefined && request.process === undefined) {
		const own = entries.filter(({ main }) => main.folder === first.folder);
		const entry = own.find(({ type }) => type === 'web') ?? own[0];
		if (entry !== undefined) return { main: first, start: entry.start };
	}
	const start = readStart(
		request,
		asked.map(({ name }) => name),
	);
	const named = start.name === undefined ? undefined : asked.find((one) => namedMain([one], start.name as string) !== undefined);
	if (named !== undefined) return { main: named, start };
	// The Procfile's command is another program's.
	const foreign = request.start === undefined && start.name !== undefined && namedMain(mains, start.name) !== undefined;
	return { main: first, start: foreign ? PLAIN_START : start };
}

function mainOf({ name, runs }: Start, mains: readonly Main[], modules: readonly GoModule[]): Main | undefined {
	if (name !== undefined) return namedMain(mains, name);
	try {
		return askedMain(runs ?? '.', { mains, modules });
	} catch {
		return undefined;
	}
}

function refuseSameName(all: readonly Main[]): void {
	const twice = all.find(({ name }, at) => all.findIndex((other) => other.name === name) !== at);
	if (twice === undefined) return;
	throw new TareError('CONFIG_INVALID', `two programs of the image would be named ${twice.name}`, { hint: 'Build an image for each: tare build --all.' });
}

/** Files in which people say what they deploy. */
function hintsOf(source: FileIndex, modules: readonly GoModule[]): readonly { readonly folder: string; readonly reason: Reason }[] {
	const ko = readKoConfig(source)?.mains ?? [];
	const heroku = modules.flatMap(({ install }) => install.map((target) => target.replace(/^\.\//, '')));
	const docker = [...(source.text('Dockerfile') ?? '').matchAll(/\bgo\s+(?:build|install)\b[^\n&|;]*?\s(\.\/[\w./-]+)/g)].map((match) =>
		(match[1] as string)
			.slice(2)
			.replace(/(?:^|\/)[^/]+\.go$/, '')
			.replace(/\/+$/, ''),
	);
	return [
		...(ko.length === 1 ? ko.map((folder) => ({ folder, reason: { file: '.ko.yaml', says: `builds ${folder}` } })) : []),
		...(heroku.length === 1 ? heroku.map((folder) => ({ folder, reason: { file: 'go.mod', says: `+heroku install ${folder}` } })) : []),
		...(new Set(docker).size === 1 ? docker.map((folder) => ({ folder, reason: { file: 'Dockerfile', says: `builds ${folder}` } })) : []),
	];
}
