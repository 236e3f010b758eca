/** Detection and request become a plan: version, package manager, steps, start command, layers. */
import { minVersion } from 'semver';
import type { BaseRequest, VersionChoice } from '../../src/bases/contract.js';
import type { BuildPlan, ConfigPatch, LayerPlan, PlanRequest, Reason, Step } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { buildScripts, type ScriptStep } from './build-script.js';
import { type Manifest, productionDependencies, readManifest } from './manifest.js';
import type { LockFacts, PackageManager } from './package-managers/contract.js';
import { chooseManager } from './package-managers/index.js';
import { findPortReader } from './port.js';
import { chooseStart, entryFile, type Start } from './start.js';
import { chooseNodeVersion } from './version.js';

/** What `build` needs to know and the plan prints. */
export interface NodeFacts {
	readonly manager?: string;
	readonly lock?: string;
	readonly hasInstallScripts: boolean;
	readonly linksSource: boolean;
	readonly hasDependencies: boolean;
	/** Steps run in a copy of the source; without any, files are shipped from where they lie. */
	readonly builds: boolean;
	/** The build compiles the root's own add-on. */
	readonly addon: boolean;
	/** TypeScript sources stay out of the image: the build made JavaScript of them. */
	readonly dropsTypeScript: boolean;
	/** The only folder of the build that is shipped. */
	readonly ships?: string;
	readonly packages: LockFacts['packages'];
}

const PORT = '8080';
const BUILD_ENV = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1' };

interface Installer {
	readonly manager: PackageManager;
	readonly lock?: LockFacts;
	readonly reasons: readonly Reason[];
}

export async function planNode(request: PlanRequest): Promise<BuildPlan> {
	const { source } = request;
	const manifest = readManifest(source);
	const version = chooseNodeVersion(source, manifest, request.runtimeVersion);
	const installer = manifest === undefined ? undefined : chooseInstaller(source, manifest, version.choice.ranges[0] ?? '*');
	const scripts = buildScripts(manifest, request.buildScript);
	const start = chooseStart({
		source,
		manifest,
		asked: request.start,
		process: request.process,
		bins: installer?.lock?.bins ?? {},
		builds: scripts.length > 0,
		runsTypeScript: runsTypeScript(version.choice),
	});
	const steps = planSteps(manifest, installer, scripts, start, request);
	const facts = gatherFacts(source, manifest, installer, steps, start);
	const port = findPortReader(source) ?? readsPortItself(start.command);
	return {
		builder: 'node',
		steps,
		layers: planLayers(facts, installer),
		base: planBase(request.base, version.choice),
		runtime: version.choice,
		processes: [{ type: request.process ?? 'web', command: start.command, reasons: start.reasons }],
		config: planConfig(start, port),
		reasons: [versionReason(version.choice), ...(installer?.reasons ?? []), ...(port === undefined ? [] : [port])],
		warnings: [...version.warnings, ...warnings(installer, facts)],
		tools:
			installer === undefined || manifest === undefined
				? {}
				: { [installer.manager.id]: installer.manager.version(manifest, version.choice.ranges[0] ?? '*').range },
		facts: { ...facts },
	};
}

/** The servers that frameworks build, and their own `start` commands, read PORT. */
function readsPortItself(command: readonly string[]): Reason | undefined {
	const known = command.some((word) =>
		/^(?:\.output|build|dist)\/(?:server\/(?:index|entry)\.mjs|index\.js)$|node_modules\/(?:\.bin\/)?(?:next|@remix-run\/serve|@react-router\/serve)\b/.test(
			word,
		),
	);
	return known ? { says: 'the framework reads PORT' } : undefined;
}

/** Node runs TypeScript by itself from 22.18 and 24. */
function runsTypeScript({ ranges }: VersionChoice): boolean {
	const lowest = minVersion(ranges[0] ?? '*');
	return lowest !== null && lowest.major >= 24;
}

function chooseInstaller(source: FileIndex, manifest: Manifest, node: string): Installer {
	const { manager, lock, reasons } = chooseManager(source, manifest, node);
	return { manager, reasons, ...(lock !== undefined && { lock: manager.readLock(source, lock, manifest) }) };
}

