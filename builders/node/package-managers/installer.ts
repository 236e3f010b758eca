/** The chosen package manager with what its lock file says. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';
import type { LockFacts, PackageManager } from './contract.js';
import { chooseManager } from './index.js';

export interface Installer {
	readonly manager: PackageManager;
	readonly range: string;
	readonly lock?: LockFacts;
	readonly reasons: readonly Reason[];
}

export function chooseInstaller(source: FileIndex, manifest: Manifest, node: string): Installer {
	const { manager, range, lock, reasons } = chooseManager(source, manifest, node);
	return { manager, range, reasons, ...(lock !== undefined && { lock: manager.readLock(source, lock, manifest) }) };
}
