/** The production installation of one platform. */
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatPlatform } from '../../src/oci/platform.js';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './facts.js';
import { removeForeign } from './foreign-packages.js';
import { install, installQuestion, moveInstalled, nodeModulesFolders } from './install.js';
import { installKey } from './install-key.js';
import { prepareTools } from './node-tools.js';
import { managerById } from './package-managers/index.js';
import { refuseUninstalled } from './workspace/links.js';

/** @returns the folder that was installed in; one installation a platform and build */
export function productionDirectory(facts: NodeFacts, platform: Platform, tools: Toolchain): Promise<string> {
	return tools.once(`node:production:${formatPlatform(platform)}`, async () => {
		const node = await prepareTools(managerById(facts.manager ?? 'npm'), facts, tools, 'install');
		const target = {
			architecture: platform.architecture,
			...(facts.app !== facts.home && { workspace: facts.app, withRoot: facts.rootDependencies.length > 0 }),
		};
		const installed = async (): Promise<string> => {
			const dir = await install('production', node.manager.installProduction(installQuestion(node.manager, facts, tools), target), facts, node, tools);
			mkdirSync(join(dir, facts.home, 'node_modules'), { recursive: true });
			const root = realpathSync(dir);
			refuseUninstalled(tools.source, [facts.app, ...facts.members, ...facts.linked], (path) =>
				existsSync(join(root, path)) ? relative(root, realpathSync(join(root, path))) : undefined,
			);
			removeForeign(
				nodeModulesFolders(dir).map((folder) => join(dir, folder, '..')),
				platform.architecture,
				tools.emit,
			);
			return dir;
		};
		const key = installKey('production', facts, platform, tools);
		if (facts.optimize.length === 0 || key === undefined) return installed();
		// The layer depends on the app's files then, so that it cannot be reused: the installation can.
		return tools.store.tree('node-production', key, async (kept) => moveInstalled(await installed(), kept, node.manager));
	});
}
