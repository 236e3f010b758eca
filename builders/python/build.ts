/** Installs what the app needs, compiles it, and layers it beneath the app's files. */
import type { AppContent, BuildPlan, LayerSpec } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { Platform } from '../../src/oci/types.js';
import { sourceFileEntries } from '../../src/source/entries.js';
import type { SourceFile } from '../../src/source/file-index.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { BYTECODE_RECIPE, standardLibrary } from './bytecode.js';
import { collectStatic } from './collectstatic.js';
import { distributionEntries } from './distribution.js';
import type { PythonFacts } from './facts.js';
import { findLibraryEntries } from './find-library.js';
import { gunicornEnvironment } from './gunicorn.js';
import { distributionOf } from './imports/names.js';
import { verifyImports } from './imports/verify.js';
import { type Installed, installed, siteEntries } from './installed.js';
import { launcherEntry } from './launcher.js';
import { normalName } from './names.js';
import { madeFiles, projectEntries, projectPackage } from './packaging/wheel.js';
import { pinnedList } from './pinned.js';
import type { State } from './state.js';
import { findUv } from './uv.js';
import { insideFolder } from './workspace/inside.js';

/** Caches, other people's environments: nothing that an app reads. */
const NEVER_SHIPPED =
	/(?:^|\/)(?:\.(?:pytest_cache|mypy_cache|ruff_cache|tox|nox|hypothesis|coverage|python-version|pre-commit-config\.yaml)|[^/]+\.egg-info)(?:\/|$)|\.py[co]$/;

/** @throws TareError INSTALL_FAILED | BUILD_FAILED | START_UNSUPPORTED | TOOL_MISSING */
export async function buildPython(plan: BuildPlan, platform: Platform, outer: Toolchain): Promise<AppContent> {
	const facts = plan.facts as unknown as PythonFacts;
	const tools = insideFolder(facts.folder, outer);
	const dependencies = await installed(facts, platform, tools);
	const project = await projectPackage(facts, platform, tools);
	checkPrograms(facts, [...(dependencies?.programs ?? []), ...(project?.programs ?? [])], tools);
	const made = project === undefined ? [] : madeFiles(project, facts, tools);
	const imports = await verifyImports(plan, facts, [dependencies, project], [...shippedFiles(tools), ...made], tools);
	return {
		layers: [
			...(facts.debian ? [await bytecodeLayer(facts, tools)] : []),
			...(dependencies === undefined ? [] : [dependencyLayer(dependencies, facts)]),
			{
				name: 'app',
				purpose: 'app',
				entries: async () => [...(await appEntries(facts, dependencies, project, tools)), ...findLibraryEntries(plan, dependencies, facts)],
			},
		],
		config: { env: { ...gunicornEnvironment(plan, dependencies), ...(facts.debian ? {} : foreignPath(plan, facts)) } },
		packages: [...(dependencies?.packages ?? []), ...(project?.packages ?? [])],
		...(imports !== undefined && { loads: [...imports.loaded].map((module) => normalName(distributionOf(module))) }),
	};
}

/** Versions of uv and of what the project does not pin. @throws TareError INSTALL_FAILED | TOOL_MISSING */
export async function choosePython(plan: BuildPlan, platform: Platform, outer: Toolchain): Promise<void> {
	const facts = plan.facts as unknown as PythonFacts;
	const tools = insideFolder(facts.folder, outer);
	if (facts.origin.kind !== 'none' || facts.adds.length > 0 || facts.wheel !== undefined) await findUv(facts, tools);
	await pinnedList(facts, platform, tools);
}

async function bytecodeLayer({ version }: PythonFacts, tools: Toolchain): Promise<LayerSpec> {
	const root = await tools.hostBase();
	const key = `python bytecode ${BYTECODE_RECIPE} ${root.slice(root.lastIndexOf('/') + 1)}`;
	return { name: 'bytecode', purpose: 'runtime', key, entries: () => standardLibrary(version, tools) };
}

function dependencyLayer(dependencies: Installed, facts: PythonFacts): LayerSpec {
	const { key } = dependencies;
	return { name: 'dependencies', purpose: 'dependencies', ...(key !== undefined && { key }), entries: async () => siteEntries(dependencies, facts) };
}

/** Another base's Python does not look where Debian's does. */
function foreignPath({ config }: BuildPlan, { version }: PythonFacts): Record<string, string> {
	return { PYTHONPATH: `${config.env?.PYTHONPATH ?? '/app'}:/usr/local/lib/python${version}/dist-packages` };
}

function shippedFiles({ source, rules }: Toolchain): readonly SourceFile[] {
	const environments = source.files.filter(({ path }) => path.endsWith('/pyvenv.cfg')).map(({ path }) => path.slice(0, -'pyvenv.cfg'.length));
	// What the app's own patterns leave out is a part of the repository that was read.
	return source.files.filter(
		({ path }) => !rules.ignores(path) && !rules.unshipped(path) && !NEVER_SHIPPED.test(path) && !environments.some((folder) => path.startsWith(folder)),
	);
}

async function appEntries(
	facts: PythonFacts,
	dependencies: Installed | undefined,
	project: Installed | undefined,
	tools: Toolchain,
): Promise<readonly Entry[]> {
	const { source, contentHash } = tools;
	return [
		...sourceFileEntries(source.root, shippedFiles(tools), { into: 'app', hash: contentHash }),
		...(facts.launched ? [launcherEntry()] : []),
		...facts.states.map(stateEntry),
		...(project === undefined ? (isInstalled(facts, dependencies) ? [] : distributionEntries(facts)) : projectEntries(project, facts, tools)),
		...(await tools.once('collectstatic', () => collectStatic(facts, '', tools))),
	];
}

/** `-e .` in requirements. */
function isInstalled({ distribution }: PythonFacts, dependencies: Installed | undefined): boolean {
	return dependencies?.packages.some(({ name }) => name === normalName(distribution?.name ?? '')) === true;
}

function stateEntry({ path, target }: State): Entry {
	return { type: 'symlink', path: imagePath(`app/${path}`), mode: 0o777, target };
}

/** A command that nothing brings would only be missed when the container starts. @throws TareError START_UNSUPPORTED */
function checkPrograms({ programs, distribution }: PythonFacts, installedPrograms: readonly string[], { source }: Toolchain): void {
	const known = new Set(['python', ...installedPrograms, ...Object.keys(distribution?.scripts ?? {})]);
	const missing = programs.find(
		(program) => !known.has(program) && !known.has(program.replace(/^\/usr\/local\/bin\//, '')) && !source.has(program.replace(/^\.\//, '')),
	);
	if (missing === undefined) return;
	throw new TareError('START_UNSUPPORTED', `the start command runs ${missing}, which no dependency brings`, {
		hint: `Add the package that has it (for example ${missing.replace(/[^\w.-]/g, '')}) to the dependencies, or name another command with --start.`,
		data: { program: missing, programs: [...known].sort() },
	});
}
