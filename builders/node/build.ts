/** Runs the plan: install and build once in a copy of the source, production dependencies once for each platform. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageRef } from '../../src/bases/contract.js';
import type { AppContent, BuildPlan, LayerSpec, Step } from '../../src/builder/contract.js';
import { type ShippedTree, shippedTree } from '../../src/builder/shipped-tree.js';
import { TareError } from '../../src/errors.js';
import { directoryEntries } from '../../src/layers/directory.js';
import type { Entry } from '../../src/layers/entry.js';
import type { Platform } from '../../src/oci/types.js';
import { siteLayers } from '../../src/site/content.js';
import { sourceFileEntries } from '../../src/source/entries.js';
import { holdsPrivateKey } from '../../src/source/private-key.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { chooseSvelteKit, type PutIn, putInSvelteKit, serverLayer } from './adapters.js';
import { buildHint } from './build-failures.js';
import { productionDirectory } from './dependencies.js';
import { checkEntry } from './entry-check.js';
import type { NodeFacts } from './facts.js';
import { copyGenerated, generatedLayer, markTime } from './generated.js';
import { checkImports } from './import-check.js';
import { install, manifestsOf as installManifests, installQuestion, moveInstalled, nodeModulesFolders } from './install.js';
import { installKey } from './install-key.js';
import { type InstalledRows, keepModules, readInstalled, takeModules } from './kept-modules.js';
import { isBuildTrace, shippedAfterBuild } from './leftovers.js';
import { manifestFile, type PackageJson, readManifest } from './manifest.js';
import { type NodeTools, prepareTools } from './node-tools.js';
import { type Optimized, optimize } from './optimize/index.js';
import { isOptimization } from './optimize/plan.js';
import { managerById } from './package-managers/index.js';
import { isInstalledOn } from './package-managers/platforms.js';
import { settleWorkspace } from './package-managers/settled-workspace.js';
import { resolveCommand } from './programs.js';
import { scriptEnvironment } from './script-environment.js';
import { settledVariables, settleOutput } from './settle/index.js';
import { argumentsLayer, fillsIn } from './start/arguments.js';

const APP = 'app';

export async function buildNode(plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<AppContent> {
	const facts = plan.facts as unknown as NodeFacts;
	const made = facts.builds ? await tools.once('node:build', () => runBuild(plan, facts, tools)) : undefined;
	const built = made?.workspace;
	const packages = facts.packages.filter((locked) => isInstalledOn(locked, platform.architecture)).map(toPackageRef);
	if (facts.site !== undefined) return { layers: builtSite(built, facts, tools), config: {}, packages: [] };
	const planned = plan.processes[0]?.command ?? [];
	const resolved = await resolveCommand(planned, facts, platform, tools);
	const layers = [
		...(fillsIn(planned) ? [argumentsLayer()] : []),
		...(facts.adapter === 'server' ? [serverLayer(tools)] : []),
		...(facts.hasDependencies ? [dependencyLayer(facts, platform, tools)] : []),
		...(facts.hasDependencies && made?.generated !== undefined ? [await overlay(made.generated, facts, platform, tools)] : []),
		...(facts.members.length > 0 ? [workspaceLayer(built, facts, tools)] : []),
		...appLayers(built, facts, tools),
	].map(readOnce);
	const tree = await ownTree(layers);
	const command = built === undefined ? resolved : checkedCommand(resolved ?? planned, tree, plan, tools);
	await checkLoaded(command ?? planned, tree, plan, platform, tools);
	const variables = facts.scriptVariables.length === 0 ? {} : scriptEnvironment(facts, platform, tools);
	const optimized = await optimizedLayers(layers, command ?? planned, plan, platform, tools);
	return {
		layers: optimized.layers,
		config: { env: { ...variables, ...optimized.env } },
		packages,
		...(optimized.command !== undefined ? { command: optimized.command } : command !== undefined && { command }),
	};
}

/** The entries are asked for twice: by the check, and to be packed. */
function readOnce(spec: LayerSpec): LayerSpec {
	let entries: Promise<readonly Entry[]> | undefined;
	return {
		...spec,
		entries: () => {
			entries ??= spec.entries();
			return entries;
		},
	};
}

/** Without what is installed: its lock file says what that is, and it is not read for this. */
async function ownTree(layers: readonly LayerSpec[]): Promise<ShippedTree> {
	const own = await Promise.all(layers.filter(({ key }) => key === undefined).map(({ entries }) => entries()));
	return shippedTree(own.flat());
}

