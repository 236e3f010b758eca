/** Detection and request become a plan: version, package manager, steps, start command, layers. */
import { minVersion } from 'semver';
import type { BaseRequest, VersionChoice } from '../../src/bases/contract.js';
import type { BuildPlan, ConfigPatch, LayerPlan, PlanRequest, Reason, Step } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { SITE_COMMAND, SITE_CONFIG } from '../../src/site/content.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { subfolder } from '../../src/source/subfolder.js';
import { buildScripts, type ScriptStep } from './build-script.js';
import { bunRuntime, runsOnBun } from './bun-runtime.js';
import type { Shipped } from './frameworks.js';
import { allDependencies, type Manifest, productionDependencies, readManifest } from './manifest.js';
import { optimizationSteps, optimizationTools } from './optimize/plan.js';
import type { LockFacts, PackageManager } from './package-managers/contract.js';
import { chooseManager } from './package-managers/index.js';
import { findPortReader } from './port.js';
import { needsPrismaGenerate } from './prisma.js';
import { scriptVariables } from './script-environment.js';
import { chooseStart, entryFile, type Start } from './start.js';
import { chooseNodeVersion } from './version.js';
import { type Member, neededMembers, workspaceMembers } from './workspaces.js';

/** What `build` needs to know and the plan prints. */
export interface NodeFacts {
	readonly manager?: string;
	readonly lock?: string;
	/** Folder of the app below the root of the source. */
	readonly app: string;
	/** Folders of all packages of the workspace. */
	readonly workspace: readonly string[];
	/** Folders of the workspace packages that the app needs, in the order in which they are built. */
	readonly members: readonly string[];
	readonly hasInstallScripts: boolean;
	readonly linksSource: boolean;
	readonly hasDependencies: boolean;
	/** Steps run in a copy of the source; without any, files are shipped from where they lie. */
	readonly builds: boolean;
	/** The build compiles the root's own add-on. */
	readonly addon: boolean;
	/** TypeScript sources stay out of the image: the build made JavaScript of them. */
	readonly dropsTypeScript: boolean;
	/** The only parts of the build that are shipped. */
	readonly ships?: readonly Shipped[];
	/** The build makes a site for our server. */
	readonly site?: { readonly roots: readonly string[]; readonly singlePage: boolean };
	readonly framework?: string;
	/** What the app reads of the variables that package managers set for scripts. */
	readonly scriptVariables: readonly string[];
	/** Optimizations that the user asked for, as the page on them names them. */
	readonly optimize: readonly string[];
	/** Numeric id of the app's user, where an optimization needs it. */
	readonly user?: string;
	readonly packages: LockFacts['packages'];
}

const PORT = '8080';
const BUILD_ENV = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1' };

interface Installer {
	readonly manager: PackageManager;
	readonly range: string;
	readonly lock?: LockFacts;
	readonly reasons: readonly Reason[];
}

/** The app, and the repository around it where it is one package of several. */
interface Project {
	readonly root: FileIndex;
	readonly source: FileIndex;
	readonly folder: string;
	readonly manifest: Manifest | undefined;
	readonly rootManifest: Manifest | undefined;
	readonly workspace: readonly Member[];
	readonly members: readonly Member[];
}

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
	const onBun = bun !== undefined && start.command[0] === 'bun';
	const runtime = onBun ? bunRuntime(bun, installer?.manager.id === 'bun' ? installer.range : undefined) : version.choice;
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
		reasons: [versionReason(runtime), ...(installer?.reasons ?? []), ...(port === undefined || start.site !== undefined ? [] : [port])],
		warnings: [...version.warnings, ...warnings(installer, facts)],
		tools: { ...(installer === undefined ? {} : { [installer.manager.tool]: installer.range }), ...(onBun ? { node } : {}), ...optimizationTools(asked) },
		facts: { ...facts },
	};
}

function openProject({ source: root, app: folder }: PlanRequest): Project {
	const source = subfolder(root, folder);
	const rootManifest = readManifest(root);
	const manifest = folder === '' ? rootManifest : readManifest(source);
	const workspace = workspaceMembers(root);
	const members =
		manifest === undefined || folder === '' ? [] : neededMembers(workspace.find((member) => member.folder === folder)?.manifest ?? manifest, workspace);
	// A circle makes trouble whichever package is asked for.
	if (folder === '' && manifest !== undefined) for (const member of workspace) neededMembers(member.manifest, workspace);
	return { root, source, folder, manifest, rootManifest: rootManifest ?? manifest, workspace, members };
}

/** What the package says, else what the repository says. */
function nodeVersion({ source, root, manifest, rootManifest, folder }: Project, asked: string | undefined) {
	const own = chooseNodeVersion(source, manifest, asked);
	return folder === '' || own.choice.file !== undefined || asked !== undefined ? own : chooseNodeVersion(root, rootManifest);
}

/** The servers that frameworks build, and their own `start` commands, read PORT. */
function readsPortItself({ command, framework }: Start): Reason | undefined {
	const known = command.some((word) =>
		/^(?:\.output|build|dist)\/(?:server\/(?:index|entry)\.mjs|index\.js)$|node_modules\/(?:\.bin\/)?(?:next|fastify|fastify-cli|serve|@remix-run\/serve|@react-router\/serve|remix-serve|react-router-serve)\b/.test(
			word,
		),
	);
	return known || framework === 'Next.js' ? { says: 'the framework reads PORT' } : undefined;
}

