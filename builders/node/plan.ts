/** Detection and request become a plan: version, package manager, steps, start command, layers. */
import { minVersion } from 'semver';
import type { BaseRequest, VersionChoice } from '../../src/bases/contract.js';
import type { BuildPlan, ConfigPatch, LayerPlan, PlanRequest, Reason, Step, WritablePlace } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { SITE_COMMAND, SITE_CONFIG } from '../../src/site/content.js';
import { subfolder } from '../../src/source/subfolder.js';
import { adapterTools } from './adapters.js';
import { buildScripts } from './build-script.js';
import { gatherFacts, type NodeFacts } from './facts.js';
import { enginesWarning, type Manifest, productionDependencies, readManifest } from './manifest.js';
import { npmSetting } from './npmrc.js';
import { optimizationSteps, optimizationTools } from './optimize/plan.js';
import { chooseInstaller, type Installer, installerTools } from './package-managers/installer.js';
import { openProject, type Project } from './project.js';
import { chooseRuntimes } from './runtimes.js';
import { runsOnBun } from './start/bun.js';
import { chooseStart, type Start, type StartContext } from './start/choose.js';
import { compiledFiles } from './start/compiled.js';
import { type Delegation, delegationOf } from './start/delegation.js';
import { runsHooks } from './start/manager-hooks.js';
import { findPortReader, namesPort, readsPortItself } from './start/port.js';
import { planSteps } from './steps.js';
import { chooseNodeVersion } from './version.js';
import { workspaceMembers } from './workspaces.js';
import { writablePlaces } from './writable.js';

const PORT = '8080';

type Delegated = NonNullable<StartContext['delegated']>;

export async function planNode(request: PlanRequest): Promise<BuildPlan> {
	try {
		return planApp(request);
	} catch (error) {
		const delegation = delegationOf(error);
		if (delegation !== undefined && error instanceof TareError && request.app === '')
			return planApp(withoutStart(request, delegation), delegatedStart(delegation, error));
		// The root of a workspace often starts nothing itself: its packages do.
		if (!(error instanceof TareError) || error.code !== 'NO_START' || request.app !== '') throw error;
		const apps = deployablePackages(request);
		const [only] = apps;
		if (only === undefined) throw error;
		if (apps.length === 1) return planApp({ ...request, app: only });
		throw new TareError('AMBIGUOUS', `the workspace has ${apps.length} packages that can be started: ${apps.join(', ')}`, {
			hint: `Name one: tare build ${only}. Or build every one: tare build --all.`,
			at: { file: 'package.json' },
			data: { apps },
		});
	}
}

/** The package that the root's command starts is the app. */
function withoutStart({ start: _start, process: _process, ...request }: PlanRequest, { folder }: Delegation): PlanRequest {
	return { ...request, app: folder };
}

function delegatedStart({ folder, line }: Delegation, { message, at }: TareError): Delegated {
	const says = `${/^cannot start with (".*?"): /s.exec(message)?.[1] ?? 'the start command'} starts the package in ${folder}: it is built`;
	return {
		reason: { ...(at?.file !== undefined && { file: at.file }), ...(at?.line !== undefined && { line: at.line }), says },
		...(line !== undefined && { line }),
	};
}

/** Folders of the workspace's packages that have something to start or to serve. @throws TareError MANIFEST_INVALID */
export function deployablePackages(request: PlanRequest): readonly string[] {
	return workspaceMembers(request.source)
		.map(({ folder }) => folder)
		.filter((app) => isDeployable({ ...request, app }));
}

function isDeployable(request: PlanRequest): boolean {
	try {
		// A library's `main` is no server: without a start script, only a framework or an entry file beside a build counts.
		const { json } = readManifest(request.source, `${request.app}/package.json`) ?? {};
		const plan = planApp(request);
		return (
			plan.facts.site !== undefined || plan.facts.framework !== undefined || json?.scripts.start !== undefined || json?.scripts['start:prod'] !== undefined
		);
	} catch (error) {
		if (error instanceof TareError && (error.code === 'NO_START' || error.code === 'START_UNSUPPORTED')) return false;
		throw error;
	}
}

