/** A Python project becomes a plan: an interpreter of Debian's, dependencies from wheels, a command that needs no shell. */
import type { BaseRequest } from '../../src/bases/contract.js';
import type { AppTarget, BuildPlan, LayerPlan, PlanRequest, Reason, Step } from '../../src/builder/contract.js';
import { WEB } from '../../src/builder/process-choice.js';
import { certainPackages } from '../../src/builder/system/wanted.js';
import { TareError } from '../../src/errors.js';
import { subfolder } from '../../src/source/subfolder.js';
import { runnable } from './commands.js';
import { HEADERS } from './compiling.js';
import { type Dependencies, findDependencies, unreadEnvironment } from './dependencies.js';
import { type Django, findDjango } from './django.js';
import type { Distribution, PythonFacts, Wheel } from './facts.js';
import { chooseInterpreter } from './interpreter-choice.js';
import { loopbackWarning } from './listening.js';
import { buildArguments, type Packaging, packagingOf } from './packaging/index.js';
import { type Project, readProject } from './project.js';
import { pythonRecipe } from './recipe.js';
import { unreadHeaders } from './script-header.js';
import { ADDED } from './servers.js';
import { DEFAULT_PORT, type Listening, listening } from './serving/ports.js';
import { settingsOf } from './settings.js';
import { everyStart, findStart, type Start, type StartInput } from './start.js';
import { findState } from './state.js';
import { onlyApp, withMain, workspaceApps } from './workspace/apps.js';
import { cacheVariables } from './writable/frameworks.js';
import { writablePlaces } from './writable/index.js';

/** By Python version: what the release's C library can load. */
const MANYLINUX: Readonly<Record<string, string>> = { '3.13': 'manylinux_2_40', '3.11': 'manylinux_2_36' };

/** @throws TareError NO_START | START_UNSUPPORTED | AMBIGUOUS | VERSION_UNSATISFIABLE | LOCKFILE_OUTDATED | MANIFEST_INVALID | BASE_INVALID */
export function planPython(asked: PlanRequest): BuildPlan {
	const { request, reasons, warnings } = pythonRecipe(asked);
	const plan = planChosen(request);
	return { ...plan, reasons: [...plan.reasons, ...reasons], warnings: [...plan.warnings, ...warnings] };
}

function planChosen(request: PlanRequest): BuildPlan {
	const chosen = withMain(request);
	try {
		return planApp(chosen);
	} catch (error) {
		const app = error instanceof TareError && error.code === 'NO_START' ? onlyApp(chosen, error, planApp) : undefined;
		if (app === undefined) throw error;
		return planApp({ ...chosen, app });
	}
}

/** The apps of a workspace. @throws TareError MANIFEST_INVALID */
export function everyApp(request: PlanRequest): readonly AppTarget[] {
	return workspaceApps(request, planApp).map((folder) => ({ folder }));
}

