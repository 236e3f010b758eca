/** Files that stand in the plan itself become a layer. */
import { type Entry, imagePath } from '../layers/entry.js';
import type { BuildPlan, LayerPlan, LayerSpec, PlannedFile } from './contract.js';

const NAME = 'extra';

/** Undefined where the plan has none. */
export function plannedFilesPlan({ files = [] }: Pick<BuildPlan, 'files'>): LayerPlan | undefined {
	return files.length === 0 ? undefined : { name: NAME, purpose: 'assets', says: files.map(({ path }) => path).join(', ') };
}

export function plannedFilesLayer({ files = [] }: Pick<BuildPlan, 'files'>): LayerSpec | undefined {
	// What was added last wins.
	const byPath = new Map(files.map((file) => [file.path, file]));
	return files.length === 0 ? undefined : { name: NAME, purpose: 'assets', entries: async () => [...byPath.values()].map(entryOf) };
}

/** @throws TareError UNSAFE_PATH */
export function entryOf({ path, content, encoding = 'utf8', mode = 0o644, uid, gid }: PlannedFile): Entry {
	const bytes = Buffer.from(content, encoding);
	const owner = { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) };
	return { type: 'file', path: imagePath(path), mode, size: bytes.length, content: { kind: 'bytes', bytes }, ...owner };
}
