/** The production installation of one platform, and what only it can tell: the file behind a program's name. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatPlatform } from '../../src/oci/platform.js';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './facts.js';
import { install, installQuestion, moveInstalled, prepareTools } from './install.js';
import { installKey } from './install-key.js';
import { isRecord, manifestFile, productionDependencies, readManifest } from './manifest.js';
import { managerById } from './package-managers/index.js';

const BIN = /^node_modules\/\.bin\/(.+)$/;

/** @returns the folder that was installed in; one installation a platform and build */
export function productionDirectory(facts: NodeFacts, platform: Platform, tools: Toolchain): Promise<string> {
	return tools.once(`node:production:${formatPlatform(platform)}`, async () => {
		const node = await prepareTools(managerById(facts.manager ?? 'npm'), facts, tools);
		const target = { architecture: platform.architecture, ...(facts.app !== '' && { workspace: facts.app }) };
		const installed = async (): Promise<string> => {
			const dir = await install('production', node.manager.installProduction(installQuestion(facts, tools), target), facts, node, tools);
			mkdirSync(join(dir, 'node_modules'), { recursive: true });
			return dir;
		};
		const key = installKey('production', facts, platform, tools);
		if (facts.optimize.length === 0 || key === undefined) return installed();
		// The layer depends on the app's files then, so that it cannot be reused: the installation can.
		return tools.store.tree('node-production', key, async (kept) => moveInstalled(await installed(), kept, node.manager));
	});
}

/** Lock files other than npm's do not say where a program's file lies, and pnpm's .bin holds shell scripts. @returns undefined when the command stands as planned */
export async function resolveCommand(
	command: readonly string[],
	facts: NodeFacts,
	platform: Platform,
	tools: Toolchain,
): Promise<readonly string[] | undefined> {
	const at = command.findIndex((word) => BIN.test(word));
	const program = BIN.exec(command[at] ?? '')?.[1];
	if (program === undefined || !facts.hasDependencies) return undefined;
	const file = await knownFile(program, facts, platform, tools);
	return file === undefined ? undefined : command.map((word, place) => (place === at ? file : word));
}

async function knownFile(program: string, facts: NodeFacts, platform: Platform, tools: Toolchain): Promise<string | undefined> {
	const key = installKey('production', facts, platform, tools);
	const id = `${key} ${program}`;
	const known = key === undefined ? undefined : await tools.store.record<{ file: string }>('node-bin', id);
	if (known !== undefined) return known.file;
	const file = findProgram(program, await productionDirectory(facts, platform, tools), facts, tools);
	if (key !== undefined && file !== undefined) await tools.store.setRecord('node-bin', id, { file });
	return file;
}

/** @returns path relative to the app's folder */
function findProgram(program: string, dir: string, { app }: NodeFacts, { source }: Toolchain): string | undefined {
	const manifest = readManifest(source, manifestFile(app));
	const folders = [join(dir, app, 'node_modules'), join(dir, 'node_modules')];
	for (const name of manifest === undefined ? [] : productionDependencies(manifest.json)) {
		for (const folder of folders) {
			const file = programOf(join(folder, name), name, program);
			if (file !== undefined) return relative(join(dir, app), file);
		}
	}
	return undefined;
}

function programOf(folder: string, name: string, program: string): string | undefined {
	const path = join(folder, 'package.json');
	if (!existsSync(path)) return undefined;
	const { bin } = JSON.parse(readFileSync(path, 'utf8')) as { bin?: unknown };
	const file = typeof bin === 'string' && name.replace(/^@[^/]+\//, '') === program ? bin : isRecord(bin) ? bin[program] : undefined;
	return typeof file === 'string' ? join(folder, file) : undefined;
}
