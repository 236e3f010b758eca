/** When two installations give the same node_modules. */
import { createHash } from 'node:crypto';
import { formatPlatform } from '../../src/oci/platform.js';
import type { Platform } from '../../src/oci/types.js';
import { stableJson } from '../../src/stable-json.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './facts.js';
import { managerById } from './package-managers/index.js';

/** Grows when the same inputs would give another dependency layer. */
const RECIPE = 2;
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
	'workspaces',
];

/** Undefined when something outside the key decides (no lock file, links into the source). */
export function installKey(kind: string, facts: NodeFacts, platform: Platform, tools: Toolchain): string | undefined {
	if (facts.lock === undefined || facts.linksSource || facts.manager === undefined) return undefined;
	const manager = managerById(facts.manager);
	const manifests = new Set(['package.json', ...facts.workspace.map((folder) => `${folder}/package.json`)]);
	const files = tools.source.files.filter(({ path }) => manifests.has(path) || path === facts.lock || manager.reads(path));
	const inputs = {
		recipe: RECIPE,
		kind,
		app: kind === 'production' ? facts.app : '',
		...(kind === 'production' && facts.rootDependencies.length > 0 && { root: facts.rootDependencies }),
		platform: formatPlatform(platform),
		node: tools.runtimeVersion('node'),
		manager: `${manager.id}@${manager.programs.length === 0 ? tools.runtimeVersion(manager.tool) : tools.toolVersion(manager.tool)}`,
		files: files.map(({ path }) => [
			path,
			manifests.has(path) ? dependencyPart(tools.source.text(path) ?? '{}') : (tools.contentHash(path) ?? tools.source.text(path)),
		]),
	};
	return createHash('sha256').update(stableJson(inputs)).digest('hex');
}

function dependencyPart(text: string): string {
	const json = JSON.parse(text) as Record<string, unknown>;
	return stableJson(Object.fromEntries(PARTS.map((part) => [part, json[part] ?? null])));
}
