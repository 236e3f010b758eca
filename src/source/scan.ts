/** Looks for what an app's own code says, within bounds that keep detection a matter of milliseconds. */
import type { FileIndex } from './file-index.js';

const JAVASCRIPT = /\.[cm]?[jt]sx?$/;
/** Bytes; larger files are made by tools. */
const FILE_LIMIT = 256 * 1024;
const TOTAL_LIMIT = 4 * 1024 * 1024;

export interface Found {
	readonly path: string;
	/** From 1. */
	readonly line: number;
	readonly text: string;
}

export interface ScanOptions {
	/** Names of the files to read; default JavaScript and TypeScript. */
	readonly files?: RegExp;
	/** Bytes to read at most; where missing a match would be unsafe, Infinity. */
	readonly total?: number;
}

/** Every match of `says`, in the order of the files. */
export function* scan(source: FileIndex, says: RegExp, { files = JAVASCRIPT, total: limit = TOTAL_LIMIT }: ScanOptions = {}): Generator<Found> {
	const all = new RegExp(says.source, [...new Set(`${says.flags}g`)].join(''));
	let total = 0;
	for (const { path, size, type } of source.files) {
		if (type !== 'file' || size > FILE_LIMIT || !files.test(path)) continue;
		total += size;
		if (total > limit) return;
		const text = source.text(path) ?? '';
		for (const match of text.matchAll(all)) yield { path, line: text.slice(0, match.index).split('\n').length, text: match[0] };
	}
}

export function scanFirst(source: FileIndex, says: RegExp, options?: ScanOptions): Found | undefined {
	return scan(source, says, options).next().value ?? undefined;
}
