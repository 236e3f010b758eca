/** Finds an image where its name says it is: on disk, in Tare's store, in a registry. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Host } from '../config/host.js';
import type { Context } from '../context.js';
import { TareError } from '../errors.js';
import { withImage } from '../image/artifact.js';
import { readArchive, readLayout } from '../image/read.js';
import { digestOfName, loadImage, normaliseName } from '../image/saved.js';
import type { ImageResult } from '../image/types.js';
import { parseReference, type Reference } from '../oci/reference.js';
import { pullImage } from '../registry/pull.js';

export interface Found {
	readonly image: ImageResult;
	readonly where: 'disk' | 'store' | 'registry';
	/** The name, where it is one. */
	readonly reference?: Reference;
	/** Where a layout knows nothing more of the name. */
	readonly tag?: string;
}

/** A path or `KIND:PATH[:TAG]`, then a name of the store, then a registry; or one of the latter alone. @throws TareError IMAGE_INVALID | REFERENCE_INVALID | REGISTRY_* | NETWORK */
export async function findImage(target: string, host: Host, context: Context, only?: 'store' | 'registry'): Promise<Found> {
	const onDisk = only === undefined ? await fromDisk(target, host) : undefined;
	if (onDisk !== undefined) return { image: withImage(onDisk, target), where: 'disk', ...calledOnDisk(onDisk) };
	const reference = parseReference(target);
	const saved = only === 'registry' ? undefined : await fromStore(target, reference, context);
	if (saved !== undefined) return { image: saved, where: 'store', reference };
	if (only === 'store' || (only === undefined && reference.registry === 'docker.io' && !target.includes('/'))) {
		throw new TareError('REGISTRY_NOT_FOUND', `there is no image "${target}" in Tare's store`, {
			hint: 'Build it first, or name a registry (docker.io/library/NAME), a layout folder or an archive.',
		});
	}
	const image = withImage(await pullImage(reference, context.bases.registry, { whole: true }), target);
	return { image, where: 'registry', reference };
}

/** A layout calls its images by tag or by name. */
function calledOnDisk({ name }: ImageResult): Pick<Found, 'reference' | 'tag'> {
	if (name === undefined) return {};
	if (/^[\w][\w.-]{0,127}$/.test(name)) return { tag: name };
	try {
		return { reference: parseReference(name) };
	} catch {
		// Any text may be there.
		return {};
	}
}

async function fromStore(target: string, { digest: asked }: Reference, { store, openLayer }: Context): Promise<ImageResult | undefined> {
	const digest = asked ?? (await digestOfName(store, normaliseName(target)));
	return digest === undefined ? undefined : loadImage(store, digest, openLayer);
}

async function fromDisk(target: string, host: Host): Promise<ImageResult | undefined> {
	const [, kind, rest = ''] = /^(?:(oci|oci-archive|docker-archive):)?(.*)$/s.exec(target) ?? [];
	// Paths may have colons, and names of images, too: the longest path that is there.
	for (let end = rest.length; end > 0; end = rest.lastIndexOf(':', end - 1)) {
		const full = resolve(host.cwd, rest.slice(0, end));
		if (!existsSync(full)) continue;
		const name = end === rest.length ? undefined : rest.slice(end + 1);
		return statSync(full).isDirectory() ? readLayout(full, name) : readArchive(full, name);
	}
	if (kind !== undefined) throw new TareError('IMAGE_INVALID', `there is no file or folder ${rest}`, { hint: 'Check the path.' });
	return undefined;
}
