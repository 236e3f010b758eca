/** Hands one image to every output that was asked for. */
import { basename } from 'node:path';
import type { Engine } from '../config/engine.js';
import type { OutputOption } from '../config/output-option.js';
import type { Context } from '../context.js';
import { stopIfAborted, TareError } from '../errors.js';
import { phase } from '../events.js';
import type { ImageResult, Output, Written } from '../image/types.js';
import { formatReference, isName, type Reference } from '../oci/reference.js';

/** Where an image goes; a build's request has all of it. */
export interface OutputRequest {
	readonly outputs: readonly OutputOption[];
	readonly names: readonly Reference[];
	/** To the registries of the names. */
	readonly push: boolean;
	readonly load?: Engine | 'auto';
	/** Its last part names what has no name. */
	readonly dir: string;
}

/** @throws TareError OUTPUT_UNWRITABLE | NO_SPACE | REGISTRY_* | NETWORK | TOOL_MISSING */
export async function writeOutputs(result: ImageResult, request: OutputRequest, context: Context): Promise<readonly Written[]> {
	if (request.push) checkDigests(result, request.names);
	const written: Written[] = [];
	const write = async (says: string, open: () => Promise<Output>): Promise<void> => {
		stopIfAborted(context.signal);
		written.push(await phase(context.emit, 'output', says, async () => (await open()).write(result)));
	};
	for (const option of request.outputs) await write(`write ${option.kind} ${option.path}`, () => toOutput(option, request));
	const { load } = request;
	if (load !== undefined) await write(`load into ${load === 'auto' ? 'the container engine' : load}`, () => toEngine(load, request, context));
	if (request.push) await write(`push to ${[...new Set(request.names.map(({ registry }) => registry))].join(', ')}`, () => toRegistry(request, context));
	return written;
}

/** A name with a digest stands for that image and no other. @throws TareError REFERENCE_INVALID before anything is written */
function checkDigests({ manifest: { descriptor } }: ImageResult, names: readonly Reference[]): void {
	const other = names.find(({ digest }) => digest !== undefined && digest !== descriptor.digest);
	if (other === undefined) return;
	throw new TareError('REFERENCE_INVALID', `${formatReference(other)} cannot be written: the image has the digest ${descriptor.digest}`, {
		hint: 'Leave the digest out of the destination, or name a tag: REGISTRY/REPOSITORY:TAG.',
	});
}

/** What is named by its digest moves no tag. */
function tagged(name: Reference): Reference {
	return name.tag === undefined && isName(name) ? { ...name, tag: 'latest' } : name;
}

async function toRegistry({ names }: OutputRequest, { bases: { registry }, emit, store }: Context): Promise<Output> {
	const { registryOutput } = await import('./registry.js');
	const { createBlobSites } = await import('../registry/sites.js');
	return registryOutput({ names: names.map(tagged), client: registry, emit, sites: createBlobSites(store) });
}

async function toEngine(engine: Engine | 'auto', { names, dir }: OutputRequest, { store, host, signal, emit }: Context): Promise<Output> {
	const { load } = await import('./load.js');
	const tag = names[0]?.tag ?? 'latest';
	const note = (says: string): void => emit({ type: 'note', says });
	return load({ engine, names: dockerNames({ names, dir }, tag), tag, host: host.platform, env: host.env, signal, scratch: store.scratch, note });
}

async function toOutput({ kind, path, tag }: OutputOption, { names, dir }: OutputRequest): Promise<Output> {
	const named = tag ?? names[0]?.tag ?? 'latest';
	switch (kind) {
		case 'oci':
			return (await import('./oci-layout.js')).ociLayout({ path, tag: named });
		case 'oci-archive':
			return (await import('./oci-archive.js')).ociArchive({ path, tag: named });
		case 'docker-archive':
			return (await import('./docker-archive.js')).dockerArchive({ path, tag: named, names: dockerNames({ names, dir }, named) });
	}
}

/** As Docker shows them: its own registry unnamed. */
function dockerNames({ names, dir }: Pick<OutputRequest, 'names' | 'dir'>, tag: string): readonly string[] {
	const named = names.filter(isName);
	if (named.length === 0) return [`${defaultName(dir)}:${tag}`];
	return named.map(
		({ registry, repository, tag: own }) => `${registry === 'docker.io' ? repository.replace(/^library\//, '') : `${registry}/${repository}`}:${own ?? tag}`,
	);
}

/** A repository name made of the folder's. */
export function defaultName(dir: string): string {
	const name = basename(dir)
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '');
	return name === '' ? 'app' : name;
}
