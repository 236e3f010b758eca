/** `assets:` of the configuration: files of the project at any place of the image, with mode and owner, in a layer of their own. */
import { posix } from 'node:path';
import type { AssetOption } from '../config/schema.js';
import { TareError } from '../errors.js';
import { type Entry, imagePath } from '../layers/entry.js';
import { ancestors } from '../source/ancestors.js';
import { sourceFileEntries } from '../source/entries.js';
import type { FileIndex } from '../source/file-index.js';
import type { LayerPlan, LayerSpec } from './contract.js';

export interface AssetSource {
	readonly source: FileIndex;
	/** Folder of the app below the source's root: what `from` is relative to. */
	readonly app: string;
	readonly assets: readonly AssetOption[];
}

/** Undefined where there is nothing to add. @throws TareError CONFIG_INVALID when `from` names nothing */
export function assetPlan({ source, app, assets }: AssetSource): LayerPlan | undefined {
	for (const asset of assets) filesOf(asset, source, app);
	if (assets.length === 0) return undefined;
	return { name: 'assets', purpose: 'assets', says: assets.map(({ from, to }) => `${from} in ${to}`).join(', ') };
}

/** @param hash hex sha256 of a source file, where known */
export function assetLayer({ source, app, assets }: AssetSource, hash: (path: string) => string | undefined): LayerSpec | undefined {
	if (assets.length === 0) return undefined;
	const entries = async () => [...new Map(assets.flatMap((asset) => entriesOf(asset, source, app, hash)).map((entry) => [entry.path, entry])).values()];
	return { name: 'assets', purpose: 'assets', entries };
}

function entriesOf(asset: AssetOption, source: FileIndex, app: string, hash: (path: string) => string | undefined): readonly Entry[] {
	const { root, files } = filesOf(asset, source, app);
	const mode = asset.mode === undefined ? undefined : Number.parseInt(asset.mode, 8);
	const [uid, gid] = (asset.owner ?? '0:0').split(':').map(Number) as [number, number];
	const placed = sourceFileEntries(source.root, files, { into: 'x', hash }).map((entry, at): Entry => {
		const path = imagePath(placeOf(asset.to, files[at]?.path ?? '', root));
		return entry.type === 'file'
			? { type: 'file', path, mode: mode ?? entry.mode, size: entry.size, content: entry.content, uid, gid, ...(entry.sha256 && { sha256: entry.sha256 }) }
			: { ...entry, path, uid, gid };
	});
	// A single file says nothing of the folder it is put in.
	return root === undefined || (asset.owner === undefined && mode === undefined)
		? placed
		: [...foldersOf(placed, asset.to, mode ?? 0o755, { uid, gid }), ...placed];
}

/** Folders that the asset brings itself: its owner can write them, and whoever may read a file may search its folder. */
export function foldersOf(entries: readonly Entry[], to: string, mode: number, owner: { uid: number; gid: number }): readonly Entry[] {
	const top = imagePath(`${to}/x`).slice(0, -2);
	const folders = new Set(entries.flatMap(({ path }) => ancestors(path)).filter((path) => path !== '' && (path === top || path.startsWith(`${top}/`))));
	const searchable = mode | ((mode & 0o444) >> 2) | 0o700;
	return [...folders].map((path) => ({ type: 'directory', path: imagePath(path), mode: searchable, ...owner }));
}

interface Found {
	/** The folder that was named, or undefined for a single file. */
	readonly root?: string;
	readonly files: FileIndex['files'];
}

function filesOf({ from }: AssetOption, source: FileIndex, app: string): Found {
	const path = posix.join(app, from).replace(/\/+$/, '').replace(/^\.$/, '');
	const file = source.get(path);
	if (file !== undefined) return { files: [file] };
	const prefix = path === '' ? '' : `${path}/`;
	const files = source.files.filter((one) => one.path.startsWith(prefix));
	if (files.length > 0) return { root: path, files };
	throw new TareError('CONFIG_INVALID', `assets: there is no file or folder ${from} in the project`, {
		hint: 'Paths are relative to the folder of tare.yaml. Files left out by .dockerignore or .tareignore count as not there: a line !PATH brings them back.',
		at: { file: 'tare.yaml' },
	});
}

function placeOf(to: string, path: string, root: string | undefined): string {
	if (root !== undefined) return `${to}/${root === '' ? path : path.slice(root.length + 1)}`;
	return to.endsWith('/') ? `${to}${posix.basename(path)}` : to;
}
