/** A builder's layers become layers of the store; what the closure check needs to know of their binaries is recorded beside them. */
import type { LayerSpec } from '../builder/contract.js';
import type { AppBinary } from '../elf/closure.js';
import { elfFactsOf } from '../elf/file.js';
import type { Listener } from '../events.js';
import type { Gate } from '../gate.js';
import { cachedLayer, recordedLayer } from '../layers/cached.js';
import { contentKey } from '../layers/content-key.js';
import type { Entry, FileEntry } from '../layers/entry.js';
import { normaliseEntries, refuseShadowing } from '../layers/normalise.js';
import { type LayerBlob, writeLayer } from '../layers/write.js';
import type { Digest } from '../oci/digest.js';
import type { Store } from '../store/contract.js';
import { toLayer } from './stored-layer.js';
import type { Layer } from './types.js';

export interface AppLayer {
	readonly layer: Layer;
	readonly binaries: readonly AppBinary[];
	readonly reused: boolean;
}

export interface AppLayerContext {
	readonly store: Store;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	readonly level: number;
	readonly packing: Gate;
	/** Seconds since the epoch. */
	readonly epoch: number;
	/** Runs `work` once for a key, whatever the number of platforms that need it. */
	once<T>(key: string, work: () => Promise<T>): Promise<T>;
	/** Made anew even when a record fits. */
	readonly fresh: boolean;
}

interface Packed {
	readonly layer: LayerBlob;
	readonly binaries: readonly AppBinary[];
	readonly reused: boolean;
}

/** Undefined for a layer with nothing in it; what several platforms have in common is packed once. @throws TareError UNSAFE_PATH | NO_SPACE | ... */
export async function makeAppLayer(spec: LayerSpec, context: AppLayerContext): Promise<AppLayer | undefined> {
	const { store, emit, level, epoch } = context;
	const inputKey = spec.key === undefined ? undefined : `spec ${spec.key} gzip ${level} mtime ${epoch}`;
	const made = inputKey === undefined ? await packEntries(spec, context) : await sharing(inputKey, context, () => packKnown(spec, inputKey, context));
	if (made === undefined) return undefined;
	const { binaries, reused } = made;
	return announce({ layer: label(made.layer, spec, store), binaries, reused }, emit);
}

/** For all but the first that asks it is there already. */
async function sharing(key: string, { once }: AppLayerContext, work: () => Promise<Packed | undefined>): Promise<Packed | undefined> {
	let first = false;
	const packed = await once(`layer: ${key}`, () => {
		first = true;
		return work();
	});
	return packed === undefined || first ? packed : { ...packed, reused: true };
}

async function packKnown(spec: LayerSpec, inputKey: string, context: AppLayerContext): Promise<Packed | undefined> {
	const { store } = context;
	const known = context.fresh ? undefined : await recordedLayer(store, inputKey);
	const binaries = known === undefined ? undefined : await recordedBinaries(store, known.diffId);
	if (known !== undefined && binaries !== undefined) return { layer: known, binaries, reused: true };
	const packed = await packEntries(spec, context);
	if (packed !== undefined) await store.setRecord('layer', inputKey, packed.layer);
	return packed;
}

async function packEntries(spec: LayerSpec, context: AppLayerContext): Promise<Packed | undefined> {
	const { store, level, epoch } = context;
	const entries = await normaliseEntries(await spec.entries());
	if (entries.length === 0) return undefined;
	refuseShadowing(entries);
	const key = `content ${await contentKey(entries, { level, mtime: epoch })}`;
	return sharing(key, context, async () => {
		const made = await cachedLayer(store, key, () => context.packing(() => writeWithProgress(spec.name, entries, context)), context.fresh);
		const binaries = findBinaries(entries);
		await store.setRecord('binaries', made.layer.diffId, binaries);
		return { ...made, binaries };
	});
}

function announce(made: AppLayer, emit: Listener): AppLayer {
	const { name, descriptor } = made.layer;
	emit({ type: 'layer', name, digest: descriptor.digest, size: descriptor.size, reused: made.reused });
	return made;
}

function label(blob: LayerBlob, { name, purpose }: LayerSpec, store: Store): Layer {
	return toLayer(blob, { name, purpose, history: purpose === 'dependencies' ? "the app's production dependencies" : "the app's own files" }, store);
}

async function recordedBinaries(store: Store, diffId: Digest): Promise<readonly AppBinary[] | undefined> {
	return store.record<readonly AppBinary[]>('binaries', diffId);
}

function writeWithProgress(name: string, entries: readonly Entry[], { store, emit, signal, level, epoch }: AppLayerContext): Promise<LayerBlob> {
	const total = entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0);
	let next = 0;
	const onProgress = (done: number): void => {
		if (done < next && done < total) return;
		next = done + 4 * 2 ** 20;
		emit({ type: 'progress', task: `pack ${name}`, done, total });
	};
	return writeLayer(entries, store, { level, mtime: epoch, onProgress, ...(signal !== undefined && { signal }) });
}

/** Only names and modes that a binary can have are opened. */
function findBinaries(entries: readonly Entry[]): readonly AppBinary[] {
	return entries
		.filter(
			(entry): entry is FileEntry =>
				(entry.type === 'file' && entry.size >= 64 && (entry.mode & 0o111) !== 0) || (entry.type === 'file' && /\.(?:node|so(?:\.[\d.]+)?)$/.test(entry.path)),
		)
		.flatMap((entry): AppBinary[] => {
			const facts = entry.content.kind === 'disk' ? elfFactsOf(entry.content.path, entry.content.offset ?? 0, entry.size) : undefined;
			return facts === undefined ? [] : [{ path: entry.path, facts: { ...facts, versionsDefined: [] } }];
		});
}
