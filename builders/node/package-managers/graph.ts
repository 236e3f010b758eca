/** Which packages of a lock file are installed in production: what can be reached from the dependencies that are not for development. */
import { TareError } from '../../../src/errors.js';
import type { Manifest, PackageJson } from '../manifest.js';
import type { LockedPackage } from './contract.js';

export interface LockNode extends LockedPackage {
	/** Keys of the packages it depends on. */
	readonly needs: readonly string[];
}

/** Breadth first from `roots`; keys that the lock does not have (links, absent optional packages) are passed over. */
export function reachable(roots: readonly string[], nodeAt: (key: string) => LockNode | undefined): readonly LockedPackage[] {
	const seen = new Set<string>();
	const found = new Map<string, LockedPackage>();
	const open = [...roots];
	for (let key = open.pop(); key !== undefined; key = open.pop()) {
		if (seen.has(key)) continue;
		seen.add(key);
		const node = nodeAt(key);
		if (node === undefined) continue;
		const { needs, ...locked } = node;
		found.set(`${node.name}@${node.version}`, locked);
		open.push(...needs);
	}
	return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, locked]) => locked);
}

/** Names of packages that compile or fetch a native add-on at installation; lock files other than npm's do not say which do. */
const NATIVE = /^(?:nan|node-addon-api|node-gyp|node-gyp-build|node-pre-gyp|@mapbox\/node-pre-gyp|prebuild-install|bindings|cmake-js)$/;

export function bringsNative(names: Iterable<string>): boolean {
	for (const name of names) if (NATIVE.test(name)) return true;
	return false;
}

/** Dependencies of every kind that an install of the manifest looks up in the lock file. */
export function lookedUp({ dependencies, devDependencies, optionalDependencies }: PackageJson): readonly (readonly [string, string])[] {
	return Object.entries({ ...devDependencies, ...dependencies, ...optionalDependencies });
}

export function isLink(range: string): boolean {
	return /^(?:file|link|portal|workspace):/.test(range);
}

/** The package manager would refuse too, but later and with less to go by. @throws TareError LOCKFILE_OUTDATED */
export function refuseMissing(missing: readonly string[], file: string, manifest: Manifest, command: string): void {
	if (missing.length === 0) return;
	const more = missing.length > 1 ? `, and ${missing.length - 1} more` : '';
	throw new TareError('LOCKFILE_OUTDATED', `${file} does not match ${manifest.file} (${missing[0]} is not in it${more})`, {
		hint: `Run \`${command}\` and commit ${file}.`,
		at: { file },
		data: { packages: missing },
	});
}
