/** Layers become a folder: what each adds, replaces and hides, as https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md has it. */
import {
	chmodSync,
	closeSync,
	fchmodSync,
	fchownSync,
	futimesSync,
	lchownSync,
	linkSync,
	lstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	rmSync,
	symlinkSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { errno, TareError } from '../errors.js';
import { storeFailure } from '../store/failure.js';
import { pathInside } from './inside.js';
import { type LayerMember, walkLayer } from './read.js';

export interface PackedLayer {
	readonly descriptor: { readonly mediaType: string };
	open(): Promise<Readable>;
}

export interface UnpackOptions {
	/** Files belong to whom the layers say, which only root can do; else all is the caller's. */
	readonly owners: boolean;
}

const HIDES = '.wh.';
const HIDES_ALL = '.wh..wh..opq';

/**
 * Devices, pipes, extended attributes and set-user-ID bits are left out: what runs of the folder gets its own /dev and no new privileges.
 * @param root an empty folder that nobody else writes to @throws TareError IMAGE_INVALID | NO_SPACE | STORE_UNUSABLE
 */
export async function unpackLayers(layers: readonly PackedLayer[], root: string, options: UnpackOptions): Promise<void> {
	const folders = new Map<string, LayerMember>();
	for (const { descriptor, open } of layers) {
		const layer = new LayerWriter(root, options, folders);
		await walkLayer(await open(), descriptor.mediaType, (member, content) => layer.write(member, content));
	}
	// Only now: a folder that may not be written to could not be filled.
	for (const [at, { mode, uid, gid }] of folders) {
		if (options.owners) lchownSync(at, uid, gid);
		chmodSync(at, options.owners ? mode & 0o1777 : (mode & 0o1777) | 0o700);
	}
	chmodSync(root, 0o755);
}

class LayerWriter {
	/** What this layer has written: its own whiteouts do not mean it. */
	readonly #written = new Set<string>();
	/** Where folders of the image lie, until a link may have changed that. */
	readonly #places = new Map<string, string>();
	readonly #root: string;
	readonly #options: UnpackOptions;
	readonly #folders: Map<string, LayerMember>;

	constructor(root: string, options: UnpackOptions, folders: Map<string, LayerMember>) {
		this.#root = root;
		this.#options = options;
		this.#folders = folders;
	}

	async write(member: LayerMember, content: AsyncIterable<Buffer>): Promise<void> {
		const parts = partsOf(member.path);
		const name = parts.pop();
		if (name === undefined) return;
		try {
			const folder = this.#folder(parts.join('/'));
			if (name === HIDES_ALL) return this.#hideAll(folder);
			if (name.startsWith(HIDES)) return this.#hide(join(folder, hidden(name)));
			const at = join(folder, name);
			if (await this.#make(at, member, content)) this.#mark(at);
		} catch (cause) {
			if (['EEXIST', 'ENOTDIR'].includes(errno(cause) ?? '')) throw new TareError('IMAGE_INVALID', `a layer has /${member.path} below a file`, { cause });
			throw storeFailure(cause, this.#root);
		}
	}

	/** @returns false for what is left out */
	async #make(at: string, member: LayerMember, content: AsyncIterable<Buffer>): Promise<boolean> {
		switch (member.type) {
			case 'directory':
				if (lstatSync(at, { throwIfNoEntry: false })?.isDirectory() !== true) {
					this.#remove(at);
					mkdirSync(at, 0o700);
				}
				this.#folders.set(at, member);
				return true;
			case 'file':
			case 'contiguous-file':
				this.#remove(at);
				await writeFile(at, member, content, this.#options);
				return true;
			case 'symlink':
				this.#remove(at);
				this.#places.clear();
				symlinkSync(member.link ?? '', at);
				if (this.#options.owners) lchownSync(at, member.uid, member.gid);
				return true;
			case 'link': {
				const original = pathInside(this.#root, partsOf(member.link ?? '').join('/'), 'itself');
				if (original === at) return true;
				if (lstatSync(original, { throwIfNoEntry: false })?.isFile() !== true)
					throw new TareError('IMAGE_INVALID', `a layer links /${member.path} to /${member.link}, which is no file`);
				this.#remove(at);
				linkSync(original, at);
				return true;
			}
			default:
				return false;
		}
	}

	/** The folder of a path, made with those above it where no member has. */
	#folder(path: string): string {
		const known = this.#places.get(path);
		if (known !== undefined) return known;
		const at = pathInside(this.#root, path, 'target');
		mkdirSync(at, { recursive: true, mode: 0o755 });
		this.#places.set(path, at);
		return at;
	}

	#hide(at: string): void {
		if (!this.#written.has(at)) this.#remove(at);
	}

	#hideAll(folder: string): void {
		for (const entry of readdirSync(folder, { withFileTypes: true })) {
			const at = join(folder, entry.name);
			if (!this.#written.has(at)) this.#remove(at);
			else if (entry.isDirectory()) this.#hideAll(at);
		}
	}

	#remove(at: string): void {
		const there = lstatSync(at, { throwIfNoEntry: false });
		if (there === undefined) return;
		rmSync(at, { recursive: true });
		if (there.isFile()) return;
		this.#places.clear();
		for (const folder of this.#folders.keys()) if (folder === at || folder.startsWith(`${at}/`)) this.#folders.delete(folder);
	}

	/** With the folders above: what hides all of a folder spares what lies deeper in it, too. */
	#mark(at: string): void {
		for (let path = at; path !== this.#root && !this.#written.has(path); path = dirname(path)) this.#written.add(path);
	}
}

/** @throws TareError IMAGE_INVALID for a path that leads out */
function partsOf(path: string): string[] {
	const parts = path.split('/').filter((part) => part !== '' && part !== '.');
	if (parts.includes('..') || path.includes('\0')) throw new TareError('IMAGE_INVALID', `a layer has a path outside of the image: ${JSON.stringify(path)}`);
	return parts;
}

/** @throws TareError IMAGE_INVALID for a whiteout of its own folder */
function hidden(name: string): string {
	const [hides] = partsOf(name.slice(HIDES.length));
	if (hides === undefined) throw new TareError('IMAGE_INVALID', `a layer has a whiteout of nothing: ${JSON.stringify(name)}`);
	return hides;
}

async function writeFile(at: string, { mode, uid, gid, mtime }: LayerMember, content: AsyncIterable<Buffer>, { owners }: UnpackOptions): Promise<void> {
	const file = openSync(at, 'wx', 0o600);
	try {
		for await (const chunk of content) for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
		if (owners) fchownSync(file, uid, gid);
		fchmodSync(file, mode & 0o777);
		futimesSync(file, mtime, mtime);
	} finally {
		closeSync(file);
	}
}
