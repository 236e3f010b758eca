/** `inspect` of the API: finds the image where its name says it is. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Host, readHost } from '../config/host.js';
import { TareError } from '../errors.js';
import { type ImageDetails, type InspectOptions, inspectImage } from '../image/inspect.js';
import { readArchive, readLayout } from '../image/read.js';
import { digestOfName, loadImage, normaliseName } from '../image/saved.js';
import type { ImageResult } from '../image/types.js';
import { parseReference } from '../oci/reference.js';
import { openContext, type RunOptions } from '../open-context.js';
import { pullImage } from '../registry/pull.js';

export async function inspect(target: string, options: InspectOptions & { readonly insecure?: readonly string[] }, run: RunOptions): Promise<ImageDetails> {
	const host = readHost();
	const context = await openContext(
		host,
		{ dir: host.cwd, mirrors: [], offline: false, insecure: options.insecure ?? [], registries: {}, secrets: { env: {}, files: {} } },
		[],
		run,
	);
	try {
		return await inspectImage(await find(target, host, context), options);
	} finally {
		context.close();
	}
}

type OpenContext = Awaited<ReturnType<typeof openContext>>;

/** A path or `KIND:PATH[:TAG]`, then a name of the store, then a registry. */
async function find(target: string, host: Host, context: OpenContext): Promise<ImageResult> {
	const onDisk = await fromDisk(target, host);
	if (onDisk !== undefined) return onDisk;
	const reference = parseReference(target);
	const digest = reference.digest ?? (await digestOfName(context.store, normaliseName(target)));
	const saved = digest === undefined ? undefined : await loadImage(context.store, digest, context.openLayer);
	if (saved !== undefined) return saved;
	if (reference.registry === 'docker.io' && !target.includes('/')) {
		throw new TareError('REGISTRY_NOT_FOUND', `there is no image "${target}" in Tare's store`, {
			hint: 'Build it first, or name a registry (docker.io/library/NAME), a layout folder or an archive.',
		});
	}
	return pullImage(reference, context.bases.registry);
}

async function fromDisk(target: string, host: Host): Promise<ImageResult | undefined> {
	const match = /^(?:(oci|oci-archive|docker-archive):)?(.*?)(?::([A-Za-z0-9_][A-Za-z0-9._-]*))?$/.exec(target);
	const candidates: readonly (readonly [string, string | undefined])[] = [
		[target.replace(/^(?:oci|oci-archive|docker-archive):/, ''), undefined],
		[match?.[2] ?? '', match?.[3]],
	];
	for (const [path, tag] of candidates) {
		const full = resolve(host.cwd, path);
		if (path === '' || !existsSync(full)) continue;
		return statSync(full).isDirectory() ? readLayout(full, tag) : readArchive(full, tag);
	}
	if (match?.[1] !== undefined) throw new TareError('IMAGE_INVALID', `there is no file or folder ${match[2]}`, { hint: 'Check the path.' });
	return undefined;
}
