/** What a user may ask for beyond the safe defaults: applied to the finished layers, in this order. */
import type { LayerSpec } from '../../../src/builder/contract.js';
import type { Entry } from '../../../src/layers/entry.js';
import type { Platform } from '../../../src/oci/types.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { bundleApp } from './bundle.js';
import { compileCache } from './compile-cache.js';
import { makeExecutable } from './executable.js';
import { layOut } from './stage.js';
import { isModule, traceFiles } from './trace.js';

export interface Optimizable {
	readonly layers: readonly LayerSpec[];
	readonly command: readonly string[];
	/** Folder in the image that the command runs in. */
	readonly workingDir: string;
	/** Variables for the start that makes the compile cache. */
	readonly startEnv: Readonly<Record<string, string>>;
	/** Numeric id that the app runs as. */
	readonly user: string;
	readonly asked: readonly string[];
}

export interface Optimized {
	readonly layers: readonly LayerSpec[];
	readonly env: Readonly<Record<string, string>>;
	/** Where it is not the app's any more. */
	readonly command?: readonly string[];
}

interface Filled {
	readonly spec: LayerSpec;
	readonly entries: readonly Entry[];
}

/** @throws TareError OPTIMIZATION_FAILED | BUILD_FAILED */
export async function optimize(app: Optimizable, platform: Platform, tools: Toolchain): Promise<Optimized> {
	let filled: readonly Filled[] = await Promise.all(app.layers.map(async (spec) => ({ spec, entries: await spec.entries() })));
	const stage = await layOut(
		filled.flatMap(({ entries }) => entries),
		platform,
		tools,
	);
	const start = { ...app, env: app.startEnv, stage };
	if (app.asked.includes('executable')) {
		const { layer, command, replaced } = await makeExecutable(start, platform, tools);
		const rest = without(filled, replaced).map((each) => ({ ...each, entries: each.entries.filter(({ path }) => !isModule(path)) }));
		return { layers: [layer, ...rest.map(asLayer)], env: {}, command };
	}
	if (app.asked.includes('bundle')) {
		const bundled = await bundleApp(start, tools);
		filled = withAppFiles(without(filled, bundled.replaced), bundled.entries);
	}
	if (app.asked.includes('trace') || app.asked.includes('bundle')) {
		const reached = await traceFiles(start, allPaths(filled), tools);
		filled = filled.map(({ spec, entries }) => ({ spec, entries: entries.filter(({ path }) => !isModule(path) || reached.has(path)) }));
	}
	const made = app.asked.includes('compile-cache') ? await compileCache(start, allPaths(filled), platform, tools) : undefined;
	const layers = filled.map(asLayer);
	return made === undefined ? { layers, env: {} } : { layers: [...layers, made.layer], env: made.env };
}

function asLayer({ spec: { name, purpose }, entries }: Filled): LayerSpec {
	return { name, purpose, entries: async () => entries };
}

function allPaths(filled: readonly Filled[]): ReadonlySet<string> {
	return new Set(filled.flatMap(({ entries }) => entries.filter(({ type }) => type !== 'directory').map(({ path }) => path as string)));
}

function without(filled: readonly Filled[], paths: ReadonlySet<string>): readonly Filled[] {
	return filled.map(({ spec, entries }) => ({ spec, entries: entries.filter(({ path }) => !paths.has(path)) }));
}

function withAppFiles(filled: readonly Filled[], entries: readonly Entry[]): readonly Filled[] {
	return filled.map((each) => (each.spec.purpose === 'app' ? { ...each, entries: [...each.entries, ...entries] } : each));
}
