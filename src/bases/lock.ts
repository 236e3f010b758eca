/** `tare.lock`: what a base was made of, so that the next build makes the same one. No host name stands in it. */
import { TareError } from '../errors.js';
import type { Digest } from '../oci/digest.js';
import { stableJson } from '../stable-json.js';

export interface LockedDeb {
	readonly version: string;
	/** Source package, where it differs from the binary package. */
	readonly source?: string;
	readonly suite: string;
	/** Relative to the archive root: `pool/main/g/glibc/libc6_....deb`. */
	readonly filename: string;
	/** Bytes. */
	readonly size: number;
	/** Hex. */
	readonly sha256: string;
}

export interface LockedSuite {
	/** The Release file's Date, ISO 8601. */
	readonly date: string;
	/** Key ids (16 hex digits) whose signatures were verified. */
	readonly signedBy: readonly string[];
}

export interface LockedDebian {
	readonly release: 'trixie' | 'bookworm';
	/** By suite name. */
	readonly sources: Readonly<Record<string, LockedSuite>>;
	/** By package name, then Debian architecture (`all`, `amd64`, `arm64`). */
	readonly packages: Readonly<Record<string, Readonly<Record<string, LockedDeb>>>>;
	/** By package the user asked for: everything that comes with it, itself included. */
	readonly closures?: Readonly<Record<string, readonly string[]>>;
}

/** A package of an npm registry; `integrity` is a sha512 Subresource Integrity string. */
export interface LockedNpmPackage {
	readonly name: string;
	readonly version: string;
	readonly integrity: string;
}

export interface LockedRuntime {
	readonly version: string;
	/** By OCI architecture. */
	readonly packages: Readonly<Record<string, LockedNpmPackage>>;
}

/** What a package manager chose where the project leaves a choice. */
export interface LockedChoice {
	/** Hex sha256 of what was asked: another question gets a new answer. */
	readonly question: string;
	readonly lines: readonly string[];
}

export interface LockFile {
	readonly lockVersion: 1;
	readonly debian?: LockedDebian;
	/** By runtime name: `node`. */
	readonly runtimes?: Readonly<Record<string, LockedRuntime>>;
	/** By tool name: `npm`. */
	readonly tools?: Readonly<Record<string, LockedNpmPackage>>;
	/** Base images by reference as the user wrote it. */
	readonly images?: Readonly<Record<string, { readonly digest: Digest }>>;
	/** By name, as the builder has it. */
	readonly choices?: Readonly<Record<string, LockedChoice>>;
}

/** @throws TareError LOCK_INVALID */
export function parseLock(text: string, file: string): LockFile {
	const fail = (why: string, hint: string): never => {
		throw new TareError('LOCK_INVALID', `${file} ${why}`, { hint, at: { file } });
	};
	if (/^(?:<{7}|={7}|>{7})/m.test(text)) return fail('has merge conflict markers', `Take either side, then run \`tare update\`.`);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return fail('is not valid JSON', `Restore ${file} from version control, or delete it to make it anew.`);
	}
	if (typeof value !== 'object' || value === null || !('lockVersion' in value)) return fail('is not a lock file of Tare', `Delete ${file} to make it anew.`);
	if (value.lockVersion !== 1)
		return fail(`has version ${String(value.lockVersion)}, which this version of Tare cannot read`, 'Use the version of Tare that wrote it, or a newer one.');
	return value as LockFile;
}

/** Sorted keys, one value a line: small differences in version control. */
export function formatLock(lock: LockFile): string {
	return `${JSON.stringify(JSON.parse(stableJson(lock)), undefined, 2)}\n`;
}
