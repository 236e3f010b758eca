/** Variables that a package manager gives to the scripts it runs: an app that reads them finds them without one in the image. */
import type { Platform } from '../../src/oci/types.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { scan } from '../../src/source/scan.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './facts.js';
import { manifestFile, readManifest } from './manifest.js';
import { managerVersion } from './node-tools.js';
import { managerById } from './package-managers/index.js';
import { nodeArchitecture } from './package-managers/target.js';

const READS = /\bnpm_(?:package_name|package_version|config_user_agent|lifecycle_event)\b/;

/** Names of the variables that the app's own files mention. */
export function scriptVariables(source: FileIndex): readonly string[] {
	return [...new Set([...scan(source, READS)].map(({ text }) => text))].sort();
}

/** https://docs.npmjs.com/cli/v11/using-npm/scripts#environment */
export function scriptEnvironment(facts: NodeFacts, platform: Platform, tools: Toolchain): Readonly<Record<string, string>> {
	const json = readManifest(tools.source, manifestFile(facts.app))?.json;
	if (json === undefined || facts.manager === undefined) return {};
	const manager = managerById(facts.manager);
	const values: Readonly<Record<string, () => string | undefined>> = {
		npm_package_name: () => json.name,
		npm_package_version: () => json.version,
		npm_lifecycle_event: () => 'start',
		npm_config_user_agent: () => {
			return `${manager.program}/${managerVersion(manager, facts, tools)} npm/? node/v${tools.runtimeVersion('node')} ${platform.os} ${nodeArchitecture(platform.architecture)}`;
		},
	};
	return Object.fromEntries(
		facts.scriptVariables.flatMap((name) => {
			const value = values[name]?.();
			return value === undefined ? [] : [[name, value]];
		}),
	);
}
