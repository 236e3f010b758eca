/** Which package manager a project uses: its `packageManager` field, else the lock file, else npm. */
import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';
import type { PackageManager } from './contract.js';
import { npm } from './npm.js';

const MANAGERS: readonly PackageManager[] = [npm];

/** Lock files of package managers that have no adapter: naming them beats installing something else than the user has. */
const FOREIGN_LOCKS: Readonly<Record<string, string>> = { 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn', 'bun.lock': 'bun', 'bun.lockb': 'bun' };

export interface ManagerChoice {
	readonly manager: PackageManager;
	readonly lock?: string;
	readonly reasons: readonly Reason[];
}

export function managerById(id: string): PackageManager {
	const manager = MANAGERS.find((candidate) => candidate.id === id);
	if (manager === undefined) throw new TareError('INTERNAL', `no package manager "${id}"`);
	return manager;
}

/** @throws TareError AMBIGUOUS for two kinds of lock file | TOOL_MISSING for a package manager without an adapter */
export function chooseManager(source: FileIndex, manifest: Manifest, node: string): ManagerChoice {
	const locks = [
		...MANAGERS.flatMap(({ id, lockFiles }) => lockFiles.map((file) => ({ file, id }))),
		...Object.entries(FOREIGN_LOCKS).map(([file, id]) => ({ file, id })),
	].filter(({ file }) => source.has(file));
	const pinned = /^([a-z]+)@/.exec(manifest.json.packageManager ?? '')?.[1];
	const kinds = new Set(locks.map(({ id }) => id));
	if (pinned === undefined && kinds.size > 1) throw ambiguous(locks.map(({ file }) => file));
	const id = pinned ?? [...kinds][0] ?? 'npm';
	const manager = MANAGERS.find((candidate) => candidate.id === id);
	if (manager === undefined) throw unsupported(id, locks[0]?.file ?? manifest.file);
	const lock = locks.find((candidate) => candidate.id === id)?.file;
	const version = manager.version(manifest, node).reason;
	const why: Reason = lock === undefined ? { says: `${id}: no lock file` } : { file: lock, says: `${id}: ${lock}` };
	return { manager, ...(lock !== undefined && { lock }), reasons: [why, version] };
}

function ambiguous(files: readonly string[]): TareError {
	return new TareError('AMBIGUOUS', `two package managers: ${files.join(' and ')}`, {
		hint: 'Delete the lock file that is not used, or set "packageManager" in package.json.',
		at: { file: files[0] ?? 'package.json' },
		data: { files },
	});
}

function unsupported(id: string, file: string): TareError {
	return new TareError('TOOL_MISSING', `this version of Tare installs with npm only, but the project uses ${id} (${file})`, {
		hint: 'Make a package-lock.json with `npm install --package-lock-only`, and remove the other lock file.',
		at: { file },
	});
}
