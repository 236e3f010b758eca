/** Do the app's binaries find what they link to? Architecture, loader, shared libraries and symbol versions against the base. */
import type { ElfFacts, SharedLibrary } from './types.js';

export interface AppBinary {
	/** In the image, without leading slash. */
	readonly path: string;
	readonly facts: ElfFacts;
}

export interface Finding {
	readonly code: 'LIBRARY_MISSING' | 'GLIBC_TOO_OLD' | 'WRONG_ARCHITECTURE';
	readonly file: string;
	readonly says: string;
	readonly soname?: string;
	/** A program that a dependency carries along may never be run: that is for the user to know, not a reason to stop. */
	readonly severity: 'error' | 'warning';
}

/** Packages ship binaries for many systems side by side and load the fitting one: names that say so. */
const FOREIGN_NAME =
	/(?:^|[-_./])(?:darwin|win32|windows|android|freebsd|openbsd|sunos|aix|musl|alpine|linuxmusl|ia32|armv?[67]l?|arm|s390x|ppc64(?:le)?|riscv64|loong64|mips64el|x64|arm64|x86_64|aarch64|amd64)(?=[-_./]|$)/i;
/** Android's and musl's binaries have the architecture and even the system of glibc's in their header. */
const OTHER_SYSTEM = /(?:^|[-_./])(?:musl|alpine|linuxmusl|android|freebsd|openbsd|sunos)(?=[-_./]|$)|\/ld-musl-/i;
/** Part of every loader, whatever the file list says. */
const VIRTUAL = /^(?:linux-vdso|linux-gate)\.so/;

/**
 * What would fail at run time. A file for another architecture or C library is passed over when its own path says what it is for,
 * or when its package has one for the target too.
 */
export function checkClosure(binaries: readonly AppBinary[], base: readonly SharedLibrary[], architecture: string): readonly Finding[] {
	const native = binaries.filter(({ facts }) => facts.architecture === architecture);
	const foreign = binaries.filter(({ facts }) => facts.architecture !== architecture && facts.type !== 'relocatable');
	const wrong = foreign.filter((binary) => !FOREIGN_NAME.test(binary.path) && !native.some((other) => packageOf(other.path) === packageOf(binary.path)));
	const relevant = native.filter(
		({ path, facts }) => (facts.type === 'shared' || facts.type === 'executable') && !OTHER_SYSTEM.test(path) && !OTHER_SYSTEM.test(facts.interpreter ?? ''),
	);
	const optional = pluginsOf(relevant);
	const findings = relevant.filter((binary) => !optional.has(binary)).flatMap((binary) => missing(binary, native, base));
	const byPackage = new Map([...optional].flatMap((binary) => missing(binary, native, base).map((finding) => [packageOf(binary.path), finding] as const)));
	const lesser = [...byPackage.values()].map((finding): Finding => ({ ...finding, severity: 'warning' }));
	return [...wrong.map((binary) => wrongArchitecture(binary, architecture)), ...findings, ...lesser];
}

const SITE = /(?:^|\/)(?:dist|site)-packages\//;

/** Libraries in Python packages that no extension module links to: opened by name if at all, as Qt opens its screens. */
function pluginsOf(binaries: readonly AppBinary[]): ReadonlySet<AppBinary> {
	const site = binaries.filter(({ path }) => SITE.test(path));
	const rest = new Set(site.filter(({ path }) => /^lib.*\.so/.test(basename(path))));
	const queue = site.filter((binary) => !rest.has(binary));
	for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
		for (const soname of next.facts.needed) {
			const linked = [...rest].filter((other) => providesInApp(other, soname));
			for (const one of linked) rest.delete(one);
			queue.push(...linked);
		}
	}
	return rest;
}

function wrongArchitecture({ path, facts }: AppBinary, architecture: string): Finding {
	return {
		code: 'WRONG_ARCHITECTURE',
		severity: severityOf(path, facts),
		file: path,
		says: `/${path} is built for ${facts.architecture}, the image is for ${architecture}`,
	};
}

function missing({ path, facts }: AppBinary, native: readonly AppBinary[], base: readonly SharedLibrary[]): Finding[] {
	if (facts.interpreter !== undefined && facts.needed.length > 0 && !base.some((library) => basename(library.path) === basename(facts.interpreter ?? ''))) {
		return [
			{
				code: 'LIBRARY_MISSING',
				severity: severityOf(path, facts),
				file: path,
				soname: basename(facts.interpreter),
				says: `/${path} needs the C library (${facts.interpreter}), which the base lacks`,
			},
		];
	}
	return facts.needed
		.filter((soname) => !VIRTUAL.test(soname))
		.flatMap((soname): Finding[] => {
			if (native.some((other) => providesInApp(other, soname))) return [];
			const library = base.find((one) => one.soname === soname && one.architecture === facts.architecture);
			if (library === undefined)
				return [{ code: 'LIBRARY_MISSING', severity: severityOf(path, facts), file: path, soname, says: `/${path} needs ${soname}, which the base lacks` }];
			const version = (facts.versionsNeeded[soname] ?? []).find((wanted) => library.versions.length > 0 && !library.versions.includes(wanted));
			return version === undefined
				? []
				: [
						{
							code: 'GLIBC_TOO_OLD',
							severity: severityOf(path, facts),
							file: path,
							soname,
							says: `/${path} needs ${version} of ${soname}; the base has up to ${newest(library.versions, version)}`,
						},
					];
		});
}

function severityOf(path: string, { interpreter }: ElfFacts): Finding['severity'] {
	return interpreter !== undefined && path.includes('node_modules/') ? 'warning' : 'error';
}

function providesInApp({ path, facts }: AppBinary, soname: string): boolean {
	return facts.soname === soname || basename(path) === soname;
}

/** The highest version of the same family: `GLIBC_2.41` for `GLIBC_2.99`. */
function newest(versions: readonly string[], like: string): string {
	const family = like.slice(0, like.lastIndexOf('_') + 1);
	const numbers = versions.filter((version) => version.startsWith(family)).map((version) => version.slice(family.length).split('.').map(Number));
	const best = numbers.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0)).at(-1);
	return best === undefined ? 'none' : `${family}${best.join('.')}`;
}

/** `app/node_modules/@scope/name/...` → its package's folder; the app's own files are one package. */
function packageOf(path: string): string {
	return /^.*(?:node_modules\/(?:@[^/]+\/)?|(?:dist|site)-packages\/)[^/]+/.exec(path)?.[0] ?? 'app';
}

function basename(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
