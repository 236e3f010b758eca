/** The curated sets: which packages make a base, which parts of them, and in which layer. */
import type { DebianSet } from '../contract.js';
import type { DebianRequest } from './context.js';

/** Bottom-up. Grouped by how often they change and by who shares them. */
export const GROUPS = ['static', 'libc', 'cc', 'init', 'python', 'java', 'packages'] as const;
export type Group = (typeof GROUPS)[number];

export interface Member {
	readonly package: string;
	readonly group: Group;
	/** Only these paths of the package; all where absent. */
	readonly only?: RegExp;
	/** All but these paths. */
	readonly except?: RegExp;
	/** Not the package's files but what is made of them. */
	readonly makes?: 'java-keystore';
}

const STATIC: readonly Member[] = [
	{ package: 'base-files', group: 'static' },
	{ package: 'ca-certificates', group: 'static', only: /^usr\/share\/ca-certificates\// },
	{ package: 'media-types', group: 'static' },
	{ package: 'netbase', group: 'static' },
	{ package: 'tzdata', group: 'static' },
];
/** Split off in trixie; without it `US/Eastern` silently becomes UTC. */
const TZDATA_LEGACY: Member = { package: 'tzdata-legacy', group: 'static' };

const CC: readonly Member[] = [
	{ package: 'libc6', group: 'libc' },
	{ package: 'libc-bin', group: 'libc', only: /^usr\/lib\/locale\/C\.utf8\// },
	{ package: 'libgcc-s1', group: 'cc' },
	{ package: 'libstdc++6', group: 'cc' },
];
const GCC_BASE: Readonly<Record<DebianRequest['release'], string>> = { trixie: 'gcc-14-base', bookworm: 'gcc-12-base' };
const INIT: Member = { package: 'tini', group: 'init', only: /^usr\/bin\/tini$/ };
const STATIC_INIT: Member = { package: 'tini', group: 'init', only: /^usr\/bin\/tini-static$/ };

/** Place of the init of the sets. */
export function initPath(sets: readonly DebianSet[]): string | undefined {
	if (sets.includes('init')) return '/usr/bin/tini';
	return sets.includes('static-init') ? '/usr/bin/tini-static' : undefined;
}

/** What the standard library's modules link to. */
const PYTHON_LIBRARIES: Readonly<Record<DebianRequest['release'], readonly string[]>> = {
	trixie: [
		'libbz2-1.0',
		'libexpat1',
		'libffi8',
		'liblzma5',
		'libncursesw6',
		'libreadline8t64',
		'libsqlite3-0',
		'libssl3t64',
		'libtinfo6',
		'libuuid1',
		'libzstd1',
		'zlib1g',
	],
	bookworm: [
		'libbz2-1.0',
		'libcrypt1',
		'libexpat1',
		'libffi8',
		'liblzma5',
		'libncursesw6',
		'libreadline8',
		'libsqlite3-0',
		'libssl3',
		'libtinfo6',
		'libuuid1',
		'zlib1g',
	],
};
/** The Python of each release: a release has one. */
export const PYTHON_VERSIONS: Readonly<Record<DebianRequest['release'], string>> = { trixie: '3.13', bookworm: '3.11' };

export function pythonPath(release: DebianRequest['release']): string {
	return `/usr/bin/python${PYTHON_VERSIONS[release]}`;
}

function pythonMembers(release: DebianRequest['release']): readonly Member[] {
	const version = PYTHON_VERSIONS[release];
	const own = [`libpython${version}-minimal`, `libpython${version}-stdlib`, `python${version}`, `python${version}-minimal`];
	return [...own, ...PYTHON_LIBRARIES[release]].map((name) => ({ package: name, group: 'python' }));
}

/** Headers, and the library with the name that linkers look for; not the static one, which is large. */
function pythonHeaders(release: DebianRequest['release']): readonly Member[] {
	const version = PYTHON_VERSIONS[release];
	return [
		{ package: `libpython${version}-dev`, group: 'python', only: /^usr\/(?:include\/|lib\/[^/]+\/libpython[^/]*\.so$)/ },
		{ package: `libpython${version}`, group: 'python' },
	];
}

/** The Java lines of each release, newest last. */
export const JAVA_LINES: Readonly<Record<DebianRequest['release'], readonly number[]>> = { bookworm: [17], trixie: [21, 25] };
export const JAVA_PATH = '/usr/bin/java';
/** A release's name for what is the same on every architecture. */
export const JAVA_HOME = '/usr/lib/jvm/default-java';

/** The line of the Java set among `sets`. */
export function javaLine(sets: readonly DebianSet[]): number | undefined {
	const lines = linesOf('(?:jre|jlink|jdk)', sets);
	// The plan's, and the one that the compiled classes turned out to need: a newer one runs both.
	return lines.length === 0 ? undefined : Math.max(...lines);
}

function linesOf(kind: string, sets: readonly DebianSet[]): readonly number[] {
	const pattern = new RegExp(`^${kind}-(\\d+)$`);
	return sets.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
}

function javaMembers(line: number, sets: readonly DebianSet[]): readonly Member[] {
	const isWhole = linesOf('(?:jre|jdk)', sets).length > 0;
	const libraries = ['zlib1g', ...(isWhole || sets.includes('java-desktop') ? ['libjpeg62-turbo', 'liblcms2-2'] : [])].sort();
	return [
		// The archive for heaps over 32 GB is as large as the one for the others.
		...(isWhole ? [{ package: `openjdk-${line}-jre-headless`, group: 'java', except: /\/(?:man\/|server\/classes_nocoops\.jsa$)/ } satisfies Member] : []),
		...linesOf('jdk', sets).map((tools): Member => ({ package: `openjdk-${tools}-jdk-headless`, group: 'java', except: /\/(?:man|jmods)\// })),
		...libraries.map((name): Member => ({ package: name, group: 'java' })),
		{ package: 'ca-certificates', group: 'java', makes: 'java-keystore' },
	];
}

export function membersOf(release: DebianRequest['release'], sets: readonly DebianSet[]): readonly Member[] {
	const has = (set: DebianSet): boolean => sets.includes(set);
	const line = javaLine(sets);
	return [
		...STATIC,
		...(release === 'bookworm' ? [] : [TZDATA_LEGACY]),
		...(has('cc') || has('init') || has('python') || line !== undefined ? [...CC, { package: GCC_BASE[release], group: 'cc' } satisfies Member] : []),
		...(has('init') ? [INIT] : has('static-init') ? [STATIC_INIT] : []),
		...(has('python') ? pythonMembers(release) : []),
		...(has('python-dev') ? pythonHeaders(release) : []),
		...(line === undefined ? [] : javaMembers(line, sets)),
		...linesOf('jmods', sets).map((modules): Member => ({ package: `openjdk-${modules}-jdk-headless`, group: 'java', only: /\/jmods\// })),
	];
}

/**
 * Never installed for a user's package: they belong to a system that is administered, or their work is done by the base itself.
 * What is left out is said in the build.
 */
export const EXCLUDED = new Set([
	'adduser',
	'awk',
	'base-passwd',
	'bash',
	'ca-certificates-java',
	'coreutils',
	'dash',
	'debconf',
	'debconf-2.0',
	'debianutils',
	'diffutils',
	'dpkg',
	'findutils',
	'fontconfig',
	'gawk',
	'grep',
	'gzip',
	'hostname',
	'init-system-helpers',
	'install-info',
	'java-common',
	'libc-bin',
	'login',
	'mawk',
	'mount',
	'openssl',
	'passwd',
	'perl',
	'perl-base',
	'perl-modules-5.40',
	'procps',
	'readline-common',
	'sed',
	'sensible-utils',
	'systemd',
	'sysvinit-utils',
	'tar',
	'ucf',
	'udev',
	'util-linux',
]);
