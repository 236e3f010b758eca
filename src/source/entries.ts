/** Source files as entries of a layer. A large project has a great many: each is two references, and says the rest when asked. */
import { join } from 'node:path';
import { type Content, type Entry, type FileEntry, type ImagePath, imagePath, type SymlinkEntry } from '../layers/entry.js';
import type { SourceFile } from './file-index.js';

export interface SourceEntryOptions {
	/** Place in the image, e.g. `app`; '' for its root. */
	readonly into: string;
	/** Hex sha256 of a file's content, where known. */
	readonly hash: (path: string) => string | undefined;
}

export function sourceFileEntries(root: string, files: readonly SourceFile[], options: SourceEntryOptions): readonly Entry[] {
	const place = { root, ...options };
	return files.map((file) => (file.type === 'symlink' ? toSymlink(file, options.into) : new LazyFile(file, place)));
}

function toSymlink({ path, target = '' }: SourceFile, into: string): SymlinkEntry {
	return { type: 'symlink', path: imagePath(`${into}/${path}`), mode: 0o777, target };
}

class LazyFile implements FileEntry {
	readonly #file: SourceFile;
	readonly #place: SourceEntryOptions & { readonly root: string };

	constructor(file: SourceFile, place: SourceEntryOptions & { readonly root: string }) {
		this.#file = file;
		this.#place = place;
	}

	get type(): 'file' {
		return 'file';
	}
	/** The index has no `..` and no empty parts: nothing is left to normalise. */
	get path(): ImagePath {
		const { into } = this.#place;
		return (into === '' ? this.#file.path : `${into}/${this.#file.path}`) as ImagePath;
	}
	get mode(): number {
		return this.#file.executable ? 0o755 : 0o644;
	}
	get size(): number {
		return this.#file.size;
	}
	get content(): Content {
		return { kind: 'disk', path: join(this.#place.root, this.#file.path) };
	}
	get sha256(): string | undefined {
		return this.#place.hash(this.#file.path);
	}
}
