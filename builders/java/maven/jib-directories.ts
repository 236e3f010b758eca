/** Jib's extra directories: files of the project at any place of the image, with permissions by pattern. */

import type { LayerSpec } from '../../../src/builder/contract.js';
import { type Entry, imagePath } from '../../../src/layers/entry.js';
import { sourceFileEntries } from '../../../src/source/entries.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { boundedPattern } from '../../../src/source/pattern.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { childOf, childrenOf, type Element, textOf } from '../xml.js';

export interface ExtraDirectory {
	/** Below the source's root. */
	readonly from: string;
	/** Absolute path in the image. */
	readonly into: string;
	/** By pattern of paths in the image, the last that fits counts. */
	readonly permissions: readonly { readonly pattern: string; readonly mode: number }[];
}

const USUAL = 'src/main/jib';

/** @param folder of the pom, '' or with a slash at its end */
export function extraDirectories(
	element: Element | undefined,
	folder: string,
	source: FileIndex,
): { readonly directories: readonly ExtraDirectory[]; readonly left: readonly string[] } {
	const permissions = childrenOf(childOf(element, 'permissions'), 'permission').flatMap((one) => {
		const [pattern, mode] = [textOf(one, 'file'), Number.parseInt(textOf(one, 'mode') ?? '', 8)];
		return pattern === undefined || Number.isNaN(mode) ? [] : [{ pattern, mode: mode & 0o777 }];
	});
	const paths = childOf(element, 'paths')?.children ?? [];
	const named = paths.map((path) => ({ from: textOf(path, 'from') ?? path.text.trim(), into: textOf(path, 'into') ?? '/', path }));
	const chosen = paths.length > 0 ? named : [{ from: USUAL, into: '/', path: undefined }];
	const isPartial = (path: Element | undefined): boolean => childOf(path, 'includes') !== undefined || childOf(path, 'excludes') !== undefined;
	const here = (from: string): string => `${folder}${from.replace(/^\$\{(?:project\.)?basedir\}\//, '').replace(/^\.\//, '')}`.replace(/\/+$/, '');
	const isThere = (from: string): boolean => source.files.some(({ path }) => path.startsWith(`${from}/`));
	const all = chosen.map(({ from, into, path }) => ({ from: here(from), into, path }));
	return {
		directories: all.filter(({ from, path }) => isThere(from) && !isPartial(path)).map(({ from, into }) => ({ from, into, permissions })),
		left: all
			.filter(({ from, path }) => path !== undefined && (isPartial(path) || !isThere(from)))
			.map(({ from, path }) => `extraDirectories ${from} (${isPartial(path) ? 'includes and excludes: use assets:' : 'no such folder'})`),
	};
}

export function extraLayer(directories: readonly ExtraDirectory[], { source, contentHash }: Toolchain): LayerSpec {
	const entriesOf = ({ from, into, permissions }: ExtraDirectory): readonly Entry[] => {
		const files = source.files.filter(({ path }) => path.startsWith(`${from}/`));
		return sourceFileEntries(source.root, files, { into: 'x', hash: contentHash }).map((entry, at): Entry => {
			const path = imagePath(`${into}/${(files[at]?.path ?? '').slice(from.length + 1)}`);
			const mode = permissions.findLast(({ pattern }) => matches(pattern, `/${path}`))?.mode ?? entry.mode;
			if (entry.type !== 'file') return { ...entry, path };
			return { type: 'file', path, mode, size: entry.size, content: entry.content, ...(entry.sha256 !== undefined && { sha256: entry.sha256 }) };
		});
	};
	return { name: 'extra', purpose: 'assets', entries: async () => directories.flatMap(entriesOf) };
}

/** `/bin/*`, `/opt/**`, `*` for all. */
function matches(pattern: string, path: string): boolean {
	const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*|\*|\?/g, (part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : '[^/]'));
	return boundedPattern(`^${source}$`).test(path);
}
