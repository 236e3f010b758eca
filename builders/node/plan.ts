/** Detection and request become a plan: version, package manager, steps, start command, layers. */
import { minVersion } from 'semver';
import type { BaseRequest, VersionChoice } from '../../src/bases/contract.js';
import type { BuildPlan, ConfigPatch, LayerPlan, PlanRequest, Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { SITE_COMMAND, SITE_CONFIG } from '../../src/site/content.js';
import { buildScripts } from './build-script.js';
import { gatherFacts, type NodeFacts } from './facts.js';
import { enginesWarning, readManifest } from './manifest.js';
import { optimizationSteps, optimizationTools } from './optimize/plan.js';
import { chooseInstaller, type Installer, installerTools } from './package-managers/installer.js';
import { openProject, type Project } from './project.js';
import { chooseRuntimes } from './runtimes.js';
import { runsOnBun } from './start/bun.js';
import { chooseStart, type Start } from './start/choose.js';
import { findPortReader, namesPort, readsPortItself } from './start/port.js';
import { planSteps } from './steps.js';
import { chooseNodeVersion } from './version.js';
import { workspaceMembers } from './workspaces.js';

const PORT = '8080';

export async function planNode(request: PlanRequest): Promise<BuildPlan> {
	try {
		return planApp(request);
	} catch (error) {
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

function planApp(request: PlanRequest): BuildPlan {
	const project = openProject(request);
	const { source, manifest, rootManifest } = project;
	const version = nodeVersion(project, request.runtimeVersion);
	const node = version.choice.ranges[0] ?? '*';
	const installer = rootManifest === undefined ? undefined : chooseInstaller(project.root, rootManifest, node);
	const scripts = buildScripts(manifest, request.buildScript);
	const bun = runsOnBun(source, manifest);
	const start = chooseStart({
		source,
		manifest,
		asked: request.start,
		process: request.process,
		bins: project.folder === '' ? (installer?.lock?.bins ?? {}) : {},
		builds: scripts.length > 0,
		runsTypeScript: bun !== undefined || runsTypeScript(version.choice),
		runtime: bun === undefined ? 'node' : 'bun',
		members: project.workspace.map(({ folder }) => folder),
	});
	const steps = planSteps(project, installer, scripts, start, request);
	const asked = start.site === undefined ? request.optimize : [];
	const facts = {
		...gatherFacts(project, installer, steps, start),
		optimize: asked,
		...(asked.includes('compile-cache') && { user: request.user.replace(/:.*/, '') }),
	};
	const port = findPortReader(source) ?? readsPortItself(start) ?? namesPort(start);
	const { runtime, buildsWith, tools, reasons } = chooseRuntimes(version.choice, start, bun, installer);
	const config = start.site === undefined ? planConfig(start, port, project.folder) : SITE_CONFIG;
	const optimizations = optimizationSteps({ asked, command: start.command, env: { ...config.env, ...request.buildEnv }, user: request.user });
	return {
		builder: 'node',
		steps: [...steps, ...optimizations],
		layers: planLayers(facts, installer),
		base: asked.includes('executable') ? withoutRuntime(request.base) : planBase(request.base, runtime),
		runtime,
		processes: [{ type: request.process ?? 'web', command: start.site === undefined ? start.command : SITE_COMMAND, reasons: start.reasons }],
		config,
		reasons: [...reasons, ...(installer?.reasons ?? []), ...(port === undefined || start.site !== undefined ? [] : [port])],
		warnings: [...(manifest === undefined ? [] : enginesWarning(manifest)), ...version.warnings, ...(installer?.warnings ?? []), ...warnings(installer, facts)],
		tools: { ...(installer === undefined ? {} : installerTools(installer)), ...tools, ...optimizationTools(asked) },
		facts: { ...facts, ...(buildsWith !== undefined && { buildsWith }) },
	};
}

/** What the package says comes before what its repository says. */
function nodeVersion({ source, root, manifest, rootManifest, folder }: Project, asked: string | undefined) {
	const own = { source, manifest };
	return chooseNodeVersion(folder === '' ? [own] : [own, { source: root, manifest: rootManifest }], asked);
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
	return {
		WorkingDir: ['/app', app, start.folder].filter((part) => part !== '').join('/'),
		env: { NODE_ENV: 'production', ...(port !== undefined && { PORT }), ...start.env },
		...(port !== undefined && { ExposedPorts: { [`${PORT}/tcp`]: {} } }),
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
