/** Images made by hand: immutable values that read and send nothing until an output is asked for. */
import type { BuildPlan, Extension } from '../builder/contract.js';
import type { BuildOptions } from '../config/request.js';
import type { BuildResult } from '../index.js';
import type { RunOptions } from '../open-context.js';
import type { ImageConfigOptions, ImageLayer, ImageOptions, ImageSpec } from './types.js';

/** Where a hand-made image goes, and how: the same names as those of {@link build}. With none of `push`, `outputs` and `load` it is kept in the store. */
export type ImageOutputs = Pick<
	BuildOptions,
	'tags' | 'push' | 'outputs' | 'load' | 'format' | 'frozen' | 'offline' | 'fresh' | 'fix' | 'compression' | 'insecure' | 'cacheFrom' | 'cacheTo'
>;
/** How, where the method says where. */
export type ImageOutputOptions = Omit<ImageOutputs, 'tags' | 'push' | 'outputs' | 'load'>;

/**
 * An image that is described and not made yet. Every method but the last group gives a new value and leaves this one as it is.
 *
 * Several images can be made of one: `const base = image(...).with(dependencies); base.with(api); base.with(worker)`.
 */
export class HandMadeImage {
	readonly #spec: ImageSpec;

	/** @internal */
	constructor(spec: ImageSpec) {
		this.#spec = Object.freeze(spec);
	}

	/** Layers above those that are there, in order: what changes least comes first. */
	with(...layers: readonly ImageLayer[]): HandMadeImage {
		return this.#but({ layers: [...this.#spec.layers, ...layers] });
	}

	/** What the container runs, and how. Later calls win; variables, labels, ports and volumes are added to. */
	config(patch: ImageConfigOptions): HandMadeImage {
		const { env, labels, ports = [], volumes = [], ...before } = this.#spec.config;
		const merged = {
			env: { ...env, ...patch.env },
			labels: { ...labels, ...patch.labels },
			ports: [...ports, ...(patch.ports ?? [])],
			volumes: [...volumes, ...(patch.volumes ?? [])],
		};
		return this.#but({ config: { ...before, ...patch, ...merged } });
	}

	/** Annotations of the manifest, beside those of the base. */
	annotate(annotations: Readonly<Record<string, string>>): HandMadeImage {
		return this.#but({ annotations: { ...this.#spec.annotations, ...annotations } });
	}

	/** Platforms in place of `linux/amd64`; of several an index is made. */
	for(...platforms: readonly string[]): HandMadeImage {
		return this.#but({ platforms });
	}

	/** Extensions of the plan, after those that are there. */
	extend(...extensions: readonly Extension[]): HandMadeImage {
		return this.#but({ extensions: [...this.#spec.extensions, ...extensions] });
	}

	/** What will be made, as plain data: the plan that {@link build} has, too. Reads nothing. @throws TareError EXTENSION_FAILED */
	async plan(): Promise<BuildPlan> {
		return (await import('./compose.js')).planOf(this.#spec);
	}

	/** Makes the image for any number of outputs at once; with none it is kept in the store, and its digest is known. @throws TareError */
	async build(outputs: ImageOutputs = {}, run: RunOptions = {}): Promise<BuildResult> {
		return (await import('./compose.js')).compose(this.#spec, outputs, run);
	}

	/** Makes it and pushes it under one or several names. @throws TareError */
	push(names: string | readonly string[], options: ImageOutputOptions = {}, run: RunOptions = {}): Promise<BuildResult> {
		return this.build({ ...options, tags: typeof names === 'string' ? [names] : names, push: true }, run);
	}

	/** Makes it and writes an OCI layout folder. @param path `DIR[:TAG]` @throws TareError */
	ociLayout(path: string, options: ImageOutputOptions = {}, run: RunOptions = {}): Promise<BuildResult> {
		return this.build({ ...options, outputs: [`oci:${path}`] }, run);
	}

	/** Makes it and writes an OCI archive. @param path `FILE[:TAG]` @throws TareError */
	ociArchive(path: string, options: ImageOutputOptions = {}, run: RunOptions = {}): Promise<BuildResult> {
		return this.build({ ...options, outputs: [`oci-archive:${path}`] }, run);
	}

	/** Makes it and writes an archive for `docker load`. @param path `FILE[:TAG]` @param name as Docker will show it @throws TareError */
	dockerArchive(path: string, name: string, options: ImageOutputOptions = {}, run: RunOptions = {}): Promise<BuildResult> {
		return this.build({ ...options, tags: [name], outputs: [`docker-archive:${path}`] }, run);
	}

	/** Makes it and hands it to docker, podman or containerd on this machine. @param engine default: the first that answers @throws TareError */
	load(name: string, engine = 'auto', options: ImageOutputOptions = {}, run: RunOptions = {}): Promise<BuildResult> {
		return this.build({ ...options, tags: [name], load: engine }, run);
	}

	#but(patch: Partial<ImageSpec>): HandMadeImage {
		return new HandMadeImage({ ...this.#spec, ...patch });
	}
}

/**
 * Begins an image.
 * @example
 * const { digest } = await image({ base: { debian: ['cc'], node: '24' } })
 *   .with(layer.dir('dist', { at: '/app' }))
 *   .config({ entrypoint: ['node', '/app/main.js'], ports: [8080] })
 *   .push('ghcr.io/me/app:1.0');
 */
export function image({ base = 'scratch', dir = '.' }: ImageOptions = {}): HandMadeImage {
	return new HandMadeImage({ base, dir, layers: [], config: {}, annotations: {}, platforms: ['linux/amd64'], extensions: [] });
}
