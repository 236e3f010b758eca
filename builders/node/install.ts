/** Installing node_modules: in a folder of its own, so that the project's scripts run when we say and node_modules can be kept. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errno, TareError } from '../../src/errors.js';
import { subfolder } from '../../src/source/subfolder.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './facts.js';
import { isRecord, manifestFile, readManifest } from './manifest.js';
import type { InstallCommand, InstallQuestion, PackageManager } from './package-managers/contract.js';

export interface NodeTools {
	readonly manager: PackageManager;
	/** Put first on PATH: the locked node, the package manager and node-gyp, nothing of the host's. */
	readonly path: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

/** The locked node and package manager as commands. */
export async function prepareTools(manager: PackageManager, facts: NodeFacts, tools: Toolchain): Promise<NodeTools> {
	return tools.once('node:tools', async () => {
		const runtime = await tools.runtime('node');
		const bin = await tools.scratch('bin');
		symlinkSync(join(runtime.bin, 'node'), join(bin, 'node'));
		for (const [name, entry] of await commandsOf(manager, tools)) if (!existsSync(join(bin, name))) symlinkSync(entry, join(bin, name));
		const needsHeaders = facts.hasInstallScripts || facts.addon || facts.lock === undefined;
		const userconfig = tools.secretFiles.npmrc;
		return {
			manager: { ...manager, state: manager.state.map((path) => join(facts.home, path)) },
			path: [bin],
			env: {
				...manager.env,
				...(needsHeaders && { npm_config_nodedir: await runtime.headers() }),
				...(userconfig !== undefined && { npm_config_userconfig: userconfig }),
			},
		};
	});
}

async function commandsOf(manager: PackageManager, tools: Toolchain): Promise<readonly (readonly [string, string])[]> {
	// A tool that is a program of its own has no files for node to run.
	if (manager.programs.length === 0) {
		const { bin } = await tools.runtime(manager.tool);
		return [[manager.program, join(bin, manager.program)]];
	}
	const folder = await tools.tool(manager.tool);
	return manager.programs.map(([name, file]) => [name, join(folder, file)] as const).filter(([, path]) => existsSync(path));
}

export function installQuestion(facts: NodeFacts, { source }: Toolchain): InstallQuestion {
	const root = readManifest(source, manifestFile(facts.home))?.json ?? readManifest(source, manifestFile(facts.app))?.json;
	if (root === undefined) throw new TareError('INTERNAL', 'an installation without package.json');
	return { lock: facts.lock, source: subfolder(source, facts.home), root };
}

const SHOWN_LINES = 60;

export type InstallKind = 'development' | 'production';

