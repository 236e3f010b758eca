/** The steps of a plan: install, scripts, production dependencies. */
import type { PlanRequest, Reason, Step } from '../../src/builder/contract.js';
import { subfolder } from '../../src/source/subfolder.js';
import { buildScripts, leftOutScripts, type ScriptStep } from './build-script.js';
import { allDependencies, type Manifest, productionDependencies } from './manifest.js';
import type { PackageManager } from './package-managers/contract.js';
import type { Installer } from './package-managers/installer.js';
import { needsPrismaGenerate } from './prisma.js';
import type { Project } from './project.js';
import { refuseNestedServer } from './scripts/nested-installs.js';
import { orderScripts, type PackageScript, rootScripts } from './scripts/order.js';
import { reachableScripts } from './scripts/reachable.js';
import { scriptWarnings } from './scripts/warnings.js';
import type { Start } from './start/choose.js';
import { entryFile } from './start/entry.js';
import type { Member } from './workspaces.js';

const BUILD_ENV = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1' };

export interface PlannedSteps {
	readonly steps: readonly Step[];
	/** What is not run, and why that is right. */
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

export function planSteps(
	project: Project,
	installer: Installer | undefined,
	scripts: readonly ScriptStep[],
	start: Start,
	request: PlanRequest,
): PlannedSteps {
	const { manifest, rootManifest, workspace, folder, home, rootDependencies } = project;
	if (manifest === undefined || rootManifest === undefined || installer === undefined) return { steps: [], reasons: [], warnings: [] };
	const { manager, lock } = installer;
	const wanted = wantedScripts(project, manifest, scripts, start, request);
	const ordered = orderScripts(project, wanted);
	refuseNested(project, ordered.scripts, manager, start);
	const builds = buildSteps(project, manifest, installer, ordered.scripts, start, request);
	const hasAny = workspace.length > 0 || Object.keys(allDependencies(manifest.json)).length > 0;
	const question = { lock: lock?.file, source: subfolder(project.root, home), root: rootManifest.json, version: installer.range };
	const install = (id: string, how: ReturnType<PackageManager['installAll']>, says: string): Step => ({
		id,
		command: [manager.program, ...how.args],
		env: how.env,
		...(home !== '' && { cwd: home }),
		reasons: [{ says, ...(lock !== undefined && { file: lock.file }) }],
	});
	const production = manager.installProduction(question, {
		architecture: 'TARGET',
		...(folder !== home && { workspace: folder, withRoot: rootDependencies.names.length > 0 }),
	});
	const ships = hasProduction(manifest, workspace) && start.ships === undefined && start.site === undefined;
	const involved = packagesOf(project, manifest, request.buildScript);
	return {
		steps: [
			...(builds.length > 0 && hasAny ? [install('install', manager.installAll(question), 'all dependencies, to build with')] : []),
			...builds,
			...(ships ? [install('dependencies', production, 'production dependencies, for each platform')] : []),
		],
		reasons: [...involved.flatMap((each) => leftOutScripts(each.manifest)), ...(ships ? rootDependencies.reasons : [])],
		warnings: [
			...linkWarnings(project),
			...(ships ? rootDependencies.warnings : []),
			...ordered.warnings,
			...scriptWarnings(project.root, ordered.scripts, manager, involved),
		],
	};
}

function refuseNested({ source, folder }: Project, scripts: readonly PackageScript[], { id }: PackageManager, start: Start): void {
	const own = scripts.filter((script) => script.folder === folder);
	const [first] = own;
	if (first === undefined) return;
	const all = first.manifest.json.scripts;
	const running = reachableScripts(
		all,
		own.map(({ script }) => script),
		id !== 'yarn-berry',
	);
	refuseNestedServer(
		source,
		own,
		[...running].map((name) => all[name] ?? ''),
		entryFile(start.command),
	);
}

/** A linked folder is shipped as it is. */
function linkWarnings({ linked }: Project): readonly Reason[] {
	return linked
		.filter(({ manifest }) => manifest.json.scripts.build !== undefined)
		.map(({ folder, manifest }) => ({
			file: manifest.file,
			line: manifest.lineOf('scripts', 'build'),
			says: `${folder} is a linked folder, and its script "build" is not run: commit what it makes, or make the folder a package of the workspace`,
		}));
}

/** The packages whose scripts a build runs: the repository's root, what the app needs, the app. */
function packagesOf({ rootManifest, members, folder }: Project, manifest: Manifest, asked: string | false | undefined): readonly Member[] {
	const root = folder === '' || rootManifest === undefined || rootManifest === manifest || asked === false ? [] : [{ folder: '', manifest: rootManifest }];
	return [...root, ...members, { folder, manifest }];
}

function wantedScripts(
	project: Project,
	manifest: Manifest,
	scripts: readonly ScriptStep[],
	start: Start,
	{ buildScript }: PlanRequest,
): readonly PackageScript[] {
	const { members, folder } = project;
	const extra = start.buildScripts.filter((name) => !scripts.some(({ script }) => script === name));
	return [
		...(buildScript === false ? [] : rootScripts(project)),
		...members.flatMap((member) => buildScripts(member.manifest, undefined).map((step) => ({ ...step, ...member }))),
		...scripts.map((step) => ({ ...step, folder, manifest })),
		...extra.map((script) => ({ script, reason: start.reasons[0] ?? { says: `script "${script}"` }, folder, manifest })),
	];
}

function buildSteps(
	project: Project,
	manifest: Manifest,
	installer: Installer,
	scripts: readonly PackageScript[],
	start: Start,
	request: PlanRequest,
): readonly Step[] {
	const { source, folder } = project;
	const { manager } = installer;
	const env = { ...BUILD_ENV, ...nestedInstalls(installer), ...request.buildEnv };
	const addon = source.has('binding.gyp') && manifest.json.scripts.install === undefined;
	const isOwn = (script: PackageScript): boolean => script.folder === folder;
	const commands = scripts.some(isOwn) ? [] : start.buildCommands;
	const first = scripts.findIndex(isOwn);
	const before = first < 0 ? scripts : scripts.slice(0, first);
	return [
		...prismaSteps(project, manifest, manager, scripts, request).map((step) => ({ ...step, env })),
		...before.map((script) => scriptRun(script, folder, manager, env)),
		...(addon ? [{ id: 'addon', command: ['node-gyp', 'rebuild'], env, reasons: [{ file: 'binding.gyp', says: 'native add-on of the project' }] }] : []),
		...scripts.slice(before.length).map((script) => scriptRun(script, folder, manager, env)),
		...commands.map((command, at) => ({ id: `prestart-${at + 1}`, command, env, cwd: folder, reasons: start.reasons })),
	];
}

/** With NODE_ENV=production, an installation that a script starts would leave out what the script goes on to build with. */
function nestedInstalls({ manager, range }: Installer): Readonly<Record<string, string>> {
	// Read in this spelling by npm 6, pnpm and Yarn 1; npm 7 and later would warn of it, Yarn 2 refuses a YARN_PRODUCTION.
	const older = manager.id !== 'npm' || range.startsWith('6');
	return { npm_config_include: 'dev', ...(older && { NPM_CONFIG_PRODUCTION: 'false' }) };
}

function scriptRun({ folder, script, reason, rest, manifest }: PackageScript, app: string, manager: PackageManager, env: Step['env']): Step {
	const id = folder === app ? script : `${folder === '' ? 'root' : folder}:${script}`;
	if (rest === undefined) return { id, command: [manager.program, ...manager.runScript(script)], env, cwd: folder, reasons: [reason] };
	const { name, version } = manifest.json;
	const given = {
		npm_lifecycle_event: script,
		...(name !== undefined && { npm_package_name: name }),
		...(version !== undefined && { npm_package_version: version }),
	};
	return { id, command: ['sh', '-c', rest], env: { ...given, ...env }, cwd: folder, reasons: [reason] };
}

function prismaSteps(project: Project, manifest: Manifest, manager: PackageManager, scripts: readonly PackageScript[], request: PlanRequest) {
	const runsPrePost = manager.id !== 'yarn-berry';
	const textOf = (of: Member): readonly string[] => {
		const names = scripts.filter(({ folder }) => folder === of.folder).map(({ script }) => script);
		return [...reachableScripts(of.manifest.json.scripts, names, runsPrePost)].map((name) => of.manifest.json.scripts[name] ?? '');
	};
	const packages = packagesOf(project, manifest, request.buildScript);
	const root = packages.filter(({ folder }) => folder === '').flatMap(textOf);
	return packages.flatMap((each) => {
		const found = needsPrismaGenerate(subfolder(project.root, each.folder), each.manifest, project.rootManifest, [...root, ...textOf(each)]);
		const id = each.folder === project.folder ? 'prisma' : `${each.folder === '' ? 'root' : each.folder}:prisma`;
		return found === undefined ? [] : [{ id, command: ['prisma', 'generate', ...found.args], cwd: each.folder, reasons: [found.reason] }];
	});
}

function hasProduction(manifest: Manifest, workspace: readonly Member[]): boolean {
	return productionDependencies(manifest.json).length > 0 || workspace.length > 0;
}
