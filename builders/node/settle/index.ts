/** Frameworks put random ids, keys and the time into their output: the same source shall give the same bytes. */
import { join } from 'node:path';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import type { NodeFacts } from '../facts.js';
import { allDependencies, manifestFile, readManifest } from '../manifest.js';
import { astroVariables } from './astro.js';
import { settledClock } from './clock.js';
import { rewrite, textFilesBelow } from './files.js';
import { nextVariables, settleNext } from './next.js';
import { settleNitro } from './nitro.js';

/** What makes them deterministic before the build, by the dependency that asks for it. */
const VARIABLES: readonly (readonly [string, (tools: Toolchain) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>])[] = [
	['next', nextVariables],
	['astro', astroVariables],
	['astro', settledClock],
	['@sveltejs/kit', settledClock],
];

/** Variables for the build's steps. */
export async function settledVariables({ app }: NodeFacts, tools: Toolchain): Promise<Readonly<Record<string, string>>> {
	const manifest = readManifest(tools.source, manifestFile(app));
	const dependencies = manifest === undefined ? {} : allDependencies(manifest.json);
	const all: Record<string, string> = {};
	for (const [name, variables] of VARIABLES) if (name in dependencies) Object.assign(all, await variables(tools));
	return all;
}

/** What can only be mended afterwards. */
export async function settleOutput(workspace: string, facts: NodeFacts, tools: Toolchain): Promise<void> {
	const app = join(workspace, facts.app);
	settleNext(app, tools);
	settleNitro(app, tools);
	for (const path of textFilesBelow(workspace)) {
		if (!tools.source.has(path.slice(workspace.length + 1))) rewrite(path, (text) => text.replaceAll(workspace, '/app'));
	}
}
