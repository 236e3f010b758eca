/** A Go project becomes a plan: which programs, how their dependencies are pinned, what they open at run time, how they start. */
import { createHash } from 'node:crypto';
import type { BaseRequest } from '../../src/bases/contract.js';
import type { BuildPlan, PlanRequest, Process, Reason } from '../../src/builder/contract.js';
import { recipesOf } from '../../src/builder/recipes/recipes.js';
import type { Outside, RuntimeFiles } from '../../src/builder/runtime-files.js';
import { execForm, namesVariable } from '../../src/builder/start-command.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { fileCapabilities } from './capabilities.js';
import { type GoFile, goFiles, importsOf, taggedMains } from './files.js';
import { buildFlags, settingsEnv } from './flags.js';
import { type KoConfig, type KoSettings, readKoConfig } from './ko.js';
import { findMains, type Main, moduleOf } from './mains.js';
import { type GoModule, mainModules, parseGoWork, workFile } from './modules.js';
import { findListening } from './port.js';
import { choosePrograms, type Programs } from './programs.js';
import { type GoRecipe, goRecipe, NO_RECIPE, withoutAsked } from './recipe.js';
import { readRequirements } from './requirements.js';
import { goRuntimeFiles } from './runtime-files.js';
import type { GoSettings } from './settings.js';
import { fillTemplate } from './templates.js';
import { writablePlaces } from './writable.js';

export interface GoProgram {
	/** The package, as go is told. */
	readonly package: string;
	/** The file's name. */
	readonly name: string;
	/** Place of the binary below /app. */
	readonly binary: string;
}

/** What `build` needs to know and the plan prints. */
export interface GoFacts {
	/** Folder of the module, where go is run. */
	readonly module: string;
	/** Of go.mod, for a project that has none. */
	readonly makesModule: boolean;
	readonly programs: readonly GoProgram[];
	/** A start command names variables. */
	readonly launches: boolean;
	readonly flags: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly version?: { readonly wanted: string; readonly file: string; readonly line?: number };
	/** Hash of what the project's own files import; undefined where other files, too, decide which packages take part. */
	readonly imports?: string;
	/** Becomes /app. */
	readonly workdir: string;
	/** Below `workdir`. */
	readonly ships: readonly string[];
	readonly outside: readonly Outside[];
	/** Module whose path leads to /app: the compiler gives the program names of its files that begin with it. */
	readonly linked?: string;
	/** Folders of ko's data. */
	readonly kodata: readonly string[];
	/** Of the programs that have any, by their place below /app: as for setcap. */
	readonly capabilities?: Readonly<Record<string, readonly string[]>>;
}

const PORT = '8080';
const NO_MODULE: GoModule = { folder: '', path: undefined, go: undefined, goLine: undefined, requires: [], replaces: [], install: [] };
/** What the image has at KO_DATA_PATH. */
export const KODATA = 'app/kodata';