/** @returns the folder in which the package manager ran @throws TareError INSTALL_FAILED | LOCKFILE_OUTDATED */
export async function install(kind: InstallKind, command: InstallCommand, facts: NodeFacts, node: NodeTools, tools: Toolchain): Promise<string> {
	const dir = await tools.scratch(kind);
	await layOut(dir, command, facts, node.manager, tools, kind === 'production');
	const step = kind === 'production' ? 'dependencies' : 'install';
	const argv = [node.manager.program, ...command.args];
	// One platform after the other: the second finds what the first has fetched.
	const result = await tools.alone('node:install', async () => {
		const cache = node.manager.cache === undefined ? undefined : await openCache(node.manager, tools);
		const done = await tools.run({ step, argv, cwd: join(dir, facts.home), env: { ...node.env, ...cache?.env, ...command.env }, path: node.path });
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
	throw new TareError('INSTALL_FAILED', `installing the ${kind} dependencies failed (${node.manager.program} exited with ${result.exitCode})`, {
		hint: installHint(result.tail),
		data: { output: withoutManual(result.tail) },
	});
}

/** Downloads are kept in the store; a second build at the same time does without. */
async function openCache(manager: PackageManager, tools: Toolchain) {
	const folder = join(await tools.scratch('package-cache'), 'kept');
	await tools.store.takeTree('package-cache', manager.id, folder);
	mkdirSync(folder, { recursive: true });
	return { env: manager.cache?.(folder) ?? {}, close: () => tools.store.giveTree('package-cache', manager.id, folder) };
}

/** What an install reads, and nothing else; the project's own scripts are left out and run as steps. */
async function layOut(dir: string, command: InstallCommand, facts: NodeFacts, manager: PackageManager, tools: Toolchain, production: boolean): Promise<void> {
	const { source } = tools;
	const manifests = new Set(['package.json', ...facts.workspace.map((folder) => `${folder}/package.json`)]);
	const lock = facts.lock === undefined ? undefined : join(facts.home, facts.lock);
	const kept = keptMembers(command, facts, production);
	for (const { path, type } of source.files) {
		const wanted = facts.linksSource ? path !== 'binding.gyp' : manifests.has(path) || path === lock || manager.reads(path);
		if (!wanted || type !== 'file' || (manifests.has(path) && !kept(path))) continue;
		mkdirSync(dirname(join(dir, path)), { recursive: true });
		if (manifests.has(path)) writeFileSync(join(dir, path), prepared(source.text(path) ?? '{}', path, command, facts, production));
		else if (path === lock && manager.localise !== undefined)
			writeFileSync(join(dir, path), manager.localise(source.text(path) ?? '', await tools.packageRegistry()));
		else copyFileSync(join(source.root, path), join(dir, path));
	}
}

/** A tool that cannot install for one package of the workspace alone sees only those that the app needs. */
function keptMembers(command: InstallCommand, facts: NodeFacts, production: boolean): (path: string) => boolean {
	if (!reduces(command, facts, production)) return () => true;
	const kept = new Set(['package.json', ...[facts.app, ...facts.members].map(manifestFile)]);
	return (path) => kept.has(path);
}

function reduces(command: InstallCommand, facts: NodeFacts, production: boolean): boolean {
	return production && facts.app !== facts.home && (command.stripsDevelopment === true || command.wholeWorkspace === true);
}

function prepared(text: string, path: string, command: InstallCommand, facts: NodeFacts, production: boolean): string {
	const json: unknown = JSON.parse(text);
	if (!isRecord(json)) return text;
	const isRoot = path === 'package.json';
	return JSON.stringify({
		...json,
		scripts: undefined,
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

function installHint(output: string): string {
	if (/E401|ENEEDAUTH|E403|ERR_PNPM_FETCH_40[13]|YN0041|\b40[13] (?:Unauthorized|Forbidden)|status code 40[13]/i.test(output))
		return 'The package registry wants credentials: pass your .npmrc with --secret id=npmrc,src=~/.npmrc, or the variable it names with --secret id=NPM_TOKEN.';
	if (/E404|ERR_PNPM_FETCH_404|YN0035|Couldn't find package/.test(output))
		return 'A package or version does not exist in the registry: check its name and the registry in .npmrc.';
	if (/gyp ERR!/.test(output))
		return 'A native add-on could not be compiled: install python3, make and a C++ compiler, or use a version with prebuilt binaries.';
	if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network/i.test(output))
		return `A server could not be reached${hostsOf(output)}: check the network, the proxy variables and the registry in .npmrc. An install script that downloads from elsewhere needs that host, or a setting that turns the download off.`;
	if (/EBADENGINE|ERR_PNPM_UNSUPPORTED_ENGINE|engine "node" is incompatible/.test(output))
		return 'A dependency does not support this Node version: set engines.node in package.json.';
	return 'The lines above are from the package manager; --verbose shows all of them.';
}

function hostsOf(output: string): string {
	const hosts = new Set([...output.matchAll(/(?:ENOTFOUND|EAI_AGAIN)\s+([\w.-]+\.[a-z]{2,})/g)].map((match) => match[1]));
	return hosts.size === 0 ? '' : ` (${[...hosts].join(', ')})`;
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
