/** A Go project becomes a plan: which program, how its dependencies are pinned, what it opens at run time, how it starts. */
import type { BaseRequest } from '../../src/bases/contract.js';
import type { BuildPlan, PlanRequest } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { goFiles } from './files.js';
import { fillTemplate, type KoSettings, readKoConfig } from './ko.js';
import { type ChosenMain, chooseMain, findMains, type Main, moduleOf } from './mains.js';
import { type GoModule, mainModules, parseGoWork } from './modules.js';
import { findListening } from './port.js';
import { readRequirements } from './requirements.js';
import { goRuntimeFiles } from './runtime-files.js';
import { buildFlags, cgoEnv } from './settings.js';
import { readStart, type Start } from './start.js';

/** What `build` needs to know and the plan prints. */
export interface GoFacts {
	/** Folder of the module, where go is run. */
	readonly module: string;
	/** Of go.mod, for a project that has none. */
	readonly makesModule: boolean;
	/** The package, as go is told. */
	readonly package: string;
	/** Place of the binary below /app. */
	readonly binary: string;
	readonly flags: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly version?: { readonly wanted: string; readonly file: string; readonly line?: number };
	/** Becomes /app. */
	readonly workdir: string;
	/** Below `workdir`. */
	readonly ships: readonly string[];
	/** Folder of ko's data. */
	readonly kodata?: string;
}

const PORT = '8080';
/** What the image has at KO_DATA_PATH. */
export const KODATA = 'app/kodata';

/** @throws TareError AMBIGUOUS | NO_START | START_UNSUPPORTED | CONFIG_INVALID | MANIFEST_INVALID */
export function planGo(request: PlanRequest): BuildPlan {
	const { source } = request;
	const modules = mainModules(source, request.app);
	const files = goFiles(
		source,
		modules.map(({ folder }) => folder),
	);
	const mains = findMains(files, modules);
	const candidates = mains.filter(({ folder }) => request.app === '' || folder === request.app || folder.startsWith(`${request.app}/`));
	const start = readStart(
		request,
		candidates.map(({ name }) => name),
	);
	const main = choose(request, candidates, modules, start);
	const module = moduleOf(main.folder, modules) ?? { folder: '', path: undefined, go: undefined, goLine: undefined, requires: [], replaces: [], install: [] };
	const own = files.filter(({ folder }) => folder === main.folder || !mains.some((other) => other.folder === folder));
	const requirements = readRequirements(source, module, own);
	const data = goRuntimeFiles(source, [...new Set([module.folder, main.folder])], own);
	const listening = findListening(own);
	const ko = readKoConfig(source);
	const settings = ko?.settings(main.folder, importPath(main, module)) ?? { env: {}, flags: [], ldflags: [] };
	const kodata = [main.folder, 'kodata'].filter((part) => part !== '').join('/');
	const facts: GoFacts = {
		module: module.folder,
		makesModule: requirements.makesModule,
		package: packageOf(main, module),
		binary: data.paths.some((path) => path === '' || path.split('/')[0] === main.name) ? `bin/${main.name}` : main.name,
		flags: buildFlags(settings, request),
		env: {
			GOFLAGS: [`-mod=${requirements.mod}`, request.buildEnv.GOFLAGS ?? ''].join(' ').trim(),
			...koEnv(settings, request),
			...cgoEnv(request.settings),
			...withoutFlags(request.buildEnv),
		},
		...wantedVersion(source, module),
		workdir: data.workdir,
		ships: data.paths,
		...(source.files.some(({ path }) => path.startsWith(`${kodata}/`)) && { kodata }),
	};
	const port = listening.reads === undefined ? listening.fixed : PORT;
	return {
		builder: 'go',
		steps: [
			{ id: 'compile', command: compileCommand(facts, main.name), env: facts.env, ...(module.folder !== '' && { cwd: module.folder }), reasons: [main.reason] },
		],
		layers: [
			...(facts.ships.length > 0 || facts.kodata !== undefined ? [{ name: 'files', purpose: 'assets' as const, says: filesSay(facts) }] : []),
			{ name: 'app', purpose: 'app', says: `the program, /app/${facts.binary}` },
		],
		base: baseFor(request.base, settings.baseImage ?? ko?.baseImage),
		processes: [{ type: request.process ?? 'web', command: [`/app/${facts.binary}`, ...start.args], reasons: [start.reason ?? main.reason] }],
		config: {
			WorkingDir: '/app',
			env: { ...(listening.reads !== undefined && { PORT }), ...(facts.kodata !== undefined && { KO_DATA_PATH: `/${KODATA}` }), ...start.env },
			...(port !== undefined && { ExposedPorts: { [`${port}/tcp`]: {} } }),
		},
		reasons: [
			main.reason,
			requirements.reason,
			...(listening.reads === undefined ? [] : [listening.reads]),
			...data.reasons,
			...(ko === undefined ? [] : [{ file: '.ko.yaml', says: "ko's configuration is read" }]),
		],
		warnings: [...requirements.warnings, ...listening.warnings, ...(ko?.warnings ?? [])],
		tools: {},
		facts: { ...facts },
	};
}

