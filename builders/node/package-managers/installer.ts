/** The chosen package manager with what its lock file says. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';
import type { LockFacts, PackageManager } from './contract.js';
import { NEWER_BUN, wayToTarget } from './foreign.js';
import { chooseManager } from './index.js';

export interface Installer {
	readonly manager: PackageManager;
	readonly range: string;
	/** Its npm package, or the runtime that it is. */
	readonly tool: string;
	/** Its file in the project, in place of the package. */
	readonly file?: string;
	readonly lock?: LockFacts;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

export function chooseInstaller(source: FileIndex, manifest: Manifest, node: string): Installer {
	const { lock, tool, ...choice } = chooseManager(source, manifest, node);
	const { manager } = choice;
	return { ...choice, tool: tool ?? manager.tool, ...(lock !== undefined && { lock: manager.readLock(source, lock, manifest) }) };
}

/** The bun for another platform than the host's, by OCI architecture of the host. */
export const NEWER_PACKAGES: Readonly<Record<string, string>> = { amd64: '@oven/bun-linux-x64', arm64: '@oven/bun-linux-aarch64' };

/** npm packages to lock, by name. */
export function installerTools({ manager, range, tool, file }: Installer): Readonly<Record<string, string>> {
	if (file !== undefined) return {};
	const newer = wayToTarget(manager.id, range) === 'newer' ? Object.values(NEWER_PACKAGES) : [];
	return { [tool]: range, ...Object.fromEntries(newer.map((name) => [name, NEWER_BUN])) };
}