function planApp(request: PlanRequest, delegated?: Delegated): BuildPlan {
	const project = openProject(request);
	const { source, manifest, rootManifest } = project;
	const version = nodeVersion(project, request.runtimeVersion);
	const node = version.choice.ranges[0] ?? '*';
	const installer = rootManifest === undefined ? undefined : chooseInstaller(subfolder(project.root, project.home), atHome(rootManifest, project), node);
	const scripts = buildScripts(manifest, request.buildScript);
	const bun = runsOnBun(source, manifest);
	const start = chooseStart({
		source,
		manifest,
		asked: request.start,
		process: request.process,
		bins: project.folder === '' ? (installer?.lock?.bins ?? {}) : {},
		locked: new Set(installer?.lock?.packages.map(({ name }) => name)),
		...dependencyNames(project),
		builds: scripts.length > 0,
		node,
		manager: installer?.manager.id ?? 'npm',
		hooks: runsHooks(project.root, installer),
		workspace: project.folder === '' ? project.workspace : [],
		runsTypeScript: bun !== undefined || runsTypeScript(version.choice),
		runtime: bun === undefined ? 'node' : 'bun',
		...(delegated !== undefined && { delegated }),
	});
	const planned = planSteps(project, installer, scripts, start, request);
	const { steps } = planned;
	const asked = start.site === undefined ? request.optimize : [];
	const gathered = gatherFacts(project, installer, steps, start);
	const facts = {
		...gathered.facts,
		optimize: asked,
		...(asked.includes('compile-cache') && { user: request.user.replace(/:.*/, '') }),
	};
	const port = findPortReader(source) ?? readsPortItself(start) ?? namesPort(start);
	const { runtime, buildsWith, tools, reasons } = chooseRuntimes(version.choice, start, bun, installer);
	const options = nodeOptions(project, start);
	const config = start.site === undefined ? planConfig({ ...start, env: { ...options?.env, ...start.env } }, port, project.folder) : SITE_CONFIG;
	const writable = start.site === undefined ? writableOf(project, steps, config) : [];
	const optimizations = optimizationSteps({ asked, command: start.command, env: { ...config.env, ...request.buildEnv }, user: request.user });
	return {
		builder: 'node',
		steps: [...steps, ...optimizations],
		layers: planLayers(facts, installer),
		base: asked.includes('executable') ? withoutRuntime(request.base) : planBase(request.base, runtime),
		runtime,
		processes: [{ type: request.process ?? 'web', command: start.site === undefined ? start.command : SITE_COMMAND, reasons: start.reasons }],
		config,
		reasons: [
			...reasons,
			...(installer?.reasons ?? []),
			...planned.reasons,
			...(port === undefined || start.site !== undefined ? [] : [port]),
			...(options === undefined ? [] : [options.reason]),
			...gathered.reasons,
		],
		warnings: [
			...(manifest === undefined ? [] : enginesWarning(manifest)),
			...version.warnings,
			...(installer?.warnings ?? []),
			...planned.warnings,
			...warnings(installer, facts),
		],
		tools: { ...adapterTools(start.adapter), ...(installer === undefined ? {} : installerTools(installer)), ...tools, ...optimizationTools(asked) },
		...(writable.length > 0 && { writable }),
		facts: { ...facts, ...(buildsWith !== undefined && { buildsWith }) },
	};
}

/** As the package manager sees it, from where it runs. */
function atHome(manifest: Manifest, { home }: Project): Manifest {
	return home === '' ? manifest : { ...manifest, file: 'package.json' };
}

/** An app finds the packages of its workspace's root, too. */
function dependencyNames({ manifest, rootManifest }: Project): { readonly production: readonly string[]; readonly development: readonly string[] } {
	const manifests = [manifest, rootManifest].filter((each) => each !== undefined);
	const production = [...new Set(manifests.flatMap(({ json }) => productionDependencies(json)))];
	const development = manifests.flatMap(({ json }) => Object.keys(json.devDependencies)).filter((name) => !production.includes(name));
	return { production, development };
}

/** What the package says comes before what its repository says. */
function nodeVersion({ source, root, manifest, rootManifest, folder }: Project, asked: string | undefined) {
	const own = { source, manifest };
	return chooseNodeVersion(folder === '' ? [own] : [own, { source: root, manifest: rootManifest }], asked);
}

