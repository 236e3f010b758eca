/** Fetches what the app imports, and layers it beneath the app's files. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AppContent, BuildPlan } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { directoryEntries } from '../../src/layers/directory.js';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { Platform } from '../../src/oci/types.js';
import { sourceFileEntries } from '../../src/source/entries.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { CACHE, type DenoFacts, installCommand } from './plan.js';

/** Deno's own notes in its cache: when it looked for updates, what it compiled for this machine. */
const TRACES =
	/^(?:gen\/file(?:\/|$)|latest\.txt|dl(?:\/|$)|.*_cache_v\d+(?:-\w+)?$|.*\.sqlite(?:-\w+)?$|npm\/.*\/registry\.json$|registries(?:\/|$)|deps\/.*\.tmp$)/;

export async function buildDeno(plan: BuildPlan, _platform: Platform, tools: Toolchain): Promise<AppContent> {
	const facts = plan.facts as unknown as DenoFacts;
	const cache = () => tools.once('deno:cache', () => fetchImports(facts, tools));
	const { source, rules, contentHash } = tools;
	const shipped = source.files.filter(({ path }) => !rules.unshipped(path));
	return {
		layers: [
			{
				name: 'dependencies',
				purpose: 'dependencies',
				entries: async () => directoryEntries({ from: await cache(), into: CACHE.slice(1), skip: (path) => TRACES.test(path) }),
			},
			{
				name: 'app',
				purpose: 'app',
				entries: async () => [...sourceFileEntries(source.root, shipped, { into: 'app', hash: contentHash }), ...(await madeLock(facts, cache, tools))],
			},
		],
		config: {},
		packages: [],
	};
}

/** What a project without a lock file resolved to: without it Deno would ask the registry at start. */
async function madeLock({ lock }: DenoFacts, cache: () => Promise<string>, tools: Toolchain): Promise<readonly Entry[]> {
	if (lock) return [];
	await cache();
	const path = join(await tools.workspace(), 'deno.lock');
	return existsSync(path) ? [{ type: 'file', path: imagePath('app/deno.lock'), mode: 0o644, size: statSync(path).size, content: { kind: 'disk', path } }] : [];
}

/** @throws TareError INSTALL_FAILED | LOCKFILE_OUTDATED */
async function fetchImports(facts: DenoFacts, tools: Toolchain): Promise<string> {
	const { bin } = await tools.runtime('deno');
	const [workspace, dir] = [await tools.workspace(), join(await tools.scratch('deno'), 'dir')];
	const env = { DENO_DIR: dir, DENO_NO_UPDATE_CHECK: '1', NPM_CONFIG_REGISTRY: await tools.packageRegistry() };
	const result = await tools.run({ step: 'install', argv: installCommand(facts), cwd: workspace, env, path: [bin] });
	if (result.exitCode === 0) return dir;
	if (facts.lock && /lockfile is out of date|--frozen/.test(result.tail))
		throw new TareError('LOCKFILE_OUTDATED', 'deno.lock does not match what the app imports', {
			hint: 'Run `deno install` and commit deno.lock.',
			at: { file: 'deno.lock' },
		});
	throw new TareError('INSTALL_FAILED', `fetching the imports of ${facts.entry} failed (deno exited with ${result.exitCode})`, {
		hint: 'The lines above are from deno; a server that could not be reached is named there.',
		data: { output: result.tail },
	});
}
