/** A clean copy of the source for steps that change files: the user's own folder is never written to. */
import { chmodSync, constants, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { FileIndex, SourceFile } from '../source/file-index.js';

const BATCH = 256;

/** Copies the indexed files to `to`, by reflink where the file system can. */
export async function copySource(source: FileIndex, to: string): Promise<void> {
	const made = new Set<string>();
	for (const [at, file] of source.files.entries()) {
		placeFile(source, file, to, made);
		if (at % BATCH === 0) await setImmediate();
	}
}

/** @param made folders that are there; completed */
export function placeFile(source: FileIndex, file: SourceFile, to: string, made: Set<string>): void {
	const target = join(to, file.path);
	const folder = dirname(target);
	if (!made.has(folder)) {
		mkdirSync(folder, { recursive: true });
		made.add(folder);
	}
	if (file.type === 'symlink') symlinkSync(file.target ?? '', target);
	else copy(join(source.root, file.path), target, file.executable);
}

function copy(from: string, to: string, executable: boolean): void {
	copyFileSync(from, to, constants.COPYFILE_FICLONE);
	// The user's mode or umask may forbid what a build does.
	chmodSync(to, executable ? 0o755 : 0o644);
}