/** One app, in a folder of its own. */
function planApp(request: PlanRequest): BuildPlan {
	const source = subfolder(request.source, request.app);
	const { base } = request;
	if (base.kind === 'scratch')
		throw new TareError('BASE_INVALID', 'a Python app cannot run on scratch: there is no python in it', { hint: 'Leave --base out.' });
	const project = readProject(source);
	const dependencies = findDependencies(source, project, {
		...settingsOf(request),
		commands: `${request.start ?? ''}\n${source.text('Procfile') ?? ''}`,
	});
	const django = findDjango(source, dependencies);
	const input = { request, source, project, dependencies, django };
	const start = findStart(input);
	const interpreter = chooseInterpreter(request, source, project, dependencies);
	const states = findState(source, start, dependencies);
	const type = request.process ?? WEB;
	const listens = listening({ source, project, start, process: type });
	const { command, env, launched } = runnable(listens.commands);
	const others = everyStart(input);
	const processes = processesOf(
		others.filter((one) => one.type !== type),
		input,
	);
	const collects = django?.collects === true && request.buildScript !== false ? { root: django.root } : undefined;
	const settings = buildArguments(request.settings);
	const packaging =
		project === undefined
			? undefined
			: packagingOf({ source, project, buildEnv: request.buildEnv, tag: () => request.commit?.()?.tag, asked: settings.length > 0 });
	const wheel = wheelOf(project, packaging, settings);
	const distribution = wheel === undefined ? distributionOf(project, packaging) : undefined;
	const libraries = certainPackages('pypi', namesWithExtras(dependencies), interpreter.release);
	const facts: PythonFacts = {
		version: interpreter.version,
		manylinux: MANYLINUX[interpreter.version] ?? 'manylinux_2_36',
		origin: dependencies.origin,
		locked: dependencies.locked,
		local: dependencies.local,
		adds: addedLines([start, ...others].find(({ adds }) => adds !== undefined) ?? start, dependencies),
		launched: launched || processes.some((one) => one.launched),
		programs: start.commands.map(({ words }) => words[0] ?? ''),
		...(collects !== undefined && { collects }),
		...(distribution !== undefined && { distribution }),
		...(wheel !== undefined && { wheel }),
		folder: request.app,
		debian: base.kind === 'debian',
		states: states.map(({ state }) => state),
		ignoreImports: settingsOf(request).ignoreImports,
		importing: importingOf(request),
		user: request.user,
		buildEnv: request.buildEnv,
	};
	const workingDir = start.folder === '' ? '/app' : `/app/${start.folder}`;
	const writable = writablePlaces({ source, start, dependencies, workingDir });
	return {
		builder: 'python',
		steps: stepsOf(facts, dependencies, django),
		layers: layersOf(facts),
		base: base.kind === 'debian' ? debianBase(base, interpreter.release, libraries) : base,
		runsBase: true,
		...(facts.debian && (installs(facts) || wheel !== undefined) && { toolSets: HEADERS }),
		processes: [{ type, command, reasons: [start.reason] }, ...processes.map(({ launched: _, ...one }) => one)],
		config: {
			WorkingDir: workingDir,
			env: {
				PYTHONUNBUFFERED: '1',
				PYTHONDONTWRITEBYTECODE: '1',
				PYTHONPATH: importPath(start, packaging?.roots ?? []),
				...cacheVariables(dependencies),
				...portOf(listens),
				...env,
			},
			...(listens.port !== undefined && { ExposedPorts: { [`${listens.port}/tcp`]: {} } }),
		},
		reasons: [
			interpreter.reason,
			dependencies.reason,
			...listens.reasons,
			...(packaging?.reasons ?? []),
			...(dependencies.more ?? []),
			...states.map(({ reason }) => reason),
			...(libraries.length === 0 ? [] : [{ says: `libraries that the dependencies open: ${libraries.join(', ')}` }]),
		],
		warnings: [
			...(interpreter.warning === undefined ? [] : [interpreter.warning]),
			...warningsOf(start, dependencies),
			...listens.warnings,
			...(packaging?.warnings ?? []),
			...unreadEnvironment(source),
			...unreadHeaders(source, dependencies.reason.file, start.reason.file),
			...[loopbackWarning(source, start)].filter((one) => one !== undefined),
		],
		...(writable.length > 0 && { writable }),
		tools: {},
		facts: { ...facts },
	};
}

/** psycopg 3 brings the library with its extra `binary`. */
function namesWithExtras({ names, pins }: Dependencies): readonly string[] {
	const binary = pins.some(({ name, extras }) => name === 'psycopg' && extras.includes('binary'));
	return binary ? [...names, 'psycopg-binary'] : names;
}

function importingOf({ env = {} }: PlanRequest): PythonFacts['importing'] {
	const { PYTHONPATH, DJANGO_SETTINGS_MODULE } = env;
	return { ...(PYTHONPATH !== undefined && { PYTHONPATH }), ...(DJANGO_SETTINGS_MODULE !== undefined && { DJANGO_SETTINGS_MODULE }) };
}

/** The other processes that the image could start. */
function processesOf(starts: readonly (Start & { readonly type: string })[], { source, project }: StartInput) {
	return starts.map((start) => {
		const { command, launched } = runnable(listening({ source, project, start, process: start.type }).commands);
		return { type: start.type, command, reasons: [start.reason], launched };
	});
}

function portOf({ variable }: Listening): { readonly PORT?: string } {
	return variable ? { PORT: DEFAULT_PORT } : {};
}

