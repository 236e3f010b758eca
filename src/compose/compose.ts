/** A hand-made image goes the way of every build: a plan, a base, layers, outputs. Only its builder is one that has nothing to detect. */
import { resolve } from 'node:path';
import { toResult } from '../api/build.js';
import type { BaseRequest } from '../bases/contract.js';
import { readLock } from '../bases/lock-file.js';
import type { Builder, BuildPlan, ConfigPatch } from '../builder/contract.js';
import { extended, type Prepared } from '../builder/prepare.js';
import { type Host, readHost } from '../config/host.js';
import { type BuildRequest, resolveRequest } from '../config/request.js';
import { loadImage, saveImage } from '../image/saved.js';
import type { BuildResult } from '../index.js';
import { makeImage, relock } from '../make.js';
import { openContext, type RunOptions } from '../open-context.js';
import { deliver } from '../pipeline.js';
import type { FileIndex } from '../source/file-index.js';
import type { ImageOutputs } from './image.js';
import type { ImageConfigOptions, ImageSpec } from './types.js';

const BUILDER = 'image';
/** No configuration file is read. */
const NO_PROJECT = { config: {}, settings: {}, notes: [], warnings: [], customBuilders: [], extensions: [] };

/** @throws TareError EXTENSION_FAILED | USAGE */
export async function planOf(spec: ImageSpec): Promise<BuildPlan> {
	return planFor(spec, requestOf(spec, {}, readHost()));
}

/** @throws TareError as `build` */
export async function compose(spec: ImageSpec, outputs: ImageOutputs, run: RunOptions): Promise<BuildResult> {
	const host = readHost();
	const request = requestOf(spec, outputs, host);
	const plan = await planFor(spec, request);
	const builder = builderOf(spec, request.dir, plan);
	const context = await openContext(host, request, [builder], run);
	try {
		const prepared: Prepared = { source: noSource(request.dir), walkedAt: 0, builder, app: '', plan };
		const lock = await relock(plan, readLock(request.dir), request, context);
		const { result, cleaned } = await makeImage(prepared, { digest: '', hashOf: () => undefined }, lock, request, context);
		try {
			const known = await loadImage(context.store, result.manifest.descriptor.digest, context.openLayer);
			await saveImage(context.store, result, context.namesOf(request));
			const written = await deliver(result, request, context);
			return toResult({ image: result, plan, outputs: written, unchanged: known !== undefined }, outputs.tags ?? [], BUILDER);
		} finally {
			await cleaned;
		}
	} finally {
		await context.close();
	}
}

function requestOf({ base, dir, platforms, annotations, extensions }: ImageSpec, outputs: ImageOutputs, host: Host): BuildRequest {
	return resolveRequest({ ...outputs, dir, platforms, annotations, extensions, ...(typeof base === 'string' && { base }) }, host, NO_PROJECT);
}

function planFor(spec: ImageSpec, request: BuildRequest): Promise<BuildPlan> {
	const { base, layers, config } = spec;
	const plan: BuildPlan = {
		builder: BUILDER,
		steps: [],
		layers: layers.map(({ purpose }, at) => ({ name: nameOf(spec, at), purpose, says: 'made by hand' })),
		base: typeof base === 'string' ? request.base : debianRequest(base),
		...(typeof base !== 'string' && base.node !== undefined && { runtime: nodeChoice(base.node) }),
		processes: config.entrypoint === undefined ? [] : [{ type: 'web', command: config.entrypoint, reasons: [] }],
		config: patchOf(config),
		reasons: [],
		warnings: [],
		tools: {},
		facts: {},
	};
	return extended(plan, request);
}

function debianRequest({ debian, release = 'trixie', packages = [], node }: Exclude<ImageSpec['base'], string>): BaseRequest {
	const sets = [...new Set([...(node === undefined ? [] : (['static', 'cc', 'init'] as const)), ...debian])];
	const runtime = node === undefined ? {} : { runtime: nodeChoice(node) };
	return { kind: 'debian', release, sets: sets.length === 0 ? ['static'] : sets, packages: [...packages].sort(), slim: true, strip: false, ...runtime };
}

function nodeChoice(range: string) {
	return { name: 'node', ranges: [range], because: `node ${range} of the image's base` };
}

function patchOf({ cmd, env = {}, user, workdir, ports = [], labels = {}, volumes = [], stopSignal }: ImageConfigOptions): ConfigPatch {
	const marks = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
	return {
		...(cmd !== undefined && { Cmd: cmd }),
		...(user !== undefined && { User: String(user) }),
		...(workdir !== undefined && { WorkingDir: workdir }),
		...(ports.length > 0 && { ExposedPorts: marks(ports.map((port) => (String(port).includes('/') ? String(port) : `${port}/tcp`))) }),
		...(volumes.length > 0 && { Volumes: marks(volumes) }),
		...(stopSignal !== undefined && { StopSignal: stopSignal }),
		Labels: labels,
		env,
	};
}

function builderOf(spec: ImageSpec, dir: string, plan: BuildPlan): Builder {
	return {
		id: BUILDER,
		looksFor: 'nothing',
		sideBySide: true,
		detect: async () => undefined,
		plan: async () => plan,
		inputs: () => ({ hostTools: [] }),
		build: async (_plan, platform) => ({
			layers: spec.layers.map(({ purpose, entries }, at) => ({ name: nameOf(spec, at), purpose, entries: () => entries({ dir: resolve(dir), platform }) })),
			config: {},
			packages: [],
		}),
	};
}

function nameOf({ layers }: ImageSpec, at: number): string {
	return layers[at]?.name ?? `layer-${at + 1}`;
}

function noSource(root: string): FileIndex {
	const none = () => undefined;
	return { root, files: [], skipped: [], has: () => false, get: none, position: none, first: none, text: none };
}
