/** Installing node_modules: in a folder of its own, so that the project's scripts run when we say and node_modules can be kept. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errno, TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { subfolder } from '../../src/source/subfolder.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './facts.js';
import { explainInstall, settingsVariables } from './install-failures.js';
import { isRecord, manifestFile, manifestFiles, manifestText, readManifest } from './manifest.js';
import { managerVersion, type NodeTools } from './node-tools.js';
import type { InstallCommand, InstallQuestion, PackageManager } from './package-managers/contract.js';
import { claimProgram, foreignEnvironment } from './package-managers/foreign.js';
import { NEWER_PACKAGES } from './package-managers/installer.js';
import { installReads } from './package-managers/referenced.js';
import { nodeArchitecture } from './package-managers/target.js';

export function installQuestion(manager: PackageManager, facts: NodeFacts, tools: Toolchain): InstallQuestion {
	const { source } = tools;
	const root = readManifest(source, manifestFile(facts.home))?.json ?? readManifest(source, manifestFile(facts.app))?.json;
	if (root === undefined) throw new TareError('INTERNAL', 'an installation without package.json');
	return { lock: facts.lock, source: subfolder(source, facts.home), root, version: managerVersion(manager, facts, tools) };
}

const SHOWN_LINES = 60;

export type InstallKind = 'development' | 'production';

/** @returns the folder in which the package manager ran @throws TareError INSTALL_FAILED | LOCKFILE_OUTDATED */
export async function install(kind: InstallKind, command: InstallCommand, facts: NodeFacts, node: NodeTools, tools: Toolchain): Promise<string> {
	const dir = await tools.scratch(kind);
	await layOut(dir, command, facts, node.manager, tools, kind === 'production');
	const step = kind === 'production' ? 'dependencies' : 'install';
	const { argv, env } = await invocation(command, node, tools);
	// One platform after the other: the second finds what the first has fetched.
	const result = await tools.alone('node:install', async () => {
		const cache = node.manager.cache === undefined ? undefined : await openCache(node.manager, tools);
		const done = await tools.run({ step, argv, cwd: join(dir, facts.home), env: { ...node.env, ...cache?.env, ...command.env, ...env }, path: node.path });
		await cache?.close();
		return done;
	});
	if (result.exitCode === 0) return dir;
	if (facts.lock !== undefined && node.manager.saysOutdated(result.tail)) {
		throw new TareError('LOCKFILE_OUTDATED', `${facts.lock} does not match package.json`, {
			hint: `Run \`${node.manager.program} install\` and commit ${facts.lock}.`,
			at: { file: facts.lock },
		});
	}
	if (command.target?.way === 'newer' && command.target.architecture !== tools.host.architecture)
		throw new TareError(
			'INSTALL_FAILED',
			`bun ${managerVersion(node.manager, facts, tools)} cannot install for linux/${command.target.architecture}, and a newer one failed`,
			{
				hint: `Set "packageManager" to bun 1.2.23 or newer, and write ${facts.lock ?? 'the lock file'} again with it.`,
				data: { output: withoutManual(result.tail) },
			},
		);
	throw new TareError('INSTALL_FAILED', `installing the ${kind} dependencies failed (${node.manager.program} exited with ${result.exitCode})`, {
		...explainInstall(result.tail, settingsVariables(subfolder(tools.source, facts.home))),
		data: { output: withoutManual(result.tail) },
	});
}

/** For another platform than the host's, as the tool's version makes it possible. */
async function invocation({ args, target }: InstallCommand, { manager, node, file }: NodeTools, tools: Toolchain) {
	const usual = { argv: [manager.program, ...args], env: {} };
	const host = tools.host.architecture;
	if (target === undefined || target.architecture === host) return usual;
	const architecture = nodeArchitecture(target.architecture);
	const env = foreignEnvironment(architecture);
	if (target.way === 'claim' && file !== undefined) {
		const claim = join(await tools.scratch('claim'), 'claim.cjs');
		writeFileSync(claim, claimProgram(architecture));
		return { argv: [node, '--require', claim, file, ...args], env };
	}
	const newer = target.way === 'newer' ? NEWER_PACKAGES[host] : undefined;
	return newer === undefined ? { ...usual, env } : { argv: [join(await tools.tool(newer), 'bin', manager.program), ...args], env };
}

/** Downloads are kept in the store; a second build at the same time does without. */
async function openCache(manager: PackageManager, tools: Toolchain) {
	const folder = join(await tools.scratch('package-cache'), 'kept');
	// Install scripts see the folder, and not every manager checks what it takes from it.
	const key = `${tools.source.root}\0${manager.id}`;
	await tools.store.takeTree('package-cache', key, folder);
	mkdirSync(folder, { recursive: true });
	return { env: manager.cache?.(folder) ?? {}, close: () => tools.store.giveTree('package-cache', key, folder) };
}

