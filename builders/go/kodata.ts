/** ko's data folder: links are followed, as ko does, but never out of the project. https://ko.build/features/static-assets/ */
import { join, posix } from 'node:path';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { SourceFile } from '../../src/source/file-index.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { type GoFacts, KODATA } from './plan.js';

const LINKS = 8;

export function kodataEntries({ kodata }: GoFacts, tools: Toolchain): readonly Entry[] {
	if (kodata.length === 0) return [];
	const files = kodata.flatMap((folder) => {
		const inside = tools.source.files.filter(({ path }) => path.startsWith(`${folder}/`));
		return inside.flatMap((file) => followed(file, file.path.slice(folder.length + 1), tools, LINKS));
	});
	// Programs that do not ask KO_DATA_PATH look in /var/run/ko, and /var/run is a link to /run.
	return [...files, { type: 'symlink', path: imagePath('run/ko'), mode: 0o777, target: `/${KODATA}` }];
}

function followed(file: SourceFile, at: string, tools: Toolchain, links: number): Entry[] {
	if (tools.rules.unshipped(file.path)) return [];
	if (file.type === 'file') return [entry(file, at, tools)];
	const target = posix.join(posix.dirname(file.path), file.target ?? '');
	const found = tools.source.get(target);
	if (found !== undefined && links > 0) return followed(found, at, tools, links - 1);
	const inside = tools.source.files.filter(({ path, type }) => type === 'file' && path.startsWith(`${target}/`));
	if (inside.length === 0) tools.emit({ type: 'warning', says: `${file.path} links to ${file.target}, which is no file of the project: left out` });
	return inside.map((one) => entry(one, at + one.path.slice(target.length), tools));
}

function entry({ path, size, executable }: SourceFile, at: string, { source, contentHash }: Toolchain): Entry {
	const sha256 = contentHash(path);
	return {
		type: 'file',
		path: imagePath(`${KODATA}/${at}`),
		mode: executable ? 0o755 : 0o644,
		size,
		content: { kind: 'disk', path: join(source.root, path) },
		...(sha256 !== undefined && { sha256 }),
	};
}
