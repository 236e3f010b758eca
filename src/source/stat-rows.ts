/** The stat cache's rows: one line a file, sorted like the index, so that both are walked side by side and neither is held twice. */
import { readFileSync } from 'node:fs';
import { sha256 } from '../oci/digest.js';
import type { Store, StoredBlob } from '../store/contract.js';
import type { SourceFile } from './file-index.js';

export interface StatRow {
	readonly size: number;
	readonly mtimeMs: number;
	readonly ctimeMs: number;
	readonly ino: number;
	/** Hex. */
	readonly sha256: string;
}

export interface StatRows {
	/** The row of a path; asked in the order of the rows. */
	find(path: string): Promise<StatRow | undefined>;
	/** True when rows are left that nobody asked for. */
	hasMore(): Promise<boolean>;
}

const FLUSH_SIZE = 1 << 18;

/** Undefined, or a blob that is damaged, reads as no rows. */
export function readStatRows(blob: StoredBlob | undefined): StatRows {
	const lines = blob === undefined ? undefined : linesOf(blob);
	let current: { readonly path: string; readonly row: StatRow } | undefined;
	let ended = lines === undefined;
	let skipped = false;
	const advance = async (): Promise<void> => {
		const next = await lines?.next().catch(() => ({ done: true as const, value: undefined }));
		ended = next === undefined || next.done === true;
		current = next?.value === undefined ? undefined : parseRow(next.value);
	};
	return {
		async find(path) {
			// Rows of files that are gone.
			while (!ended && (current === undefined || current.path < path)) {
				skipped ||= current !== undefined;
				await advance();
			}
			if (current?.path !== path) return undefined;
			const { row } = current;
			current = undefined;
			return row;
		},
		async hasMore() {
			if (!ended && current === undefined) await advance();
			return skipped || current !== undefined;
		},
	};
}

async function* linesOf(blob: StoredBlob): AsyncGenerator<string> {
	let rest = '';
	for await (const chunk of blob.open()) {
		const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
		rest = lines.pop() ?? '';
		yield* lines;
	}
}

/** The hashes of all rows, one after the other; undefined unless there are as many as expected, and undamaged. */
export function readStatHashes({ path, digest }: StoredBlob, count: number, hashSize: number): Buffer | undefined {
	try {
		const bytes = readFileSync(path);
		const lines = bytes.toString('latin1').split('\n').slice(0, -1);
		if (sha256(bytes) !== digest || lines.length !== count) return undefined;
		const hashes = Buffer.alloc(count * hashSize);
		for (const [position, line] of lines.entries()) hashes.write(parseRow(line).row.sha256, position * hashSize, 'hex');
		return hashes;
	} catch {
		return undefined;
	}
}

function parseRow(line: string): { path: string; row: StatRow } {
	const [size, mtimeMs, ctimeMs, ino, sha256 = '', ...path] = line.split(' ');
	return {
		path: Buffer.from(path.join(' '), 'base64').toString(),
		row: { size: Number(size), mtimeMs: Number(mtimeMs), ctimeMs: Number(ctimeMs), ino: Number(ino), sha256 },
	};
}

export async function writeStatRows(files: readonly SourceFile[], hashAt: (position: number) => string, store: Store): Promise<StoredBlob> {
	async function* chunks(): AsyncGenerator<Buffer> {
		let text = '';
		for (const [position, file] of files.entries()) {
			// Names may hold anything but a slash and NUL; base64 keeps them on one line.
			text += `${file.size} ${file.mtimeMs} ${file.ctimeMs} ${file.ino} ${hashAt(position)} ${Buffer.from(file.path).toString('base64')}\n`;
			if (text.length < FLUSH_SIZE) continue;
			yield Buffer.from(text, 'latin1');
			text = '';
		}
		yield Buffer.from(text, 'latin1');
	}
	return store.putStream(chunks());
}
