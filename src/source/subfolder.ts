/** A folder of the source as an index of its own: what a builder asks about one package of a repository that holds several. */
import { posix } from 'node:path';
import { type FileIndex, renamed } from './file-index.js';

/** Paths with `..` lead out of the folder, within the index. @param folder relative to the index's root; '' gives the index itself */
export function subfolder(source: FileIndex, folder: string): FileIndex {
	if (folder === '') return source;
	const prefix = `${folder}/`;
	const at = (path: string): string => (path.startsWith('..') ? posix.join(folder, path) : prefix + path);
	const inside = source.files.filter(({ path }) => path.startsWith(prefix));
	const start = inside[0] === undefined ? 0 : (source.position(inside[0].path) ?? 0);
	const files = inside.map((file) => renamed(file, file.path.slice(prefix.length)));
	const has = (path: string): boolean => source.has(at(path));
	return {
		root: `${source.root}/${folder}`,
		files,
		skipped: source.skipped.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)),
		has,
		get: (path) => (path.startsWith('../') ? source.get(at(path)) : files[(source.position(at(path)) ?? -1) - start]),
		position: (path) => {
			const position = source.position(at(path));
			return position === undefined ? undefined : position - start;
		},
		first: (...paths) => paths.find(has),
		text: (path, limit) => source.text(at(path), limit),
	};
}
