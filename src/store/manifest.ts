/** What a kept folder looked like when a trusted tool had written it, so that later changes can be seen. */
import { createHash } from 'node:crypto';
import { createReadStream, type Dirent, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** One text for each path; a changed file has another one: no program can set a file's change time. */
export type Rows = ReadonlyMap<string, string>;

const CHUNK = 1 << 20;
const BATCH = 256;

export function readRows(dir: string, folders: readonly string[] = ['']): Rows {
	const rows = new Map<string, string>();
	for (const { path, entry } of walk(dir, folders)) rows.set(path, rowOf(join(dir, path), entry));
	return rows;
}

export function sumOfRows(rows: Rows): string {
	const hash = createHash('sha256');
	for (const path of [...rows.keys()].sort()) hash.update(`${path}\0${rows.get(path)}\n`);
	return hash.digest('hex');
}

/** Says the same of a copy on another disk: paths, types, modes, link targets and contents. */
export async function sumOfContent(dir: string): Promise<string> {
	const hash = createHash('sha256');
	let files = 0;
	const all = [...walk(dir, [''])].sort((a, b) => (a.path < b.path ? -1 : 1));
	for (const { path, entry } of all) {
		const full = join(dir, path);
		const { mode, size } = lstatSync(full);
		hash.update(`${path}\0${mode} ${entry.isSymbolicLink() ? readlinkSync(full) : entry.isFile() ? size : ''}\n`);
		if (!entry.isFile()) continue;
		if (size <= CHUNK) hash.update(readFileSync(full));
		else for await (const chunk of createReadStream(full, { highWaterMark: CHUNK })) hash.update(chunk as Buffer);
		if (++files % BATCH === 0) await setImmediate();
	}
	return hash.digest('hex');
}

function* walk(dir: string, folders: readonly string[]): Generator<{ readonly path: string; readonly entry: Dirent }> {
	for (const folder of folders) {
		for (const entry of readdirSync(join(dir, folder), { withFileTypes: true })) {
			const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
			yield { path, entry };
			if (entry.isDirectory()) yield* walk(dir, [path]);
		}
	}
}

/** A folder's times change with what is in it, which has rows of its own. */
function rowOf(path: string, entry: Dirent): string {
	const { mode, size, mtimeMs, ctimeMs, ino } = lstatSync(path);
	if (entry.isDirectory()) return `${mode}`;
	return `${mode} ${size} ${mtimeMs} ${ctimeMs} ${ino}${entry.isSymbolicLink() ? ` ${readlinkSync(path)}` : ''}`;
}
