/** A shell for an image that has none: a copy with one more layer, Debian's busybox, made for this run and kept nowhere but in the store. */

import type { DebianRequest } from '../bases/debian/context.js';
import { debianLayers } from '../bases/debian/layers.js';
import { resolveDebian } from '../bases/debian/resolve.js';
import type { LockedDebian } from '../bases/lock.js';
import { materialise } from '../bases/materialise.js';
import type { BaseContext } from '../bases/resolve.js';
import { TareError } from '../errors.js';
import { phase } from '../events.js';
import { assembleImage } from '../image/assemble.js';
import type { Image } from '../image/types.js';
import { type Entry, imagePath } from '../layers/entry.js';
import type { LayerSource } from '../layers/source.js';

const FOLDER = 'busybox';
const PROGRAM = `${FOLDER}/busybox`;
const REQUEST: DebianRequest = { kind: 'debian', release: 'trixie', sets: ['static'], packages: ['busybox-static'], slim: true, strip: false };

/** The image with a shell as its program; the rest of it is as it was. @throws TareError BASE_* | PLATFORM_INVALID | OFFLINE | NETWORK */
export async function withShell(image: Image, context: BaseContext): Promise<Image> {
	const { architecture } = image.platform;
	const layer = await phase(context.emit, 'base', 'add busybox to a copy', async () => materialise(await busybox(architecture, context), context));
	const { config = {} } = image.config.value;
	const path = (config.Env ?? []).find((pair) => pair.startsWith('PATH='))?.slice('PATH='.length);
	return assembleImage({
		platform: image.platform,
		base: { layers: image.layers, config },
		layers: [layer],
		config: { Entrypoint: [`/${PROGRAM}`, 'sh'], env: { PATH: [...(path ? [path] : []), `/${FOLDER}`].join(':') } },
		epoch: 0,
		annotations: {},
	});
}

async function busybox(architecture: string, context: BaseContext): Promise<LayerSource> {
	const known = await context.store.record<LockedDebian>('debug-packages', architecture);
	const locked = await resolveDebian(REQUEST, [architecture], known, context);
	if (known === undefined) await context.store.setRecord('debug-packages', architecture, locked);
	const source = debianLayers(REQUEST, locked, architecture, context).layers.find(({ name }) => name === 'packages');
	if (source === undefined) throw new TareError('INTERNAL', 'the layer of added packages is missing');
	return { name: FOLDER, purpose: 'os', key: `debug ${source.key}`, history: source.history, entries: async () => shellEntries(await source.entries()) };
}

/** In a folder of its own, so that nothing of the image is replaced; busybox's shell finds its other programs in itself. */
async function shellEntries(entries: Iterable<Entry> | AsyncIterable<Entry>): Promise<readonly Entry[]> {
	for await (const entry of entries)
		if (entry.type === 'file' && entry.path === 'usr/bin/busybox')
			return [
				{ ...entry, path: imagePath(PROGRAM) },
				{ type: 'symlink', path: imagePath(`${FOLDER}/sh`), mode: 0o777, target: 'busybox' },
			];
	throw new TareError('BASE_INVALID', 'the package busybox-static has no usr/bin/busybox');
}