function versionReason({ because, file, line }: VersionChoice): Reason {
	return { says: `node: ${because}`, ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}

function planSteps(
	manifest: Manifest | undefined,
	installer: Installer | undefined,
	scripts: readonly ScriptStep[],
	start: Start,
	request: PlanRequest,
): readonly Step[] {
	if (manifest === undefined || installer === undefined) return [];
	const { manager, lock } = installer;
	const env = { ...BUILD_ENV, ...request.buildEnv };
	const addon = request.source.has('binding.gyp') && manifest.json.scripts.install === undefined;
	const extra = start.buildScripts.filter((name) => !scripts.some(({ script }) => script === name));
	const builds: Step[] = [
		...(addon ? [{ id: 'addon', command: ['node-gyp', 'rebuild'], env, reasons: [{ file: 'binding.gyp', says: 'native add-on of the project' }] }] : []),
		...scripts.map(({ script, reason }) => ({ id: script, command: [manager.id, ...manager.runScript(script)], env, reasons: [reason] })),
		...extra.map((script) => ({ id: script, command: [manager.id, ...manager.runScript(script)], env, reasons: start.reasons })),
		...(scripts.length > 0 ? [] : start.buildCommands.map((command, at) => ({ id: `prestart-${at + 1}`, command, env, reasons: start.reasons }))),
	];
	const hasAny =
		Object.keys({ ...manifest.json.dependencies, ...manifest.json.devDependencies, ...manifest.json.optionalDependencies }).length > 0 ||
		manifest.json.workspaces !== undefined;
	const install = (id: string, how: ReturnType<PackageManager['installAll']>, says: string): Step => ({
		id,
		command: [manager.id, ...how.args],
		env: how.env,
		reasons: [{ says, ...(lock !== undefined && { file: lock.file }) }],
	});
	return [
		...(builds.length > 0 && hasAny ? [install('install', manager.installAll(lock?.file), 'all dependencies, to build with')] : []),
		...builds,
		...(hasProduction(manifest) && start.ships === undefined
			? [install('dependencies', manager.installProduction(lock?.file, { architecture: 'TARGET' }), 'production dependencies, for each platform')]
			: []),
	];
}

function hasProduction(manifest: Manifest): boolean {
	return productionDependencies(manifest.json).length > 0 || manifest.json.workspaces !== undefined;
}

function gatherFacts(source: FileIndex, manifest: Manifest | undefined, installer: Installer | undefined, steps: readonly Step[], start: Start): NodeFacts {
	const builds = steps.some(({ id }) => id !== 'install' && id !== 'dependencies');
	const entry = entryFile(start.command);
	return {
		...(installer !== undefined && { manager: installer.manager.id }),
		...(installer?.lock !== undefined && { lock: installer.lock.file }),
		hasInstallScripts: installer?.lock?.hasInstallScripts ?? false,
		linksSource: installer?.lock?.linksSource ?? manifest?.json.workspaces !== undefined,
		hasDependencies: manifest !== undefined && hasProduction(manifest) && start.ships === undefined,
		...(start.ships !== undefined && { ships: start.ships }),
		builds,
		addon: steps.some(({ id }) => id === 'addon'),
		dropsTypeScript: builds && !/\.[cm]?ts$/.test(entry ?? '') && source.files.some(({ path }) => /\.[cm]?tsx?$/.test(path)),
		packages: installer?.lock?.packages ?? [],
	};
}

function planLayers(facts: NodeFacts, installer: Installer | undefined): readonly LayerPlan[] {
	const dependencies: LayerPlan = {
		name: 'dependencies',
		purpose: 'dependencies',
		says: `production node_modules${installer?.lock === undefined ? '' : `, keyed by ${installer.lock.file}`}`,
	};
	return [
		...(facts.hasDependencies ? [dependencies] : []),
		{ name: 'app', purpose: 'app', says: facts.builds ? "the app's files after the build, in /app" : "the app's files, in /app" },
	];
}

function planBase(base: BaseRequest, runtime: VersionChoice): BaseRequest {
	if (base.kind === 'scratch')
		throw new TareError('BASE_INVALID', 'a Node app cannot run on scratch: there is no node in it', {
			hint: 'Leave --base out, or name an image that has node.',
		});
	return base.kind === 'debian' ? { ...base, sets: ['static', 'cc', 'init'], runtime } : base;
}

function planConfig(start: Start, port: Reason | undefined): ConfigPatch {
	return {
		WorkingDir: start.folder === '' ? '/app' : `/app/${start.folder}`,
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
