/** Wheels by their file names (https://packaging.python.org/en/latest/specifications/binary-distribution-format/): which Python of a Linux base takes one. */
import { compareVersions, parseVersion } from './versions.js';

/** A package of a lock file, and the names of its files. */
export interface LockedFiles {
	readonly name: string;
	readonly version: string;
	readonly files: readonly string[];
}

/** The first that has wheels for the one Python and none for the other. */
export function withoutWheels(packages: readonly LockedFiles[], wanted: string, instead: string): LockedFiles | undefined {
	return packages.find(({ files }) => !files.some((file) => fits(file, wanted)) && files.some((file) => fits(file, instead)));
}

/** @param python `3.13` */
export function fits(file: string, python: string): boolean {
	const [, tags = '', abis = '', platforms = ''] = /-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(file) ?? [];
	if (!/(?:^|\.)(?:any|(?:many)?linux)/.test(platforms)) return false;
	return tags.split('.').some((tag) => abis.split('.').some((abi) => takes(tag, abi, python)));
}

function takes(tag: string, abi: string, python: string): boolean {
	const [, kind = '', major = '', minor] = /^(py|cp)(\d)(\d+)?$/.exec(tag) ?? [];
	if (major !== '3') return false;
	const order = minor === undefined ? -1 : compareVersions([3, Number(minor)], parseVersion(python));
	if (kind === 'py' || abi === 'abi3') return order <= 0;
	return abi === 'none' ? order <= 0 : order === 0 && abi === tag;
}