/** Folders that hold a program, for `--all`. */
export function programFolders({ source, app }: PlanRequest): readonly string[] {
	const modules = mainModules(source, app);
	return findMains(
		goFiles(
			source,
			modules.map(({ folder }) => folder),
		),
		modules,
	).map(({ folder }) => folder);
}

function choose({ source, main, app }: PlanRequest, mains: readonly Main[], modules: readonly GoModule[], start: Start): ChosenMain {
	// The folder that the user named is its own answer, where it has a program.
	const here = main === undefined && app !== '' ? mains.find(({ folder }) => folder === app) : undefined;
	if (here !== undefined) return { ...here, reason: { file: here.file, says: `package main in ${app}` } };
	const named = start.name === undefined || start.reason === undefined ? undefined : { name: start.name, reason: start.reason };
	return chooseMain({ mains, modules, asked: main ?? start.runs, named, hints: hintsOf(source, modules) });
}

/** Files in which people say what they deploy. */
function hintsOf(source: FileIndex, modules: readonly GoModule[]) {
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

function importPath({ folder }: Main, module: GoModule): string {
	return [module.path, inModule(folder, module)].filter((part) => part !== undefined && part !== '').join('/');
}

function inModule(folder: string, module: GoModule): string {
	return module.folder === '' ? folder : folder.slice(module.folder.length + 1);
}

function packageOf({ folder }: Main, module: GoModule): string {
	const inside = inModule(folder, module);
	return inside === '' ? '.' : `./${inside}`;
}

function koEnv({ env }: KoSettings, { buildEnv }: PlanRequest): Record<string, string> {
	return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fillTemplate(value, buildEnv, '.ko.yaml')]));
}

function withoutFlags({ GOFLAGS: _flags, ...rest }: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return rest;
}

function wantedVersion(source: FileIndex, { folder, go, goLine }: GoModule): Pick<GoFacts, 'version'> {
	const work = source.text('go.work');
	const { go: workGo, goLine: workLine } = work === undefined ? {} : parseGoWork(work);
	const wanted = workGo ?? go;
	if (wanted === undefined) return {};
	const file = workGo === undefined ? [folder, 'go.mod'].filter((part) => part !== '').join('/') : 'go.work';
	const line = workGo === undefined ? goLine : workLine;
	return { version: { wanted, file, ...(line !== undefined && { line }) } };
}

export function compileCommand({ flags, package: name }: GoFacts, output: string): readonly string[] {
	return ['go', 'build', ...flags, '-o', output, name];
}

function filesSay({ ships, kodata }: GoFacts): string {
	const shown = ships.map((path) => (path === '' ? 'everything but sources' : path));
	return `what the program opens while it runs: ${[...shown, ...(kodata === undefined ? [] : [kodata])].join(', ')}`;
}

function baseFor(base: BaseRequest, image: string | undefined): BaseRequest {
	return base.kind === 'debian' && image !== undefined ? { kind: 'registry', ref: image } : base;
}
