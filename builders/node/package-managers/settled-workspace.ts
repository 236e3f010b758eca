/** While the steps run, the package manager finds nothing in the workspace that makes it download another tool or runtime. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageManager } from './contract.js';

const SETTINGS = 'pnpm-workspace.yaml';

/** @param home where the package manager runs @param manifests paths of the package.json files @returns what puts the files back as they were: they are shipped */
export function settleWorkspace(workspace: string, home: string, manifests: Iterable<string>, { settle }: PackageManager): () => void {
	const changed = settle === undefined ? [] : [join(home, SETTINGS), ...manifests].flatMap((path) => changedFile(join(workspace, path), path, settle));
	for (const { file, settled } of changed) writeFileSync(file, settled);
	return () => {
		// A step that wrote the file itself has the last word.
		for (const { file, settled, before } of changed) if (readFileSync(file, 'utf8') === settled) writeFileSync(file, before);
	};
}

function changedFile(file: string, path: string, settle: (path: string, text: string) => string) {
	if (!existsSync(file)) return [];
	const before = readFileSync(file, 'utf8');
	const settled = settle(path, before);
	return settled === before ? [] : [{ file, before, settled }];
}
