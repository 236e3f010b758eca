/** What hand-made layers are made of, read when an output is asked for. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { foldersOf } from '../builder/assets.js';
import { TareError } from '../errors.js';
import { directoryEntries } from '../layers/directory.js';
import { type Content, type Entry, imagePath } from '../layers/entry.js';
import { ignoreRules } from '../source/ignore.js';
import type { DirectoryLayerOptions, FileOption, Owner } from './layer.js';
import type { LayerPlace } from './types.js';

/** @throws TareError SOURCE_NOT_FOUND */
export function directoryContents(from: string, { at, owner, mode, exclude = [] }: DirectoryLayerOptions, { dir }: LayerPlace): readonly Entry[] {
	const full = resolve(dir, from);
	if (!existsSync(full) || !statSync(full).isDirectory())
		throw new TareError('SOURCE_NOT_FOUND', `there is no folder ${from}`, { hint: `A layer was to be made of ${full}.` });
	const rules = ignoreRules(exclude, { asIs: true });
	const skip = (path: string, isFolder: boolean): boolean => (isFolder ? rules.prunes(path) : rules.ignores(path)) || rules.unshipped(path);
	const owned = ids(owner);
	const entries = directoryEntries({ from: full, into: at.replace(/^\/+|\/+$/g, ''), skip }).map(
		(entry): Entry => ({ ...entry, ...owned, ...(mode !== undefined && entry.type === 'file' && { mode }) }),
	);
	return owned === undefined
		? entries
		: [...foldersOf(entries, at, 0o755, owned).filter((folder) => !entries.some(({ path }) => path === folder.path)), ...entries];
}

/** @throws TareError SOURCE_NOT_FOUND | UNSAFE_PATH */
export function fileContents(files: Readonly<Record<string, FileOption>>, place: LayerPlace): readonly Entry[] {
	return Object.entries(files).map(([path, option]) => fileEntry(path, option, place));
}

function fileEntry(place: string, option: FileOption, { dir }: LayerPlace): Entry {
	const path = imagePath(place);
	if (typeof option === 'string' || option instanceof Uint8Array) return { type: 'file', path, mode: 0o644, ...bytesOf(option) };
	if (option.link !== undefined) return { type: 'symlink', path, mode: 0o777, target: option.link };
	const { mode, owner } = option;
	if (option.content !== undefined) return { type: 'file', path, mode: mode ?? 0o644, ...bytesOf(option.content), ...ids(owner) };
	const full = resolve(dir, option.from);
	const stat = lstatSync(full, { throwIfNoEntry: false });
	if (stat?.isFile() !== true) throw new TareError('SOURCE_NOT_FOUND', `there is no file ${option.from}`, { hint: `${place} of a layer was to be ${full}.` });
	const usual = stat.mode & 0o111 ? 0o755 : 0o644;
	return { type: 'file', path, mode: mode ?? usual, size: stat.size, content: { kind: 'disk', path: full }, ...ids(owner) };
}

function bytesOf(content: string | Uint8Array): { readonly size: number; readonly content: Content } {
	const bytes = typeof content === 'string' ? Buffer.from(content) : content;
	return { size: bytes.length, content: { kind: 'bytes', bytes } };
}

function ids(owner: Owner | undefined): { readonly uid: number; readonly gid: number } | undefined {
	if (owner === undefined) return undefined;
	const [uid = 0, gid = uid] = String(owner).split(':').map(Number);
	return { uid, gid };
}
