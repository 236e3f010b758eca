/** When two installations give the same node_modules. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { formatPlatform } from '../../src/oci/platform.js';
import type { Platform } from '../../src/oci/types.js';
import { stableJson } from '../../src/stable-json.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './facts.js';
import { lockOf, manifestsOf } from './install.js';
import { manifestText } from './manifest.js';
import { buildRuntime, managerVersion } from './node-tools.js';
import { managerById } from './package-managers/index.js';
import { installReads } from './package-managers/referenced.js';

/** Grows when the same inputs would give another dependency layer. */
const RECIPE = 3;
/** A change of name, version or scripts in package.json installs the same modules. */
const PARTS = [
	'dependencies',
	'devDependencies',
	'optionalDependencies',
	'peerDependencies',
	'overrides',
	'resolutions',
	'pnpm',
	'bundleDependencies',
	'bundledDependencies',
	'allowScripts',
	'trustedDependencies',
	'patchedDependencies',
	'catalog',
	'catalogs',
	'devEngines',
	'workspaces',
];

/** Undefined when something outside the key decides (no lock file, links into the source). */
export function installKey(kind: string, facts: NodeFacts, platform: Platform, tools: Toolchain): string | undefined {
	if (facts.lock === undefined || facts.linksSource || facts.manager === undefined) return undefined;
	const manager = managerById(facts.manager);
	const manifests = manifestsOf(facts, tools.source);
	const lock = lockOf(facts);
	const toolFile = facts.toolFile === undefined ? undefined : posix.join(facts.home, facts.toolFile);
	const reads = installReads(manager, tools.source, { manifests, lock, home: facts.home });
	const files = tools.source.files.filter(({ path }) => manifests.has(path) || path === lock || path === toolFile || reads(path));
	const inputs = {
		recipe: RECIPE,
		kind,
		app: kind === 'production' ? facts.app : '',
		...(kind === 'production' && facts.rootDependencies.length > 0 && { root: facts.rootDependencies }),
		platform: formatPlatform(platform),
		node: tools.runtimeVersion(buildRuntime(facts)),
		manager: `${manager.id}@${managerVersion(manager, facts, tools)}`,
		files: files.map(({ path }) => [
			path,
			manifests.has(path) ? dependencyPart(manifestText(tools.source, path)) : (tools.contentHash(path) ?? tools.source.text(path)),
		]),
	};
	return createHash('sha256').update(stableJson(inputs)).digest('hex');
}

function dependencyPart(text: string): string {
	const json = JSON.parse(text) as Record<string, unknown>;
	return stableJson(Object.fromEntries(PARTS.map((part) => [part, json[part] ?? null])));
}
