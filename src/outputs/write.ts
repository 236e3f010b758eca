/** Hands one image to every output that was asked for. */
import { basename } from 'node:path';
import type { OutputOption } from '../config/output-option.js';
import type { BuildRequest } from '../config/request.js';
import type { Context } from '../context.js';
import { phase } from '../events.js';
import type { ImageResult, Output, Written } from '../image/types.js';

/** @throws TareError OUTPUT_UNWRITABLE | NO_SPACE | REGISTRY_* | NETWORK */
export async function writeOutputs(result: ImageResult, request: BuildRequest, context: Context): Promise<readonly Written[]> {
	const written: Written[] = [];
	for (const option of request.outputs) {
		written.push(await phase(context.emit, 'output', `write ${option.kind} ${option.path}`, async () => (await toOutput(option, request)).write(result)));
	}
	if (request.push) {
		const names = request.names.map((name) => ({ ...name, tag: name.tag ?? 'latest' }));
		const { registryOutput } = await import('./registry.js');
		const { createBlobSites } = await import('../registry/sites.js');
		written.push(
			await phase(context.emit, 'output', `push to ${names[0]?.registry}`, () =>
				registryOutput({ names, client: context.bases.registry, emit: context.emit, sites: createBlobSites(context.store) }).write(result),
			),
		);
	}
	return written;
}

async function toOutput({ kind, path, tag }: OutputOption, { names, dir }: BuildRequest): Promise<Output> {
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
function dockerNames({ names, dir }: Pick<BuildRequest, 'names' | 'dir'>, tag: string): readonly string[] {
	if (names.length === 0) return [`${defaultName(dir)}:${tag}`];
	return names.map(
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
