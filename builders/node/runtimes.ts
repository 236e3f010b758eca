/** The runtime in the image, and the Node of the build steps where that is another. */
import { subset } from 'semver';
import type { VersionChoice } from '../../src/bases/contract.js';
import { BUILD_NODE } from '../../src/bases/npm/runtimes.js';
import type { Reason } from '../../src/builder/contract.js';
import { SERVER_NODE } from '../../src/site/content.js';
import type { Installer } from './package-managers/installer.js';
import { bunRuntime } from './start/bun.js';
import type { Start } from './start/choose.js';

export interface Runtimes {
	readonly runtime: VersionChoice;
	/** Name under which the lock keeps the Node of the build steps. */
	readonly buildsWith?: string;
	/** Runtimes of the build steps alone, by name. */
	readonly tools: Readonly<Record<string, string>>;
	readonly reasons: readonly Reason[];
}

/** @param node what the project says @param bun the sign that the app runs on Bun */
export function chooseRuntimes(node: VersionChoice, start: Start, bun: Reason | undefined, installer: Installer | undefined): Runtimes {
	const builds = node.ranges[0] ?? '*';
	if (start.site !== undefined && !subset(builds, SERVER_NODE)) {
		const runtime = { name: 'node', ranges: [SERVER_NODE], because: `Node ${SERVER_NODE} runs the file server; the project's Node builds the site` };
		return { runtime, buildsWith: BUILD_NODE, tools: { [BUILD_NODE]: builds }, reasons: [reason(node), reason(runtime)] };
	}
	if (start.command[0] !== 'bun') return { runtime: node, tools: {}, reasons: [reason(node)] };
	const runtime = bunRuntime(bun ?? start.reasons[0] ?? { says: 'the start command' }, installer?.manager.id === 'bun' ? installer.range : undefined);
	return { runtime, tools: { node: builds }, reasons: [reason(runtime)] };
}

function reason({ name, because, file, line }: VersionChoice): Reason {
	return { says: `${name}: ${because}`, ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}