/** @throws TareError AMBIGUOUS | NO_START | START_UNSUPPORTED | CONFIG_INVALID | MANIFEST_INVALID */
export function planGo(request: PlanRequest): BuildPlan {
	const found = findPrograms(request);
	const recipe = recipeFor(request, found);
	const { source } = request;
	const { modules, files, mains, programs, module } = recipe.tags.length === 0 ? found : findPrograms(request, recipe.tags);
	const { main, start, all } = programs;
	const filesOf = (some: readonly Main[]) =>
		files.filter(({ folder }) => some.some((one) => one.folder === folder) || !mains.some((one) => one.folder === folder));
	const requirements = readRequirements(source, module, filesOf(all));
	const roots = [...new Set([...all.map((one) => (moduleOf(one.folder, modules) ?? NO_MODULE).folder), ...all.map(({ folder }) => folder)])];
	const data = goRuntimeFiles(source, roots, filesOf(all));
	const listening = findListening(filesOf([main]));
	const ko = readKoConfig(source);
	const settings = koSettings(programs, modules, ko);
	const code = compiled(programs, modules, [...data.paths, ...(data.whereCompiled ? [module.path ?? ''] : [])]);
	const capable = capabilitiesOf(code, programs, modules, ko, request.settings);
	const facts: GoFacts = {
		...code,
		makesModule: requirements.makesModule,
		flags: buildFlags(settings, request, recipe),
		env: {
			GOFLAGS: [`-mod=${requirements.mod}`, request.buildEnv.GOFLAGS ?? ''].join(' ').trim(),
			...koEnv(settings, request),
			...recipe.env,
			...settingsEnv(request.settings),
			...withoutFlags(request.buildEnv),
		},
		...wantedVersion(source, request.app, module),
		...(requirements.mod === 'readonly' && modules.every(({ replaces }) => replaces.length === 0) && { imports: importsHash(files) }),
		workdir: data.workdir,
		ships: data.paths,
		outside: data.outside,
		...linkedModule(data, module),
		kodata: kodataFolders(all, source),
		...(Object.keys(capable.terms).length > 0 && { capabilities: capable.terms }),
	};
	const own = execForm(`/app/${placeOf(main, facts)}`, start.args, start);
	const readsPort = listening.reads ?? (namesVariable(start, 'PORT') ? start.reason : undefined);
	const port = readsPort === undefined ? listening.fixed : PORT;
	return {
		builder: 'go',
		steps: [
			{
				id: 'compile',
				command: compileCommand(facts, all.length > 1 ? 'bin/' : main.name),
				env: facts.env,
				...(facts.module !== '' && { cwd: facts.module }),
				reasons: [main.reason],
			},
		],
		layers: [
			...(facts.ships.length + facts.outside.length + facts.kodata.length > 0 ? [{ name: 'files', purpose: 'assets' as const, says: filesSay(facts) }] : []),
			{ name: 'app', purpose: 'app', says: facts.programs.map((program) => programSays(program, facts)).join(', ') },
		],
		base: baseFor(request.base, settings.baseImage ?? ko?.baseImage),
		processes: [{ type: request.process ?? 'web', command: own.command, reasons: [start.reason ?? main.reason] }, ...otherProcesses(programs, facts)],
		config: {
			WorkingDir: '/app',
			env: { ...(readsPort !== undefined && { PORT }), ...(facts.kodata.length > 0 && { KO_DATA_PATH: `/${KODATA}` }), ...own.env },
			...(port !== undefined && { ExposedPorts: { [`${port}/tcp`]: {} } }),
		},
		reasons: [
			main.reason,
			requirements.reason,
			...(listening.reads === undefined ? [] : [listening.reads]),
			...data.reasons,
			...(ko === undefined ? [] : [{ file: '.ko.yaml', says: "ko's configuration is read" }]),
			...capable.reasons,
			...recipe.reasons,
		],
		warnings: [...requirements.warnings, ...listening.warnings, ...data.warnings, ...(ko?.warnings(request.epoch) ?? []), ...recipe.warnings],
		tools: {},
		writable: writablePlaces(source, filesOf(all), data.paths),
		facts: { ...facts },
	};
}

interface Found {
	readonly modules: readonly GoModule[];
	readonly files: readonly GoFile[];
	readonly mains: readonly Main[];
	readonly programs: Programs;
	/** Of the first program. */
	readonly module: GoModule;
}

/** @param tags of the build, where the user gives none @throws TareError AMBIGUOUS | NO_START | START_UNSUPPORTED | MANIFEST_INVALID */
function findPrograms(request: PlanRequest, tags: readonly string[] = tagsOf(request)): Found {
	const { source, app } = request;
	const modules = mainModules(source, app);
	const files = goFiles(source, folders(modules), app, tags);
	const mains = findMains(files, modules);
	if (mains.length === 0) refuseTagged(source);
	const candidates = mains.filter(({ folder }) => app === '' || folder === app || folder.startsWith(`${app}/`));
	const programs = choosePrograms(request, candidates, modules);
	return { modules, files, mains, programs, module: moduleOf(programs.main.folder, modules) ?? NO_MODULE };
}

