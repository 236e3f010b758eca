/** Which of a project's programs the image is for. */
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { Cargo, CargoPackage, CargoProgram } from './manifests.js';

export interface Program extends CargoProgram {
	readonly package: CargoPackage;
}

export interface ChosenProgram extends Program {
	readonly reason: Reason;
}

const HELPERS = /(?:^|[-_/])(?:examples?|xtask|tools?|scripts?|tests?|bench(?:es|marks?)?|codegen|migrations?|macros?|cli|seed)(?:$|[-_/])/;
const CONVENTIONAL = /(?:^|[-_])(?:server|web|api|app|backend|service|main)$/;

export function programsOf({ packages }: Cargo): readonly Program[] {
	return packages.flatMap((one) => one.programs.map((program) => ({ ...program, package: one })));
}

/** @param named of the start command @throws TareError AMBIGUOUS | NO_START */
export function chooseProgram(cargo: Cargo, request: PlanRequest, named: { readonly name: string; readonly reason: Reason } | undefined): ChosenProgram {
	const all = programsOf(cargo);
	const { app } = request;
	const here = app === '' ? all : all.filter(({ package: { folder } }) => folder === app || folder.startsWith(`${app}/`));
	const byName = named === undefined ? undefined : here.find(({ name }) => name === named.name);
	if (byName !== undefined && named !== undefined) return { ...byName, reason: named.reason };
	if (here.length === 0) throw noProgram(cargo);
	const defaults = cargo.defaults === undefined ? here : here.filter(({ package: { folder } }) => cargo.defaults?.includes(folder));
	return pick(defaults.length > 0 ? defaults : here, request) ?? ambiguous(here);
}

function pick(programs: readonly Program[], { source }: PlanRequest): ChosenProgram | undefined {
	const because = (program: Program | undefined, says: string): ChosenProgram | undefined =>
		program === undefined ? undefined : { ...program, reason: { file: program.file, says } };
	const only = (some: readonly Program[]): Program | undefined => (some.length === 1 ? some[0] : undefined);
	const runs = programs.filter(({ name, package: { defaultRun } }) => name === defaultRun);
	const named = [...(source.text('Dockerfile') ?? '').matchAll(/--bin[ =]([\w-]+)|target\/(?:[\w-]+\/)?release\/([\w-]+)/g)].map(
		(match) => match[1] ?? match[2],
	);
	const serious = programs.filter(({ name, package: { folder } }) => !HELPERS.test(name) && !HELPERS.test(folder));
	return (
		because(only(programs), 'the only program') ??
		because(only(runs), 'default-run') ??
		because(only(programs.filter(({ name }) => named.includes(name))), 'the program that the Dockerfile takes') ??
		because(only(programs.filter(({ file }) => file.endsWith('src/main.rs'))), 'src/main.rs, beside programs in src/bin') ??
		because(only(serious), 'the only program beside those of helpers') ??
		because(only(serious.filter(({ name }) => CONVENTIONAL.test(name))), 'conventional name')
	);
}

/** The name of a program or of a package, or a package's folder. @throws TareError NO_START */
export function askedProgram(asked: string, all: readonly Program[]): ChosenProgram {
	const folder = asked.replace(/^\.\//, '').replace(/\/+$/, '');
	const inPackage = all.filter(({ package: one }) => one.name === asked || one.folder === folder);
	const found =
		all.find(({ name, file }) => name === asked || file === folder) ??
		(inPackage.length === 1 ? inPackage[0] : inPackage.find(({ name, package: { defaultRun } }) => name === defaultRun));
	if (found !== undefined) return { ...found, reason: { file: found.file, says: `asked for ${asked}` } };
	throw new TareError('NO_START', `there is no program ${asked}`, { hint: `Programs: ${list(all)}.`, data: { programs: all.map(({ name }) => name) } });
}

function list(all: readonly Program[]): string {
	return all.length === 0 ? 'none' : all.map(({ name }) => name).join(', ');
}

function noProgram({ packages }: Cargo): TareError {
	return new TareError(
		'NO_START',
		`${packages.length > 1 ? 'no package of the workspace has a program' : 'the package has no program'}: there is nothing to run`,
		{
			hint: 'A program needs src/main.rs, a file in src/bin, or [[bin]] in Cargo.toml. A library has no image.',
			at: { file: 'Cargo.toml' },
		},
	);
}

function ambiguous(all: readonly Program[]): never {
	throw new TareError('AMBIGUOUS', `the project has ${all.length} programs: ${list(all)}`, {
		hint: `Name one: --main ${all[0]?.name}, or \`main:\` in tare.yaml, or default-run in Cargo.toml; name several for one image that has them.`,
		at: { file: 'Cargo.toml' },
		data: { programs: all.map(({ name }) => name) },
	});
}
