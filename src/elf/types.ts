/** What the closure check knows of ELF files: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html */

/** One ELF file's needs and offers. */
export interface ElfFacts {
	/** OCI architecture name (`amd64`, `arm64`, ...) or `unknown-<e_machine>`. */
	readonly architecture: string;
	readonly bits: 32 | 64;
	readonly type: 'executable' | 'shared' | 'relocatable' | 'core';
	/** PT_INTERP, e.g. `/lib64/ld-linux-x86-64.so.2`. */
	readonly interpreter?: string;
	/** DT_SONAME. */
	readonly soname?: string;
	/** DT_NEEDED, in order. */
	readonly needed: readonly string[];
	/** DT_RUNPATH or DT_RPATH, split at colons, `$ORIGIN` kept. */
	readonly runpath: readonly string[];
	/** Version needs by library: `{ 'libc.so.6': ['GLIBC_2.34'] }`. */
	readonly versionsNeeded: Readonly<Record<string, readonly string[]>>;
	/** Version definitions it offers: `['GLIBC_2.2.5', ...]`. */
	readonly versionsDefined: readonly string[];
}

/** A shared library in a base. */
export interface SharedLibrary {
	readonly path: string;
	readonly soname: string;
	readonly architecture: string;
	readonly versions: readonly string[];
	/** Debian package that ships it. */
	readonly package?: string;
}
