/** The steps of a plan: install, scripts, production dependencies. */
import type { PlanRequest, Step } from '../../src/builder/contract.js';
import { buildScripts, type ScriptStep } from './build-script.js';
import { allDependencies, type Manifest, productionDependencies } from './manifest.js';
import type { PackageManager } from './package-managers/contract.js';
import type { Installer } from './package-managers/installer.js';
import { needsPrismaGenerate } from './prisma.js';
import type { Project } from './project.js';
import type { Start } from './start/choose.js';
import type { Member } from './workspaces.js';

const BUILD_ENV = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1' };

export function planSteps(
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
	const question = { lock: lock?.file, source: request.source, root: rootManifest.json, version: installer.range };
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