/** What the user and ko say comes first. */
function recipeFor(request: PlanRequest, { programs: { main }, module }: Found): GoRecipe {
	const { tags, ldflags, experiment, flags } = request.settings as GoSettings;
	const recipe =
		readKoConfig(request.source) === undefined && flags === undefined ? goRecipe(recipesOf(request.source, request.app), main.folder, module) : NO_RECIPE;
	const asks = { tags: tags !== undefined, '-X': ldflags !== undefined, GOEXPERIMENT: experiment !== undefined || request.buildEnv.GOEXPERIMENT !== undefined };
	return withoutAsked(recipe, asks);
}

function folders(modules: readonly GoModule[]): readonly string[] {
	return modules.map(({ folder }) => folder);
}

/** Where the module's folder is what becomes /app: its files are then where the compiler says. */
function linkedModule({ whereCompiled, workdir }: RuntimeFiles, { folder, path }: GoModule): Pick<GoFacts, 'linked'> {
	return whereCompiled && workdir === folder && path !== undefined ? { linked: path } : {};
}

function importsHash(files: readonly GoFile[]): string {
	const paths = new Set(files.flatMap(({ folder, text }) => importsOf(text).map((path) => `${folder} ${path}`)));
	return createHash('sha256')
		.update([...paths].sort().join('\n'))
		.digest('hex');
}

/** Where go runs and what it is told: in the module of the programs, or in the workspace where they are of several. */
function compiled(
	{ all, main, start, others }: Programs,
	modules: readonly GoModule[],
	ships: readonly string[],
): Pick<GoFacts, 'module' | 'programs' | 'launches'> {
	const module = moduleOf(main.folder, modules) ?? NO_MODULE;
	const where = all.every(({ folder }) => (moduleOf(folder, modules) ?? NO_MODULE).folder === module.folder) ? module.folder : '';
	return {
		module: where,
		programs: all.map(({ folder, name }) => ({
			package: packageOf(folder, where),
			name: all.length > 1 ? builtName(importPath(folder, moduleOf(folder, modules) ?? NO_MODULE)) : name,
			binary: ships.some((path) => path === '' || path.split('/')[0] === name) ? `bin/${name}` : name,
		})),
		launches: start.variables || others.some((other) => other.start.variables),
	};
}

function placeOf({ folder }: Main, { programs, module }: Pick<GoFacts, 'programs' | 'module'>): string {
	return programs.find((one) => one.package === packageOf(folder, module))?.binary ?? '';
}

function otherProcesses({ others }: Programs, facts: GoFacts): readonly Process[] {
	return others.map(({ type, main, start }) => ({
		type,
		command: execForm(`/app/${placeOf(main, facts)}`, start.args, start).command,
		reasons: [start.reason ?? { file: main.file, says: `program ${main.name}` }],
	}));
}

/** One call of go has one set of flags: those of the first program. */
function koSettings({ all }: Programs, modules: readonly GoModule[], ko: KoConfig | undefined): KoSettings {
	const [main] = all as readonly [Main];
	return koSettingsOf(main, modules, ko) ?? { env: {}, flags: [], ldflags: [], capabilities: [] };
}

function koSettingsOf({ folder }: Main, modules: readonly GoModule[], ko: KoConfig | undefined): KoSettings | undefined {
	return ko?.settings(folder, importPath(folder, moduleOf(folder, modules) ?? NO_MODULE));
}

interface Capable {
	readonly terms: Readonly<Record<string, readonly string[]>>;
	readonly reasons: readonly Reason[];
}

/** ko has them for each of its builds, tare.yaml for all programs. @throws TareError CONFIG_INVALID */
function capabilitiesOf(
	{ programs }: Pick<GoFacts, 'programs'>,
	{ all }: Programs,
	modules: readonly GoModule[],
	ko: KoConfig | undefined,
	settings: PlanRequest['settings'],
): Capable {
	const own = (settings as GoSettings).capabilities?.flatMap((text) => text.split(/\s+/)).filter((term) => term !== '');
	const file = own === undefined ? '.ko.yaml' : 'tare.yaml';
	const capable = programs.flatMap(({ binary }, at) => {
		const terms = own ?? koSettingsOf(all[at] as Main, modules, ko)?.capabilities ?? [];
		return fileCapabilities(terms, file) === undefined ? [] : [{ binary, terms }];
	});
	return {
		terms: Object.fromEntries(capable.map(({ binary, terms }) => [binary, terms])),
		reasons: capable.map(({ binary, terms }) => ({ file, says: `the file /app/${binary} has the capabilities ${terms.join(' ')}` })),
	};
}

