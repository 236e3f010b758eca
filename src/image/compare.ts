/** What distinguishes an image from an earlier one: layers, packages, configuration. Pure: it reads no layer. */
import type { ContainerConfig } from '../oci/types.js';
import type { ImageDetails, LayerDetails, PlatformDetails } from './inspect.js';

export interface LayerChange {
	readonly name: string;
	readonly state: 'same' | 'changed' | 'added' | 'removed';
	/** Compressed bytes; absent where there is none. */
	readonly before?: number;
	readonly after?: number;
}

/** A value before and after; absent where there was or is none. */
export interface Change {
	readonly name: string;
	readonly before?: string;
	readonly after?: string;
}

export interface PlatformChanges {
	readonly platform: string;
	/** Compressed bytes, everything included. */
	readonly size: { readonly before: number; readonly after: number };
	readonly layers: readonly LayerChange[];
	/** Debian's and the runtime, by the layers' history; the app's, where both images were built with this store. */
	readonly packages: readonly Change[];
	/** Fields of the configuration; of variables and labels each by itself: `Env.PORT`, `Labels.version`. */
	readonly config: readonly Change[];
}

export interface ImageChanges {
	readonly before: string;
	readonly after: string;
	/** Of the platforms that both have. */
	readonly platforms: readonly PlatformChanges[];
}

export function compareImages(before: ImageDetails, after: ImageDetails): ImageChanges {
	const platforms = after.images.flatMap((image) => {
		const old = before.images.find(({ platform }) => platform === image.platform);
		return old === undefined ? [] : [comparePlatform(old, image)];
	});
	return { before: before.digest, after: after.digest, platforms };
}

function comparePlatform(before: PlatformDetails, after: PlatformDetails): PlatformChanges {
	return {
		platform: after.platform,
		size: { before: before.size, after: after.size },
		layers: compareLayers(before.layers, after.layers),
		packages: comparePackages(before, after),
		config: differences(settingsIn(before.config), settingsIn(after.config)),
	};
}

/** The new order, then what is gone. A layer counts by its contents, else by its name. */
function compareLayers(before: readonly LayerDetails[], after: readonly LayerDetails[]): readonly LayerChange[] {
	const there = after.map(({ name, diffId, size }): LayerChange => {
		const same = before.some((old) => old.diffId === diffId);
		const old = before.find((one) => (same ? one.diffId === diffId : one.name === name));
		return { name, state: same ? 'same' : old === undefined ? 'added' : 'changed', ...(old !== undefined && { before: old.size }), after: size };
	});
	const gone = before.filter(({ name, diffId }) => !after.some((layer) => layer.name === name || layer.diffId === diffId));
	return [...there, ...gone.map(({ name, size }): LayerChange => ({ name, state: 'removed', before: size }))];
}

/** Those of an app are not compared where one of the images was built elsewhere: all of them would be new. */
function comparePackages(before: PlatformDetails, after: PlatformDetails): readonly Change[] {
	const base = ({ layers }: PlatformDetails) => new Map(layers.flatMap(({ createdBy = '' }) => namedIn(createdBy)));
	const [old, now] = [appPackages(before), appPackages(after)];
	return [...differences(base(before), base(after)), ...(old.size > 0 && now.size > 0 ? differences(old, now) : [])];
}

function appPackages({ packages }: PlatformDetails): ReadonlyMap<string, string> {
	return grouped(packages.filter(({ type }) => type !== 'deb').map(({ name, version }) => [name, version] as const));
}

/** `tare: debian trixie: NAME VERSION, ...` and `tare: NAME VERSION (...)`, as our bases write their history. */
function namedIn(createdBy: string): readonly (readonly [string, string])[] {
	const list = /^tare: (?:debian \w+: )?(.+?)(?: \(.*\))?$/.exec(createdBy)?.[1] ?? '';
	return list.split(', ').flatMap((one) => {
		const [, name, version] = /^([a-z0-9][\w.+-]*) (\d\S*)$/.exec(one) ?? [];
		return name === undefined || version === undefined ? [] : [[name, version] as const];
	});
}

/** An app may have a package in several versions. */
function grouped(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
	const versions = new Map<string, string[]>();
	for (const [name, version] of pairs) versions.set(name, [...(versions.get(name) ?? []), version]);
	return new Map([...versions].map(([name, all]) => [name, [...new Set(all)].sort().join(', ')]));
}

function settingsIn({ Env = [], Labels = {}, ExposedPorts = {}, ...fields }: ContainerConfig): ReadonlyMap<string, string> {
	const plain = Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const);
	const env = Env.map((pair) => [`Env.${pair.split('=', 1)[0]}`, pair.slice(pair.indexOf('=') + 1)] as const);
	const labels = Object.entries(Labels).map(([name, value]) => [`Labels.${name}`, value] as const);
	const ports = Object.keys(ExposedPorts);
	return new Map([...plain, ...env, ...labels, ...(ports.length > 0 ? [['ExposedPorts', ports.join(', ')] as const] : [])]);
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly Change[] {
	return [...new Set([...before.keys(), ...after.keys()])]
		.sort()
		.map((name) => ({ name, before: before.get(name), after: after.get(name) }))
		.filter((change) => change.before !== change.after);
}