/** The command with the file that the build made. @throws TareError ENTRY_MISSING */
function checkedCommand(command: readonly string[], tree: ShippedTree, plan: BuildPlan, tools: Toolchain): readonly string[] {
	const { entries: alternatives = [] } = plan.facts as unknown as NodeFacts;
	return checkEntry({
		command,
		alternatives,
		workingDir: plan.config.WorkingDir ?? '/app',
		tree,
		fromSource: (path) => tools.source.has(path.slice(APP.length + 1)),
		reason: plan.processes[0]?.reasons[0],
	});
}

/** Another base may have modules of its own. @throws TareError MODULE_MISSING */
async function checkLoaded(command: readonly string[], tree: ShippedTree, plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<void> {
	const facts = plan.facts as unknown as NodeFacts;
	if (plan.base.kind !== 'debian') return;
	const known = new Set(facts.packages.map(({ name }) => name));
	const above = (from: string, name: string): readonly string[] =>
		from.split('/').map((_, at, parts) => [...parts.slice(0, at + 1), 'node_modules', name].join('/'));
	const isInstalled = async (name: string, from: string): Promise<boolean> => {
		const places = above(from, name);
		if (known.has(name) || places.some((place) => tree.kind(place) !== undefined)) return true;
		if (!facts.hasDependencies) return false;
		const dir = await productionDirectory(facts, platform, tools);
		return places.some((place) => existsSync(join(dir, place.slice(APP.length + 1))));
	};
	const { devDependencies = {} } = readManifest(tools.source, manifestFile(facts.app))?.json ?? {};
	await checkImports({ command, workingDir: plan.config.WorkingDir ?? '/app', tree, isInstalled, development: new Set(Object.keys(devDependencies)) });
}

function toPackageRef({ name, version }: { readonly name: string; readonly version: string }): PackageRef {
	return { type: 'npm', name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` };
}

function optimizedLayers(layers: readonly LayerSpec[], command: readonly string[], plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<Optimized> {
	const { optimize: asked, user = '' } = plan.facts as unknown as NodeFacts;
	if (asked.length === 0) return Promise.resolve({ layers, env: {} });
	const startEnv = plan.steps.find(({ id }) => id === 'optimize:compile-cache')?.env ?? {};
	return optimize({ layers, command, workingDir: plan.config.WorkingDir ?? '/app', startEnv, user, asked }, platform, tools);
}

interface Built {
	/** The source after the build. */
	readonly workspace: string;
	/** Files that the scripts changed in node_modules, at the same places. */
	readonly generated?: string;
}

async function runBuild(plan: BuildPlan, facts: NodeFacts, tools: Toolchain): Promise<Built> {
	const node = facts.manager === undefined ? undefined : await prepareTools(managerById(facts.manager), facts, tools);
	if (node === undefined) throw new TareError('INTERNAL', 'a build without a package manager');
	const workspace = await tools.workspace();
	const key = installKey('development', facts, tools.host, tools);
	const rows = plan.steps.some(({ id }) => id === 'install') ? await restoreOrInstall(key, workspace, facts, node, tools) : undefined;
	const putBack = settleWorkspace(workspace, facts.home, installManifests(facts, tools.source), node.manager);
	const since = await markTime(tools);
	let generated: string | undefined;
	let adapter: PutIn | undefined;
	try {
		adapter = facts.adapter === 'sveltekit' ? await putInSvelteKit(facts.app, manifestOf(facts, tools), tools, node.path) : undefined;
		const settled = { ...node, env: { ...node.env, ...adapter?.env, ...(await settledVariables(facts, tools)) } };
		for (const step of plan.steps.filter((each) => each.id !== 'install' && each.id !== 'dependencies' && !isOptimization(each)))
			await runStep(step, workspace, settled, tools);
		putBack();
		await settleOutput(workspace, facts, tools);
	} finally {
		adapter?.remove();
		generated = await copyGenerated(workspace, moduleFolders(workspace, facts), since, node.manager, tools);
		// After a compile error too: the next try should not install again. What scripts have changed is not what was installed.
		if (key !== undefined && generated === undefined && rows !== undefined) await keepModules({ key, workspace, rows, manager: node.manager }, tools);
	}
	return { workspace, ...(generated !== undefined && { generated }) };
}

function manifestOf({ app }: NodeFacts, { source }: Toolchain): PackageJson {
	const manifest = readManifest(source, manifestFile(app));
	if (manifest === undefined) throw new TareError('INTERNAL', 'a build without package.json');
	return manifest.json;
}

/** What the lock keeps of a project that leaves it open. */
export async function chooseNode(plan: BuildPlan, _platform: Platform, tools: Toolchain): Promise<void> {
	const facts = plan.facts as unknown as NodeFacts;
	if (facts.adapter === 'sveltekit') await tools.once('node:adapter', () => chooseSvelteKit(manifestOf(facts, tools), tools, []));
}

/** @returns what the installer wrote, before code of the project ran */
async function restoreOrInstall(key: string | undefined, workspace: string, facts: NodeFacts, node: NodeTools, tools: Toolchain): Promise<InstalledRows> {
	const question = { key, workspace, folders: () => moduleFolders(workspace, facts), manager: node.manager };
	const kept = await takeModules(question, tools);
	if (kept !== undefined) {
		tools.emit({ type: 'note', says: `dependencies for the build are those of ${facts.lock}, installed before` });
		return kept;
	}
	moveInstalled(
		await install('development', node.manager.installAll(installQuestion(node.manager, facts, tools)), facts, node, tools),
		workspace,
		node.manager,
	);
	return readInstalled(question);
}

/** A build's own output may hold such folders too; those are not the installer's. */
function moduleFolders(workspace: string, facts: NodeFacts): readonly string[] {
	return ['node_modules', ...[...facts.workspace, ...facts.linked].map((folder) => `${folder}/node_modules`)].filter((path) =>
		existsSync(join(workspace, path)),
	);
}

/** Only of packages that are in the image; what is generated beside them belongs to one of them. */
async function overlay(generated: string, facts: NodeFacts, platform: Platform, tools: Toolchain): Promise<LayerSpec> {
	const production = await productionDirectory(facts, platform, tools);
	return generatedLayer(generated, APP, (path) => {
		const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
		return folder.endsWith('/.prisma') || existsSync(join(production, folder));
	});
}

/** Of the root, and of the folders that the step's script may go into. */
function manifestsOf({ cwd = '' }: Step, { source }: Toolchain): readonly PackageJson[] {
	const below = source.files.map(({ path }) => path).filter((path) => path.endsWith('package.json') && (cwd === '' || path.startsWith(`${cwd}/`)));
	return [...new Set([manifestFile(cwd), 'package.json', ...below])].flatMap((file) => readManifest(source, file)?.json ?? []);
}

async function runStep(step: Step, workspace: string, node: NodeTools, tools: Toolchain): Promise<void> {
	const cwd = join(workspace, step.cwd ?? '');
	const path = [...node.path, join(cwd, 'node_modules/.bin'), join(workspace, 'node_modules/.bin')];
	const result = await tools.run({ step: step.id, argv: step.command, cwd, env: { ...node.env, ...step.env }, path });
	if (result.exitCode === 0) return;
	const at = step.reasons[0];
	throw new TareError('BUILD_FAILED', `"${step.command.join(' ')}" failed with exit code ${result.exitCode}`, {
		hint: buildHint({ exitCode: result.exitCode, output: result.tail, program: node.manager.program, manifests: manifestsOf(step, tools) }),
		...(at?.file !== undefined && { at: { file: at.file, ...(at.line !== undefined && { line: at.line }) } }),
		data: { output: result.tail.split('\n').slice(-60).join('\n') },
	});
}

function dependencyLayer(facts: NodeFacts, platform: Platform, tools: Toolchain): LayerSpec {
	const key = installKey('production', facts, platform, tools);
	return {
		name: 'dependencies',
		purpose: 'dependencies',
		...(key !== undefined && { key }),
		entries: async () => moduleEntries(await productionDirectory(facts, platform, tools), facts),
	};
}

function moduleEntries(dir: string, facts: NodeFacts): readonly Entry[] {
	const { isTrace } = managerById(facts.manager ?? 'npm');
	return nodeModulesFolders(dir).flatMap((folder) =>
		directoryEntries({ from: join(dir, folder), into: `${APP}/${folder}`, skip: (path) => isTrace(`${folder}/${path}`) || isBuildTrace(`${folder}/${path}`) }),
	);
}

/** Packages of the repository that the app needs: they change less often than the app, and more often than what is installed. */
function workspaceLayer(built: string | undefined, facts: NodeFacts, tools: Toolchain): LayerSpec {
	const below = inside(facts.members);
	return { name: 'workspace', purpose: 'dependencies', entries: async () => fileEntries(built, facts, tools, below) };
}

function appLayers(built: string | undefined, facts: NodeFacts, tools: Toolchain): readonly LayerSpec[] {
	if (built !== undefined && facts.ships !== undefined) return shippedLayers(built, facts);
	const below = facts.app === '' ? () => true : inside([facts.app]);
	const root = (path: string): boolean => facts.app !== '' && path === 'package.json';
	return [{ name: 'app', purpose: 'app', entries: async () => fileEntries(built, facts, tools, (path, isFolder) => root(path) || below(path, isFolder)) }];
}

/** True for the folders, what is in them, and what they are in. */
function inside(folders: readonly string[]): (path: string, isFolder?: boolean) => boolean {
	return (path, isFolder = false) => folders.some((folder) => path === folder || path.startsWith(`${folder}/`) || (isFolder && folder.startsWith(`${path}/`)));
}

/** An output that is complete in itself; the node_modules it brings change only with what is installed. */
function shippedLayers(built: string, facts: NodeFacts): readonly LayerSpec[] {
	const entries = (wanted: (path: string) => boolean): readonly Entry[] =>
		(facts.ships ?? []).flatMap(({ from, to, optional }) => {
			const source = join(built, facts.app, from);
			if (!existsSync(source) && optional === true) return [];
			// A folder that begins at the root holds the place of the app in the repository, too.
			const into = [APP, ...(to.startsWith('/') ? [] : [facts.app]), to]
				.map((part) => part.replace(/^\//, ''))
				.filter((part) => part !== '')
				.join('/');
			return directoryEntries({ from: source, into, skip: isBuildTrace }).filter(({ path }) => wanted(path));
		});
	const isModule = (path: string): boolean => path.includes('/node_modules/');
	return [
		{ name: 'dependencies', purpose: 'dependencies', entries: async () => entries(isModule) },
		{ name: 'app', purpose: 'app', entries: async () => entries((path) => !isModule(path)) },
	];
}

/** @throws TareError SITE_MISSING */
function builtSite(built: string | undefined, facts: NodeFacts, tools: Toolchain): readonly LayerSpec[] {
	const roots = facts.site?.roots ?? [];
	const root = roots.map((folder) => join(built ?? tools.source.root, facts.app, folder)).find((folder) => existsSync(join(folder, 'index.html')));
	if (root === undefined)
		throw new TareError('SITE_MISSING', `the build made no index.html in ${roots.join(' or ')}, where ${facts.framework} puts it`, {
			hint: 'Let the build write there, name a command with --start, or build the finished folder: tare build FOLDER.',
		});
	const onePage = facts.site?.singlePage === true && !existsSync(join(root, '404.html'));
	return siteLayers({ root, singlePage: onePage, skip: (path) => tools.rules.unshipped(path) }, tools);
}

function fileEntries(built: string | undefined, facts: NodeFacts, tools: Toolchain, wanted: (path: string, isFolder?: boolean) => boolean): readonly Entry[] {
	const { source, rules, contentHash, emit } = tools;
	if (built === undefined) {
		const shipped = source.files.filter(
			({ path, type }) =>
				wanted(path) && !rules.unshipped(path) && !isLockFile(path, facts) && !(type === 'file' && withheld(join(source.root, path), path, emit)),
		);
		return sourceFileEntries(source.root, shipped, { into: APP, hash: contentHash });
	}
	return directoryEntries({
		from: built,
		into: APP,
		skip: (path, isFolder) =>
			!wanted(path, isFolder) ||
			isLockFile(path, facts) ||
			!shippedAfterBuild(path, { isFolder, fromSource: source.has(path), dropsTypeScript: facts.dropsTypeScript, rules }) ||
			(!isFolder && withheld(join(built, path), path, emit)),
	});
}

/** What a package manager reads, and no app. */
function isLockFile(path: string, { manager, onBun }: NodeFacts): boolean {
	// Bun reads its own settings when it starts an app.
	if (onBun && path === 'bunfig.toml') return false;
	return (
		/^(?:\.yarn(?:\/|$)|\.yarnrc\.yml$|\.pnp\.|pnpm-workspace\.yaml$|\.pnpmfile\.|yarn\.lock$|pnpm-lock\.yaml$|bun\.lockb?$|bunfig\.toml$)/.test(path) &&
		manager !== undefined
	);
}

function withheld(full: string, path: string, emit: Toolchain['emit']): boolean {
	const isKey = holdsPrivateKey(full);
	if (isKey)
		emit({
			type: 'warning',
			says: `${path} is a private key: left out of the image`,
			hint: 'Give keys to the running container, as a mounted file or a variable.',
		});
	return isKey;
}
