/** Installing node_modules: in a folder of its own, so that the project's scripts run when we say and node_modules can be kept. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { isRecord } from './manifest.js';
import type { InstallCommand, PackageManager } from './package-managers/contract.js';
import type { NodeFacts } from './plan.js';

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
		const tool = await tools.tool(manager.id);
		const bin = await tools.scratch('bin');
		symlinkSync(join(runtime.bin, 'node'), join(bin, 'node'));
		for (const [name, entry] of commandsOf(manager, tool)) symlinkSync(entry, join(bin, name));
		const needsHeaders = facts.hasInstallScripts || facts.addon || facts.lock === undefined;
		const userconfig = tools.secretFiles.npmrc;
		return {
			manager,
			path: [bin],
			env: {
				...(needsHeaders && { npm_config_nodedir: await runtime.headers() }),
				...(userconfig !== undefined && { npm_config_userconfig: userconfig }),
			},
		};
	});
}

function commandsOf(manager: PackageManager, tool: string): readonly (readonly [string, string])[] {
	const candidates: [string, string][] = [
		[manager.id, manager.entry],
		['npx', 'bin/npx-cli.js'],
		['node-gyp', 'node_modules/node-gyp/bin/node-gyp.js'],
	];
	return candidates.map(([name, entry]) => [name, join(tool, entry)] as const).filter(([, path]) => existsSync(path));
}

export type InstallKind = 'development' | 'production';

/** @returns the folder in which the package manager ran @throws TareError INSTALL_FAILED | LOCKFILE_OUTDATED */
export async function install(kind: InstallKind, command: InstallCommand, facts: NodeFacts, node: NodeTools, tools: Toolchain): Promise<string> {
	const dir = await tools.scratch(kind);
	layOut(dir, tools.source, facts, node.manager);
	const step = kind === 'production' ? 'dependencies' : 'install';
	const result = await tools.run({ step, argv: [node.manager.id, ...command.args], cwd: dir, env: { ...node.env, ...command.env }, path: node.path });
	if (result.exitCode === 0) return dir;
	if (facts.lock !== undefined && node.manager.saysOutdated(result.tail)) {
		throw new TareError('LOCKFILE_OUTDATED', `${facts.lock} does not match package.json`, {
			hint: `Run \`${node.manager.id} install\` and commit ${facts.lock}.`,
			at: { file: facts.lock },
		});
	}
	throw new TareError('INSTALL_FAILED', `installing the ${kind} dependencies failed (${node.manager.id} exited with ${result.exitCode})`, {
		hint: installHint(result.tail),
		data: { output: result.tail },
	});
}

/** What an install reads, and nothing else; the project's own scripts are left out and run as steps. */
function layOut(dir: string, source: FileIndex, facts: NodeFacts, manager: PackageManager): void {
	const read = new Set(['package.json', ...(facts.lock === undefined ? [] : [facts.lock]), ...manager.configFiles]);
	for (const { path, type } of source.files) {
		const wanted = facts.linksSource ? path !== 'binding.gyp' : read.has(path);
		if (!wanted || type !== 'file') continue;
		mkdirSync(dirname(join(dir, path)), { recursive: true });
		if (path === 'package.json') writeFileSync(join(dir, path), withoutScripts(source.text(path) ?? '{}'));
		else copyFileSync(join(source.root, path), join(dir, path));
	}
}

function withoutScripts(text: string): string {
	const json: unknown = JSON.parse(text);
	return isRecord(json) ? JSON.stringify({ ...json, scripts: undefined }) : text;
}

function installHint(output: string): string {
	if (/E401|ENEEDAUTH|E403/.test(output))
		return 'The package registry wants credentials: pass your .npmrc with --secret id=npmrc,src=~/.npmrc, or the variable it names with --secret id=NPM_TOKEN.';
	if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network/i.test(output))
		return 'A server could not be reached: check the network, the proxy variables and the registry in .npmrc.';
	if (/E404/.test(output)) return 'A package or version does not exist in the registry: check its name and the registry in .npmrc.';
	if (/gyp ERR!/.test(output))
		return 'A native add-on could not be compiled: install python3, make and a C++ compiler, or use a version with prebuilt binaries.';
	if (/EBADENGINE/.test(output)) return 'A dependency does not support this Node version: set engines.node in package.json.';
	return 'The lines above are from the package manager; --verbose shows all of them.';
}

/** node_modules folders below `dir`, the root's and the workspaces', relative to it. */
export function nodeModulesFolders(dir: string, below = ''): readonly string[] {
	const folders = readdirSync(join(dir, below), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== '.git');
	return folders.flatMap(({ name }) => {
		const path = below === '' ? name : `${below}/${name}`;
		return name === 'node_modules' ? [path] : nodeModulesFolders(dir, path);
	});
}

/** Moves every node_modules folder from one tree to the same place in another. */
export function moveNodeModules(from: string, to: string): void {
	for (const path of nodeModulesFolders(from)) {
		mkdirSync(dirname(join(to, path)), { recursive: true });
		renameSync(join(from, path), join(to, path));
	}
}