function writableOf({ source, manifest }: Project, steps: readonly Step[], { WorkingDir = '/app' }: ConfigPatch): readonly WritablePlace[] {
	return writablePlaces({
		source,
		manifest,
		workingDir: WorkingDir,
		compiled: (path) => (/\.[cm]?ts$/.test(path) ? compiledFiles(path, source, manifest)[0] : undefined),
		builds: steps.flatMap(({ command, reasons }) => [...command, ...reasons.flatMap(({ says }) => says.split(/\s+/))]).map((word) => word.replace(/^\.\//, '')),
	});
}

/** What `npm start` would set for the script: https://docs.npmjs.com/cli/v11/using-npm/config#node-options */
function nodeOptions({ source, root }: Project, start: Start): { readonly env: Readonly<Record<string, string>>; readonly reason: Reason } | undefined {
	const byScript = start.reasons[0]?.file?.endsWith('package.json') === true;
	const setting = byScript && start.command[0] === 'node' ? (npmSetting(source, 'node-options') ?? npmSetting(root, 'node-options')) : undefined;
	if (setting === undefined || start.env.NODE_OPTIONS !== undefined) return undefined;
	const { value, file, line } = setting;
	return { env: { NODE_OPTIONS: value }, reason: { file, line, says: `NODE_OPTIONS="${value}", as a script of npm gets it` } };
}

/** Node runs TypeScript by itself from 22.18 and 24. */
function runsTypeScript({ ranges }: VersionChoice): boolean {
	const lowest = minVersion(ranges[0] ?? '*');
	return lowest !== null && lowest.major >= 24;
}

function planLayers(facts: NodeFacts, installer: Installer | undefined): readonly LayerPlan[] {
	const dependencies: LayerPlan = {
		name: 'dependencies',
		purpose: 'dependencies',
		says: `production node_modules${installer?.lock === undefined ? '' : `, keyed by ${installer.lock.file}`}`,
	};
	if (facts.site !== undefined)
		return [
			{ name: 'server', purpose: 'runtime', says: 'the file server' },
			{ name: 'app', purpose: 'app', says: 'the site with compressed copies, in /app' },
		];
	return [
		...(facts.hasDependencies ? [dependencies] : []),
		...(facts.members.length > 0
			? [{ name: 'workspace', purpose: 'dependencies' as const, says: `packages of the workspace: ${facts.members.join(', ')}` }]
			: []),
		{ name: 'app', purpose: 'app', says: facts.builds ? "the app's files after the build, in /app" : "the app's files, in /app" },
	];
}

function planBase(base: BaseRequest, runtime: VersionChoice): BaseRequest {
	if (base.kind === 'scratch')
		throw new TareError('BASE_INVALID', `a ${runtime.name} app cannot run on scratch: there is no ${runtime.name} in it`, {
			hint: `Leave --base out, or name an image that has ${runtime.name}.`,
		});
	return base.kind === 'debian' ? { ...base, sets: ['static', 'cc', 'init'], runtime } : base;
}

/** The app brings its own. */
function withoutRuntime(base: BaseRequest): BaseRequest {
	return base.kind === 'debian' ? { ...base, sets: ['static', 'cc', 'init'] } : base;
}

function planConfig(start: Start, port: Reason | undefined, app: string): ConfigPatch {
	const own = start.env.PORT;
	const exposed = own === undefined ? (port === undefined ? undefined : PORT) : /^\d+$/.test(own) ? own : undefined;
	return {
		WorkingDir: ['/app', app, start.folder].filter((part) => part !== '').join('/'),
		env: { NODE_ENV: 'production', ...(port !== undefined && { PORT }), ...start.env },
		...(exposed !== undefined && { ExposedPorts: { [`${exposed}/tcp`]: {} } }),
	};
}

function warnings(installer: Installer | undefined, facts: NodeFacts): readonly Reason[] {
	if (installer === undefined || installer.lock !== undefined || !facts.hasDependencies) return [];
	return [
		{
			file: 'package.json',
			says: `no lock file: versions are chosen anew at every build, so images are not reproducible; commit ${installer.manager.lockFiles.at(-1)}`,
		},
	];
}
