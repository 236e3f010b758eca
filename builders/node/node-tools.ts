/** The locked Node and package manager as programs for the steps of a build. */
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './facts.js';
import { isRecord } from './manifest.js';
import type { PackageManager } from './package-managers/contract.js';

export interface NodeTools {
	readonly manager: PackageManager;
	/** Put first on PATH: the locked node, the package manager and node-gyp, nothing of the host's. */
	readonly path: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** The locked Node, and the file of the package manager that it runs; none where that is a program of its own. */
	readonly node: string;
	readonly file?: string;
}

/** The name of the Node that the project's own code is built with. */
export function buildRuntime({ buildsWith = 'node' }: NodeFacts): string {
	return buildsWith;
}

/** Exact version of the package manager. */
export function managerVersion({ isRuntime, id }: PackageManager, { tool = id, toolFile }: NodeFacts, tools: Toolchain): string {
	if (toolFile !== undefined) return /(\d+\.\d+\.\d+)\.[cm]?js$/.exec(toolFile)?.[1] ?? '2.0.0';
	return isRuntime === true ? tools.runtimeVersion(tool) : tools.toolVersion(tool);
}

/** @param use `install` has programs of its own: build scripts see the others, and what is installed may serve other projects */
export async function prepareTools(manager: PackageManager, facts: NodeFacts, tools: Toolchain, use: 'build' | 'install' = 'build'): Promise<NodeTools> {
	return tools.once(`node:tools:${use}`, async () => {
		const runtime = await tools.runtime(buildRuntime(facts));
		const bin = await tools.scratch('bin');
		const node = join(bin, 'node');
		symlinkSync(join(runtime.bin, 'node'), node);
		const file = await installManager(manager, facts, bin, tools);
		const needsHeaders = facts.hasInstallScripts || facts.addon || facts.lock === undefined;
		const userconfig = tools.secretFiles.npmrc;
		return {
			manager: { ...manager, state: manager.state.map((path) => join(facts.home, path)) },
			path: [bin],
			node,
			...(file !== undefined && { file }),
			env: {
				...manager.env,
				...(needsHeaders && { npm_config_nodedir: await runtime.headers() }),
				...(userconfig !== undefined && { npm_config_userconfig: userconfig }),
			},
		};
	});
}

/** @returns the file of the tool's own program */
async function installManager(manager: PackageManager, facts: NodeFacts, bin: string, tools: Toolchain): Promise<string | undefined> {
	const { program, isRuntime, gyp } = manager;
	const tool = facts.tool ?? manager.tool;
	if (isRuntime === true) {
		symlinkSync(join((await tools.runtime(tool)).bin, program), join(bin, program));
		return undefined;
	}
	const programs = facts.toolFile === undefined ? programsOf(await tools.tool(tool)) : { [program]: join(tools.source.root, facts.home, facts.toolFile) };
	for (const [name, file] of Object.entries(programs)) writeProgram(join(bin, name), file);
	if (facts.toolFile === undefined && gyp !== undefined) {
		const file = join(await tools.tool(tool), gyp);
		if (existsSync(file)) writeProgram(join(bin, 'node-gyp'), file);
	}
	return programs[program];
}

/** What the tool's own package.json says: which file a program is differs between versions. */
function programsOf(folder: string): Readonly<Record<string, string>> {
	const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly bin?: unknown };
	const files = isRecord(bin) ? bin : {};
	return Object.fromEntries(Object.entries(files).flatMap(([name, file]) => (typeof file === 'string' ? [[name, join(folder, file)]] : [])));
}

/** Files of packages may lack the permission to be run, or a first line that says by what. */
function writeProgram(path: string, file: string): void {
	writeFileSync(path, `#!/bin/sh\nexec "$(dirname "$0")/node" '${file.replaceAll("'", `'\\''`)}' "$@"\n`);
	chmodSync(path, 0o755);
}
