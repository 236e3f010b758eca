/** `copy`, `push` and `pull` of the API: an image from where it is to anywhere else, its digest unchanged. */
import { resolve } from 'node:path';
import { ENGINES, type Engine } from '../config/engine.js';
import type { Host } from '../config/host.js';
import { checkFormat, parseFormat } from '../config/image-format.js';
import { OUTPUT_KINDS, type OutputOption, parseOutput } from '../config/output-option.js';
import { TareError } from '../errors.js';
import { phase } from '../events.js';
import { withImage } from '../image/artifact.js';
import { imagesOf, layersOf } from '../image/blobs.js';
import { toFormat } from '../image/format.js';
import { normaliseName, saveImage } from '../image/saved.js';
import { selectPlatform } from '../image/select.js';
import type { ImageResult } from '../image/types.js';
import type { CopyOptions, CopyResult } from '../index.js';
import type { ImageFormat } from '../oci/media-types.js';
import { parsePlatform } from '../oci/platform.js';
import { formatReference, isName, parseReference, type Reference } from '../oci/reference.js';
import type { RunOptions } from '../open-context.js';
import { writeOutputs } from '../outputs/write.js';
import { type Found, findImage } from './find-image.js';
import { type HostContext, withHost } from './open-host.js';

interface Destinations {
	readonly outputs: readonly OutputOption[];
	readonly names: readonly Reference[];
	readonly load?: Engine;
}

/** @throws TareError USAGE | IMAGE_INVALID | REGISTRY_* | OUTPUT_UNWRITABLE | NETWORK */
export function copy(from: string, to: readonly string[], options: CopyOptions, run: RunOptions): Promise<CopyResult> {
	return withHost(options, run, async (context, host) => {
		const destinations = parseDestinations(to, host);
		const format = options.format === undefined ? undefined : parseFormat(options.format);
		checkFormat(format, destinations.outputs);
		const found = await phase(context.emit, 'source', `read ${from}`, () => findImage(from, host, context));
		const chosen = choose(found, options, from);
		return write(format === undefined ? chosen : converted(chosen, format, context), found, destinations, context);
	});
}

/** An image of Tare's store to the registry of its name. @throws TareError as `copy` */
export function push(name: string, options: CopyOptions, run: RunOptions): Promise<CopyResult> {
	return withHost(options, run, async (context, host) => {
		const found = await findImage(name, host, context);
		if (found.where !== 'store' || found.reference === undefined)
			throw new TareError('REGISTRY_NOT_FOUND', `there is no image "${name}" in Tare's store`, {
				hint: `Build it first: tare build -t ${name}. From elsewhere it goes with \`tare copy ${name} DESTINATION\`.`,
			});
		return write(choose(found, options, name), found, { outputs: [], names: [found.reference] }, context);
	});
}

/** An image with all its layers into Tare's store. @throws TareError as `copy` */
export function pull(name: string, options: CopyOptions, run: RunOptions): Promise<CopyResult> {
	return withHost(options, run, async (context) => {
		const { pullImage } = await import('../registry/pull.js');
		const reference = parseReference(name);
		const image = await phase(context.emit, 'source', `pull ${name}`, async () =>
			withImage(await pullImage(reference, context.bases.registry, { whole: true }), name),
		);
		const chosen = choose({ image, where: 'registry', reference }, options, name);
		await phase(context.emit, 'output', 'keep it in the store', () => keep(chosen, reference, context));
		const wrote = formatReference(reference);
		return describe(chosen, reference, [{ kind: 'store', wrote, digest: chosen.manifest.descriptor.digest, references: [wrote] }]);
	});
}

async function keep(image: ImageResult, reference: Reference, { store, emit }: HostContext): Promise<void> {
	for (const { descriptor, name, open } of layersOf(image)) {
		const there = await store.blob(descriptor.digest);
		if (there === undefined) await store.putStream(await open(), descriptor);
		emit({ type: 'layer', name, digest: descriptor.digest, size: descriptor.size, reused: there !== undefined });
	}
	await saveImage(store, image, isName(reference) ? [normaliseName(formatReference(reference))] : []);
}

/** What belongs to the old digest does not fit the new one. */
function converted(image: ImageResult, format: ImageFormat, { emit }: HostContext): ImageResult {
	const made = toFormat(image, format);
	if (made !== image && image.kind === 'index' && (image.others ?? []).length > 0)
		emit({ type: 'warning', says: 'attestations and other artifacts of the index are left behind: they belong to the digest that the image had' });
	return made;
}

function choose({ image }: Found, { platforms = [] }: CopyOptions, what: string): ImageResult {
	const [first, ...others] = platforms
		.flatMap((text) => text.split(/[\s,]+/))
		.filter((text) => text !== '')
		.map(parsePlatform);
	if (first === undefined) return image;
	if (others.length > 0)
		throw new TareError('USAGE', 'an image is copied with one platform or with all it has', { hint: 'Name one --platform, or leave the option out.' });
	return selectPlatform(image, first, what);
}

async function write(image: ImageResult, found: Found, { outputs, names, load }: Destinations, context: HostContext): Promise<CopyResult> {
	const known = names.length > 0 ? names : found.reference === undefined ? [] : [found.reference];
	const tagged = outputs.map((output) => (output.tag === undefined && found.tag !== undefined ? { ...output, tag: found.tag } : output));
	const request = { outputs: tagged, names: known, push: names.length > 0, dir: 'image', ...(load !== undefined && { load }) };
	return describe(image, known[0], await writeOutputs(image, request, context));
}

function describe(image: ImageResult, reference: Reference | undefined, outputs: CopyResult['outputs']): CopyResult {
	const { digest } = image.manifest.descriptor;
	const name = reference === undefined ? 'image' : formatReference({ registry: reference.registry, repository: reference.repository, tag: reference.tag });
	return { reference: `${name}@${digest}`, digest, images: imagesOf(image).length, outputs };
}

/** `KIND:PATH[:TAG]`, `docker:`, `podman:` or `containerd:` to load it there, else a name in a registry. */
function parseDestinations(texts: readonly string[], host: Host): Destinations {
	const isFile = (text: string): boolean => OUTPUT_KINDS.some((kind) => text.startsWith(`${kind}:`));
	const engineOf = (text: string): Engine | undefined => ENGINES.find((engine) => text === `${engine}:`);
	const load = texts.map(engineOf).find((engine) => engine !== undefined);
	return {
		outputs: texts.filter(isFile).map((text) => {
			const output = parseOutput(text);
			return { ...output, path: resolve(host.cwd, output.path) };
		}),
		names: texts.filter((text) => !isFile(text) && engineOf(text) === undefined).map(parseReference),
		...(load !== undefined && { load }),
	};
}
