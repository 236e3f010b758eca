/** Node, npm and yarn of tare.lock at the places where Maven's plugins look for them. */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import type { Frontend } from './frontend.js';

/** @returns folders for PATH */
export async function prepareNode({ tools: names, installs }: Frontend, workspace: string, tools: Toolchain): Promise<readonly string[]> {
	const { bin } = await tools.runtime('node');
	const npm = await tools.tool('npm');
	const yarn = names.yarn === undefined ? undefined : await tools.tool('yarn');
	for (const folder of installs) install(join(workspace, folder, 'node'), join(bin, 'node'), npm, yarn);
	const programs = await tools.scratch('node-programs');
	symlinkSync(join(npm, 'bin/npm-cli.js'), join(programs, 'npm'));
	symlinkSync(join(npm, 'bin/npx-cli.js'), join(programs, 'npx'));
	if (yarn !== undefined) symlinkSync(join(yarn, 'bin/yarn.js'), join(programs, 'yarn'));
	return [programs, bin];
}

/** As frontend-maven-plugin would install them: it takes what is there, where the versions are the ones that it is told. */
function install(folder: string, node: string, npm: string, yarn: string | undefined): void {
	if (existsSync(join(folder, 'node'))) return;
	mkdirSync(join(folder, 'node_modules'), { recursive: true });
	copyFileSync(node, join(folder, 'node'));
	chmodSync(join(folder, 'node'), 0o755);
	cpSync(npm, join(folder, 'node_modules/npm'), { recursive: true });
	if (yarn !== undefined) cpSync(yarn, join(folder, 'yarn/dist'), { recursive: true });
}
