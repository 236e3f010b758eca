/** Runs the plan: install and build once in a copy of the source, production dependencies once for each platform. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageRef } from '../../src/bases/contract.js';
import type { AppContent, BuildPlan, LayerSpec, Step } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { directoryEntries } from '../../src/layers/directory.js';
import type { Entry } from '../../src/layers/entry.js';
import { formatPlatform } from '../../src/oci/platform.js';
import type { Platform } from '../../src/oci/types.js';
import { sourceFileEntries } from '../../src/source/entries.js';
import { holdsPrivateKey } from '../../src/source/private-key.js';
import { stableJson } from '../../src/stable-json.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { install, moveNodeModules, type NodeTools, nodeModulesFolders, prepareTools } from './install.js';
import { isBuildTrace, shippedAfterBuild } from './leftovers.js';
import { managerById } from './package-managers/index.js';
import type { NodeFacts } from './plan.js';

/** Grows when the same inputs would give another dependency layer. */
const RECIPE = 1;
const APP = 'app';

export async function buildNode(plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<AppContent> {
	const facts = plan.facts as unknown as NodeFacts;
	const built = facts.builds ? await tools.once('node:build', () => runBuild(plan, facts, tools)) : undefined;
	const app: LayerSpec = { name: 'app', purpose: 'app', entries: async () => (built === undefined ? sourceEntries(tools) : builtEntries(built, facts, tools)) };
	return {
		layers: [...(facts.hasDependencies ? [dependencyLayer(facts, platform, tools)] : []), app],
		config: {},
		packages: facts.packages.map(toPackageRef),
	};
}

function toPackageRef({ name, version }: { readonly name: string; readonly version: string }): PackageRef {
	return { type: 'npm', name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` };
}

/** @returns the workspace after the build */
async function runBuild(plan: BuildPlan, facts: NodeFacts, tools: Toolchain): Promise<string> {
	const node = facts.manager === undefined ? undefined : await prepareTools(managerById(facts.manager), facts, tools);
	if (node === undefined) throw new TareError('INTERNAL', 'a build without a package manager');
	const workspace = await tools.workspace();
	const key = installKey('development', facts, tools.host, tools);
	if (plan.steps.some(({ id }) => id === 'install')) await restoreOrInstall(key, workspace, facts, node, tools);
	try {
		for (const step of plan.steps.filter(({ id }) => id !== 'install' && id !== 'dependencies')) await runStep(step, workspace, node, tools);
	} finally {
		// After a compile error too: the next try should not install again.
		if (key !== undefined) await keepModules(key, workspace, tools);
	}
	return workspace;
}

async function restoreOrInstall(key: string | undefined, workspace: string, facts: NodeFacts, node: NodeTools, tools: Toolchain): Promise<void> {
	if (key !== undefined && (await tools.store.takeTree('node-modules', key, join(workspace, 'node_modules')))) {
		tools.emit({ type: 'note', says: `dependencies for the build are those of ${facts.lock}, installed before` });
		return;
	}
	moveNodeModules(await install('development', node.manager.installAll(facts.lock), facts, node, tools), workspace);
}

/** The next build starts from the installed tree; only one that is a single folder is worth keeping. */
async function keepModules(key: string, workspace: string, tools: Toolchain): Promise<void> {
	const folders = nodeModulesFolders(workspace);
	if (folders.length === 1 && folders[0] === 'node_modules') await tools.store.giveTree('node-modules', key, join(workspace, 'node_modules'));
}

async function runStep(step: Step, workspace: string, node: NodeTools, tools: Toolchain): Promise<void> {
	const path = [...node.path, join(workspace, 'node_modules/.bin')];
	const result = await tools.run({ step: step.id, argv: step.command, cwd: workspace, env: { ...node.env, ...step.env }, path });
	if (result.exitCode === 0) return;
	const at = step.reasons[0];
	throw new TareError('BUILD_FAILED', `"${step.command.join(' ')}" failed with exit code ${result.exitCode}`, {
		hint: /gyp ERR!/.test(result.tail)
			? 'A native add-on could not be compiled: install python3, make and a C++ compiler.'
			: 'The lines above are the script\'s own; run it in a fresh clone to see the same. "build: {script: ...}" in tare.yaml names another script or none.',
		...(at?.file !== undefined && { at: { file: at.file, ...(at.line !== undefined && { line: at.line }) } }),
		data: { output: result.tail },
	});
}

function dependencyLayer(facts: NodeFacts, platform: Platform, tools: Toolchain): LayerSpec {
	const key = installKey('production', facts, platform, tools);
	return {
		name: 'dependencies',
		purpose: 'dependencies',
		...(key !== undefined && { key }),
		entries: async () => {
			const node = await prepareTools(managerById(facts.manager ?? 'npm'), facts, tools);
			const command = node.manager.installProduction(facts.lock, { architecture: platform.architecture });
			const dir = await install('production', command, facts, node, tools);
			return moduleEntries(dir, node);
		},
	};
}

function moduleEntries(dir: string, { manager }: NodeTools): readonly Entry[] {
	mkdirSync(join(dir, 'node_modules'), { recursive: true });
	return nodeModulesFolders(dir).flatMap((folder) =>
		directoryEntries({
			from: join(dir, folder),
			into: `${APP}/${folder}`,
			skip: (path) => manager.isTrace(`${folder}/${path}`) || isBuildTrace(`${folder}/${path}`),
		}),
	);
}

/** Equal keys, equal node_modules; undefined when something outside the key decides (no lock file, links into the source). */
function installKey(kind: string, facts: NodeFacts, platform: Platform, tools: Toolchain): string | undefined {
	if (facts.lock === undefined || facts.linksSource || facts.manager === undefined) return undefined;
	const manager = managerById(facts.manager);
	const files = ['package.json', facts.lock, ...manager.configFiles];
	const inputs = {
		recipe: RECIPE,
		kind,
		platform: formatPlatform(platform),
		node: tools.runtimeVersion('node'),
		manager: `${manager.id}@${tools.toolVersion(manager.id)}`,
		files: files.map((file) => [file, dependencyPart(file, tools)]),
	};
	return createHash('sha256').update(stableJson(inputs)).digest('hex');
}

/** A change of name, version or scripts in package.json installs the same modules. */
function dependencyPart(file: string, tools: Toolchain): string | undefined {
	const text = tools.source.text(file);
	if (file !== 'package.json' || text === undefined) return text;
	const json = JSON.parse(text) as Record<string, unknown>;
	const parts = [
		'dependencies',
		'devDependencies',
		'optionalDependencies',
		'peerDependencies',
		'overrides',
		'bundleDependencies',
		'bundledDependencies',
		'allowScripts',
		'workspaces',
	];
	return stableJson(Object.fromEntries(parts.map((part) => [part, json[part] ?? null])));
}

function sourceEntries({ source, rules, contentHash, emit }: Toolchain): readonly Entry[] {
	const shipped = source.files.filter(({ path, type }) => !rules.unshipped(path) && !(type === 'file' && withheld(join(source.root, path), path, emit)));
	return sourceFileEntries(source.root, shipped, { into: APP, hash: contentHash });
}

function builtEntries(workspace: string, facts: NodeFacts, { source, rules, emit }: Toolchain): readonly Entry[] {
	// An output that is complete in itself, its own node_modules included.
	if (facts.ships !== undefined) return directoryEntries({ from: join(workspace, facts.ships), into: `${APP}/${facts.ships}`, skip: isBuildTrace });
	return directoryEntries({
		from: workspace,
		into: APP,
		skip: (path, isFolder) =>
			!shippedAfterBuild(path, { isFolder, fromSource: source.has(path), dropsTypeScript: facts.dropsTypeScript, rules }) ||
			(!isFolder && withheld(join(workspace, path), path, emit)),
	});
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
