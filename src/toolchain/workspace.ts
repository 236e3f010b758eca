/** A clean copy of the source for steps that change files: the user's own folder is never written to. */
import { chmodSync, constants, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { FileIndex, SourceFile } from '../source/file-index.js';

const BATCH = 256;

/** Copies files of the index to `to`, by reflink where the file system can. */
export async function copySource({ root }: FileIndex, files: readonly SourceFile[], to: string): Promise<void> {
	const made = new Set<string>();
	for (const [at, file] of files.entries()) {
		const target = join(to, file.path);
		const folder = dirname(target);
		if (!made.has(folder)) {
			mkdirSync(folder, { recursive: true });
			made.add(folder);
		}
		if (file.type === 'symlink') symlinkSync(file.target ?? '', target);
		else copy(join(root, file.path), target, file.executable);
		if (at % BATCH === 0) await setImmediate();
	}
}

function copy(from: string, to: string, executable: boolean): void {
	copyFileSync(from, to, constants.COPYFILE_FICLONE);
	// The user's mode or umask may forbid what a build does.
	chmodSync(to, executable ? 0o755 : 0o644);
}
