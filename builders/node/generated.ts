/** What the project's own scripts change inside node_modules: patches of packages, a generated database client. A production installation lacks it. */
import { copyFileSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LayerSpec } from '../../src/builder/contract.js';
import { directoryEntries } from '../../src/layers/directory.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { PackageManager } from './package-managers/contract.js';

/** Hidden folders are caches and notes of tools, but for this one. */
const GENERATED = '.prisma';

/** The moment after which a change is the scripts'; a file's own clock, not the process's. */
export async function markTime(tools: Toolchain): Promise<number> {
	const mark = join(await tools.scratch('mark'), 'now');
	writeFileSync(mark, '');
	return lstatSync(mark).ctimeMs;
}

/**
 * Copies what changed since then out of the node_modules folders.
 * @param folders node_modules folders below `workspace` @returns undefined when nothing did
 */
export async function copyGenerated(
	workspace: string,
	folders: readonly string[],
	since: number,
	{ isTrace }: PackageManager,
	tools: Toolchain,
): Promise<string | undefined> {
	const changed = folders.flatMap((folder) => changedFiles(workspace, folder, since)).filter((path) => !isTrace(path));
	if (changed.length === 0) return undefined;
	const to = await tools.scratch('generated');
	for (const path of changed) {
		mkdirSync(dirname(join(to, path)), { recursive: true });
		copyFileSync(join(workspace, path), join(to, path));
	}
	tools.emit({ type: 'note', says: `the project's scripts changed ${changed.length} files of node_modules: they are shipped` });
	return to;
}

function changedFiles(workspace: string, folder: string, since: number): readonly string[] {
	return readdirSync(join(workspace, folder), { withFileTypes: true }).flatMap((entry) => {
		const path = `${folder}/${entry.name}`;
		if (entry.isDirectory())
			return entry.name.startsWith('.') && entry.name !== GENERATED && entry.name !== '.pnpm' ? [] : changedFiles(workspace, path, since);
		return entry.isFile() && lstatSync(join(workspace, path)).ctimeMs > since ? [path] : [];
	});
}

/** @param installed whether the production installation has the package of a path, or the path is no package's */
export function generatedLayer(generated: string, into: string, installed: (path: string) => boolean): LayerSpec {
	return {
		name: 'generated',
		purpose: 'dependencies',
		entries: async () => directoryEntries({ from: generated, into, skip: (path, isFolder) => !isFolder && !installed(path) }),
	};
}