function programSays({ binary }: GoProgram, { capabilities }: GoFacts): string {
	const terms = capabilities?.[binary];
	return `the program, /app/${binary}${terms === undefined ? '' : ` (${terms.join(' ')})`}`;
}

function kodataFolders(all: readonly Main[], source: FileIndex): readonly string[] {
	const candidates = all.map(({ folder }) => (folder === '' ? 'kodata' : `${folder}/kodata`));
	return candidates.filter((folder) => source.files.some(({ path }) => path.startsWith(`${folder}/`)));
}

function tagsOf({ settings }: PlanRequest): readonly string[] {
	return ((settings as GoSettings).tags ?? []).flatMap((tag) => tag.split(/[\s,]+/)).filter((tag) => tag !== '');
}

/** @throws TareError NO_START where a build tag is all that a program lacks */
function refuseTagged(source: PlanRequest['source']): void {
	const [first] = taggedMains(source);
	if (first === undefined) return;
	const { path, tags } = first;
	throw new TareError('NO_START', `the only func main is in ${path}, which needs the build tag ${tags.join(', ')}`, {
		hint: `Build with it: \`go: {tags: [${tags.join(', ')}]}\` in tare.yaml.`,
		at: { file: path, line: 1 },
		data: { tags },
	});
}

/** Folders that hold a program, for `--all`. */
export function programFolders(request: PlanRequest): readonly string[] {
	const { source, app } = request;
	const modules = mainModules(source, app);
	const files: readonly GoFile[] = goFiles(source, folders(modules), app, tagsOf(request));
	return findMains(files, modules).map(({ folder }) => folder);
}

function importPath(folder: string, module: GoModule): string {
	return [module.path, below(folder, module.folder)].filter((part) => part !== undefined && part !== '').join('/');
}

/** As go names the program of a package. */
function builtName(path: string): string {
	const parts = path.split('/');
	return (parts.length > 1 && /^v(?:[2-9]|[1-9]\d+)$/.test(parts.at(-1) ?? '') ? parts.at(-2) : parts.at(-1)) ?? '';
}

function below(folder: string, parent: string): string {
	return parent === '' ? folder : folder.slice(parent.length + 1);
}

function packageOf(folder: string, where: string): string {
	const inside = below(folder, where);
	return inside === '' ? '.' : `./${inside}`;
}

function koEnv({ env }: KoSettings, { buildEnv, commit, epoch }: PlanRequest): Record<string, string> {
	const values = { env: buildEnv, commit, epoch };
	return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fillTemplate(value, values, '.ko.yaml')]));
}

function withoutFlags({ GOFLAGS: _flags, ...rest }: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return rest;
}

function wantedVersion(source: FileIndex, app: string, { folder, go, goLine }: GoModule): Pick<GoFacts, 'version'> {
	const work = workFile(source, app);
	const { go: workGo, goLine: workLine } = work === undefined ? {} : parseGoWork(source.text(work) ?? '');
	const wanted = workGo ?? go;
	if (wanted === undefined) return {};
	const file = workGo === undefined ? [folder, 'go.mod'].filter((part) => part !== '').join('/') : (work ?? '');
	const line = workGo === undefined ? goLine : workLine;
	return { version: { wanted, file, ...(line !== undefined && { line }) } };
}

/** @param output of one program its file, of several a folder with a slash at the end */
export function compileCommand({ flags, programs }: GoFacts, output: string): readonly string[] {
	return ['go', 'build', ...flags, '-o', output, ...programs.map((program) => program.package)];
}

function filesSay({ ships, outside, kodata }: GoFacts): string {
	const shown = ships.map((path) => (path === '' ? 'everything but sources' : path));
	const others = outside.map(({ to }) => `/${to}`);
	return `what the program opens while it runs: ${[...shown, ...others, ...kodata].join(', ')}`;
}

function baseFor(base: BaseRequest, image: string | undefined): BaseRequest {
	return base.kind === 'debian' && image !== undefined ? { kind: 'registry', ref: image } : base;
}
