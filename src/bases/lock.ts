/** `tare.lock`: what a base was made of, so that the next build makes the same one. No host name stands in it. */
import type { Digest } from '../oci/digest.js';

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

export interface LockFile {
	readonly lockVersion: 1;
	readonly debian?: LockedDebian;
	/** By runtime name: `node`. */
	readonly runtimes?: Readonly<Record<string, LockedRuntime>>;
	/** By tool name: `npm`. */
	readonly tools?: Readonly<Record<string, LockedNpmPackage>>;
	/** Base images by reference as the user wrote it. */
	readonly images?: Readonly<Record<string, { readonly digest: Digest }>>;
}