/** What an install reads, and nothing else; the project's own scripts are left out and run as steps. */
async function layOut(dir: string, command: InstallCommand, facts: NodeFacts, manager: PackageManager, tools: Toolchain, production: boolean): Promise<void> {
	const { source } = tools;
	const manifests = manifestsOf(facts, source);
	const lock = lockOf(facts);
	const reads = installReads(manager, source, { manifests, lock, home: facts.home });
	const kept = keptMembers(command, facts, production);
	for (const { path, type } of source.files) {
		const wanted = facts.linksSource ? path !== 'binding.gyp' : manifests.has(path) || path === lock || reads(path);
		if (!wanted || type !== 'file' || (manifests.has(path) && !kept(path))) continue;
		mkdirSync(dirname(join(dir, path)), { recursive: true });
		const target = join(dir, path.replace(/\.json5$/, '.json'));
		const text = manifests.has(path) ? manifestText(source, path) : source.text(path);
		const settled = text === undefined ? undefined : (manager.settle?.(path.replace(/5$/, ''), text) ?? text);
		if (manifests.has(path)) writeFileSync(target, prepared(settled ?? '{}', path, command, facts, production));
		else if (path === lock && manager.localise !== undefined) writeFileSync(target, manager.localise(text ?? '', await tools.packageRegistry()));
		else if (settled !== text) writeFileSync(target, settled ?? '');
		else copyFileSync(join(source.root, path), target);
	}
}

/** Paths of all package.json of the project. */
export function manifestsOf({ workspace }: NodeFacts, source: FileIndex): ReadonlySet<string> {
	return new Set(manifestFiles(source, ['', ...workspace]));
}

/** Path of the lock file from the root of the source. */
export function lockOf({ home, lock }: NodeFacts): string | undefined {
	return lock === undefined ? undefined : join(home, lock);
}

/** A tool that cannot install for one package of the workspace alone sees only those that the app needs. */
function keptMembers(command: InstallCommand, facts: NodeFacts, production: boolean): (path: string) => boolean {
	if (!reduces(command, facts, production)) return () => true;
	const kept = new Set(['package.json', ...[facts.app, ...facts.members].map(manifestFile)]);
	return (path) => kept.has(path.replace(/5$/, ''));
}

function reduces(command: InstallCommand, facts: NodeFacts, production: boolean): boolean {
	return production && facts.app !== facts.home && (command.stripsDevelopment === true || command.wholeWorkspace === true);
}

function prepared(text: string, path: string, command: InstallCommand, facts: NodeFacts, production: boolean): string {
	const json: unknown = JSON.parse(text);
	if (!isRecord(json)) return text;
	const isRoot = /^package\.json5?$/.test(path);
	return JSON.stringify({
		...json,
		scripts: undefined,
		// The version is chosen: no tool looks for another.
		packageManager: undefined,
		...(isRecord(json.devEngines) && { devEngines: { ...json.devEngines, packageManager: undefined } }),
		...(command.stripsDevelopment === true && { devDependencies: undefined }),
		...(isRoot && reduces(command, facts, production) && { workspaces: [facts.app, ...facts.members], devDependencies: undefined }),
		...(isRoot && (reduces(command, facts, production) || command.picksFromRoot === true) && pickedFromRoot(json, facts)),
	});
}

/** What the root itself depends on is for work on the repository, but for what the app imports, and what `overrides` refer to. */
function pickedFromRoot(json: Readonly<Record<string, unknown>>, { rootDependencies }: NodeFacts): Readonly<Record<string, unknown>> {
	const referred = JSON.stringify(json.overrides ?? {});
	const isWanted = (name: string): boolean => rootDependencies.includes(name) || referred.includes(`"$${name}"`);
	const picked = (key: string) => Object.fromEntries(Object.entries(isRecord(json[key]) ? json[key] : {}).filter(([name]) => isWanted(name)));
	return { dependencies: picked('dependencies'), optionalDependencies: picked('optionalDependencies') };
}

/** npm answers a lock file that does not fit with the reason, and then with its whole manual page. */
function withoutManual(output: string): string {
	const lines = output.split('\n');
	const from = lines.findIndex((line) => /^npm (?:error|ERR!) (?:Clean install|Usage:)/.test(line));
	return (from < 0 ? lines : lines.slice(0, from)).slice(-SHOWN_LINES).join('\n');
}

/** node_modules folders below `dir`, the root's and the workspaces', relative to it. */
export function nodeModulesFolders(dir: string, below = ''): readonly string[] {
	const folders = readdirSync(join(dir, below), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== '.git');
	return folders.flatMap(({ name }) => {
		const path = below === '' ? name : `${below}/${name}`;
		return name === 'node_modules' ? [path] : nodeModulesFolders(dir, path);
	});
}

/** Moves what an install made to the same places in another tree: every node_modules folder and the tool's notes. */
export function moveInstalled(from: string, to: string, { state }: PackageManager, folders = nodeModulesFolders(from)): void {
	const paths = [...folders, ...state.filter((path) => existsSync(join(from, path)))];
	for (const path of paths) {
		mkdirSync(dirname(join(to, path)), { recursive: true });
		move(join(from, path), join(to, path));
	}
}

function move(from: string, to: string): void {
	try {
		renameSync(from, to);
	} catch (cause) {
		// Store and work folder may lie on different file systems.
		if (errno(cause) !== 'EXDEV') throw cause;
		cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
		rmSync(from, { recursive: true, force: true });
	}
}
