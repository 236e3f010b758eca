/** Bases: a request becomes, per platform, layers plus the configuration the app inherits. */

import type { SharedLibrary } from '../elf/types.js';
import type { Layer, PackageRef } from '../image/types.js';
import type { ContainerConfig, Platform } from '../oci/types.js';

export type { PackageRef };

/** Which version of a runtime the project wants, and why. */
export interface VersionChoice {
	/** `node`, ... */
	readonly name: string;
	/** Semver ranges in order of preference; the first that an available version satisfies is used. All satisfy the project. */
	readonly ranges: readonly string[];
	/** The signal, for messages: `engines.node ">=20" (package.json:12)`. */
	readonly because: string;
	readonly file?: string;
	readonly line?: number;
}

export type BaseRequest =
	| {
			readonly kind: 'debian';
			readonly release: 'trixie' | 'bookworm';
			/** Curated sets, e.g. `static`, `cc`, `init`, each of which includes those before it. */
			readonly sets: readonly DebianSet[];
			/** User-added Debian packages, solved with their dependencies. */
			readonly packages: readonly string[];
			/** Cut gconv modules to the common encodings. */
			readonly slim: boolean;
			readonly runtime?: VersionChoice;
			/** Truncate the runtime's symbol table. */
			readonly strip: boolean;
	  }
	| { readonly kind: 'registry'; readonly ref: string }
	| { readonly kind: 'layout'; readonly path: string }
	| { readonly kind: 'scratch' };

/** Java's long-term lines, as Debian's releases have them. */
export type JavaLine = 17 | 21 | 25;

/**
 * `static`: no C library; `cc`: glibc, libgcc, libstdc++, C.utf8; `init`: tini, and `cc`, to which it links; `static-init`: tini without a C library;
 * `python`: the release's Python with what its standard library links to;
 * `jre-N`: a Java runtime of the release's; `jlink-N`: what a runtime linked of that line's modules runs on, `java-desktop`: and with java.desktop among
 * them. For steps only: `jdk-N`, the tools of a line; `jmods-N`, its modules; `python-dev`, what is
 * compiled and linked for that Python with.
 */
export type DebianSet =
	| 'static'
	| 'cc'
	| 'init'
	| 'static-init'
	| 'python'
	| 'python-dev'
	| 'java-desktop'
	| `${'jre' | 'jlink' | 'jdk' | 'jmods'}-${JavaLine}`;

export interface Base {
	readonly platform: Platform;
	/** Bottom-up. */
	readonly layers: readonly Layer[];
	readonly config: ContainerConfig;
	/** For `org.opencontainers.image.base.name`: `debian:trixie`, a reference, ... */
	readonly name: string;
	readonly digest?: string;
	readonly packages: readonly PackageRef[];
	/** Shared libraries in the base; undefined when its contents are not known (registry bases). */
	readonly libraries?: readonly SharedLibrary[];
	/** Absolute path of the runtime's binary in the image, e.g. `/nodejs/bin/node`. */
	readonly runtime?: { readonly name: string; readonly version: string; readonly path: string };
	/** Absolute path of the init in the image, when the base has one. */
	readonly init?: string;
}