function debianBase(base: Extract<BaseRequest, { kind: 'debian' }>, release: 'trixie' | 'bookworm', libraries: readonly string[]): BaseRequest {
	const packages = [...new Set([...base.packages, ...libraries])].sort();
	return { ...base, release, packages, sets: ['static', 'cc', 'init', 'python'] };
}

/** The app's folder, where it is started, and where its modules lie. */
function importPath({ folder, roots }: Start, packages: readonly string[]): string {
	return [...new Set([folder, ...roots, '', ...packages])].map((root) => (root === '' ? '/app' : `/app/${root}`)).join(':');
}

/** With a lock the server's version is fixed, too; what the project has already keeps its own. */
function addedLines({ adds }: Start, { names, locked, origin }: Dependencies): readonly string[] {
	if (adds === undefined) return [];
	const pins = Object.entries(ADDED[adds]).filter(([name]) => !names.includes(name));
	return locked || origin.kind === 'none' ? pins.map(([name, version]) => `${name}==${version}`) : [adds];
}

function distributionOf(project: Project | undefined, packaging: Packaging | undefined): Distribution | undefined {
	if (project?.name === undefined) return undefined;
	const { name, scripts, entryPoints } = project;
	return { name, version: packaging?.version ?? '0.0.0', scripts, entryPoints };
}

function wheelOf(project: Project | undefined, packaging: Packaging | undefined, settings: readonly string[]): Wheel | undefined {
	if (packaging?.builds === undefined) return undefined;
	const { roots, scm, version } = packaging;
	return { arguments: settings, ...(scm && { version }), scripts: project?.scripts ?? {}, roots };
}

function installs({ origin, adds }: PythonFacts): boolean {
	return origin.kind !== 'none' || adds.length > 0;
}

function stepsOf({ origin, version, manylinux, adds, collects, wheel }: PythonFacts, { reason }: Dependencies, django: Django | undefined): readonly Step[] {
	const installs = origin.kind !== 'none' || adds.length > 0;
	const command = ['uv', 'pip', 'install', '--python-version', version, '--python-platform', manylinux, '--target', 'site', '-r', 'pinned.txt'];
	return [
		...(installs ? [{ id: 'install', command, env: {}, reasons: [reason] }] : []),
		...(wheel === undefined
			? []
			: [
					{
						id: 'package',
						command: ['uv', 'pip', 'install', '--no-deps', '--target', 'project', '.'],
						env: {},
						reasons: [{ says: 'the project is built by its own backend' }],
					},
				]),
		{ id: 'bytecode', command: ['python', 'bytecode.py'], env: {}, reasons: [{ says: 'modules are compiled once, not at every start' }] },
		...(collects === undefined
			? []
			: [
					{
						id: 'collectstatic',
						command: ['python', 'manage.py', 'collectstatic', '--noinput'],
						env: {},
						...(collects.root !== '' && { cwd: collects.root }),
						reasons: django === undefined ? [] : [{ says: 'STATIC_ROOT is set' }],
					},
				]),
	];
}

function layersOf({ version, origin, adds, wheel }: PythonFacts): readonly LayerPlan[] {
	const dependencies = origin.kind !== 'none' || adds.length > 0;
	return [
		{ name: 'bytecode', purpose: 'runtime', says: `the compiled standard library of Python ${version}` },
		...(dependencies
			? [{ name: 'dependencies', purpose: 'dependencies' as const, says: `packages with their bytecode, in /usr/local/lib/python${version}/dist-packages` }]
			: []),
		{ name: 'app', purpose: 'app', says: wheel === undefined ? "the app's files, in /app" : "the app's files, in /app, and its package" },
	];
}

function warningsOf({ adds, warnings = [] }: Start, { locked, origin, names, reason }: Dependencies): readonly Reason[] {
	const { file } = reason;
	const place = { ...(file !== undefined && { file }) };
	return [
		...warnings,
		...(adds === undefined ? [] : [{ ...place, says: `no server among the dependencies: ${adds} is added; name it there to choose its version` }]),
		...(names.includes('psycopg2') ? [{ ...place, says: 'psycopg2 has no wheels: psycopg2-binary, the same module compiled, is installed in its place' }] : []),
		...(locked || origin.kind !== 'resolve'
			? []
			: [{ ...place, says: 'it does not fix every version (no lock file, no hashes): what is chosen now is kept in tare.lock, and `tare update` moves it' }]),
	];
}