function namesPort({ command, reasons }: Start): Reason | undefined {
	return command.some((word) => /\$\{?PORT\b/.test(word)) ? { ...reasons[0], says: 'the start command names PORT' } : undefined;
}

/** Node runs TypeScript by itself from 22.18 and 24. */
function runsTypeScript({ ranges }: VersionChoice): boolean {
	const lowest = minVersion(ranges[0] ?? '*');
	return lowest !== null && lowest.major >= 24;
}

function chooseInstaller(source: FileIndex, manifest: Manifest, node: string): Installer {
	const { manager, range, lock, reasons } = chooseManager(source, manifest, node);
	return { manager, range, reasons, ...(lock !== undefined && { lock: manager.readLock(source, lock, manifest) }) };
}

function versionReason({ name, because, file, line }: VersionChoice): Reason {
	return { says: `${name}: ${because}`, ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}

function planSteps(
	{ manifest, rootManifest, source, members, workspace, folder }: Project,
	installer: Installer | undefined,
	scripts: readonly ScriptStep[],
	start: Start,
	request: PlanRequest,
): readonly Step[] {
	if (manifest === undefined || rootManifest === undefined || installer === undefined) return [];
	const { manager, lock } = installer;
	const env = { ...BUILD_ENV, ...request.buildEnv };
	const run = (script: string): readonly string[] => [manager.program, ...manager.runScript(script)];
	const addon = source.has('binding.gyp') && manifest.json.scripts.install === undefined;
	const extra = start.buildScripts.filter((name) => !scripts.some(({ script }) => script === name));
	const prisma = needsPrismaGenerate(source, manifest);
	const builds: Step[] = [
		...(prisma === undefined ? [] : [{ id: 'prisma', command: ['prisma', 'generate'], env, cwd: folder, reasons: [prisma] }]),
		...members.flatMap((member) =>
			buildScripts(member.manifest, undefined).map(({ script, reason }) => ({
				id: `${member.folder}:${script}`,
				command: run(script),
				env,
				cwd: member.folder,
				reasons: [reason],
			})),
		),
		...(addon ? [{ id: 'addon', command: ['node-gyp', 'rebuild'], env, reasons: [{ file: 'binding.gyp', says: 'native add-on of the project' }] }] : []),
		...scripts.map(({ script, reason }) => ({ id: script, command: run(script), env, cwd: folder, reasons: [reason] })),
		...extra.map((script) => ({ id: script, command: run(script), env, cwd: folder, reasons: start.reasons })),
		...(scripts.length > 0 ? [] : start.buildCommands.map((command, at) => ({ id: `prestart-${at + 1}`, command, env, cwd: folder, reasons: start.reasons }))),
	];
	const hasAny = workspace.length > 0 || Object.keys(allDependencies(manifest.json)).length > 0;
	const question = { lock: lock?.file, source: request.source, root: rootManifest.json };
	const install = (id: string, how: ReturnType<PackageManager['installAll']>, says: string): Step => ({
		id,
		command: [manager.program, ...how.args],
		env: how.env,
		reasons: [{ says, ...(lock !== undefined && { file: lock.file }) }],
	});
	const production = manager.installProduction(question, { architecture: 'TARGET', ...(folder !== '' && { workspace: folder }) });
	return [
		...(builds.length > 0 && hasAny ? [install('install', manager.installAll(question), 'all dependencies, to build with')] : []),
		...builds,
		...(hasProduction(manifest, workspace) && start.ships === undefined && start.site === undefined
			? [install('dependencies', production, 'production dependencies, for each platform')]
			: []),
	];
}

function hasProduction(manifest: Manifest, workspace: readonly Member[]): boolean {
	return productionDependencies(manifest.json).length > 0 || workspace.length > 0;
}

function gatherFacts(project: Project, installer: Installer | undefined, steps: readonly Step[], start: Start): Omit<NodeFacts, 'optimize'> {
	const { source, workspace, members, folder } = project;
	const builds = steps.some(({ id }) => id !== 'install' && id !== 'dependencies');
	const entry = entryFile(start.command);
	return {
		...(installer !== undefined && { manager: installer.manager.id }),
		...(installer?.lock !== undefined && { lock: installer.lock.file }),
		app: folder,
		workspace: workspace.map((member) => member.folder),
		members: members.map((member) => member.folder),
		hasInstallScripts: installer?.lock?.hasInstallScripts ?? false,
		linksSource: linksFiles(project, installer),
		hasDependencies: steps.some(({ id }) => id === 'dependencies'),
		...(start.ships !== undefined && { ships: start.ships }),
		...(start.site !== undefined && { site: start.site }),
		...(start.framework !== undefined && { framework: start.framework }),
		builds,
		addon: steps.some(({ id }) => id === 'addon'),
		dropsTypeScript: builds && start.command[0] !== 'bun' && !/\.[cm]?ts$/.test(entry ?? '') && source.files.some(({ path }) => /\.[cm]?tsx?$/.test(path)),
		scriptVariables: start.site === undefined ? scriptVariables(source) : [],
		packages: installer?.lock?.packages ?? [],
	};
}

/** Whether files of the source, not only its manifests, decide what is installed. */
function linksFiles({ manifest, workspace }: Project, installer: Installer | undefined): boolean {
	if (manifest === undefined || installer === undefined) return false;
	const manifests = [manifest, ...workspace.map((member) => member.manifest)];
	return manifests.some(({ json }) => Object.values(allDependencies(json)).some((range) => /^(?:file|link|portal):|^\.{1,2}\//.test(range)));
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
