/** The host's JDKs, and the one that compiles: what the project asks for, else the user's own, else the oldest that is new enough. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { feature } from './java-version.js';

export interface Jdk {
	readonly home: string;
	readonly java: number;
}

export interface JdkWish {
	/** Level of the project's sources, where it says one. */
	readonly level?: number;
	/** Newest that the build tool runs on. */
	readonly most?: number;
	readonly reason: Reason;
}

/** What the project says of the JDK that compiles it. */
export function wishOf({ level, because }: { readonly level?: number; readonly because: Reason }): JdkWish {
	return { ...(level !== undefined && { level }), reason: because };
}

/** Where installers and version managers put them. */
const SYSTEM = ['/usr/lib/jvm', '/usr/java', '/opt/java', '/opt/jdk'];
const OF_USER = ['.sdkman/candidates/java', '.jdks', '.asdf/installs/java', '.local/share/mise/installs/java', '.jenv/versions'];
/** javac leaves the oldest levels behind: since 20 the seventh, since 12 the sixth. */
const newestFor = (level: number): number => (level <= 6 ? 11 : level === 7 ? 19 : Number.POSITIVE_INFINITY);

/** @throws TareError TOOL_MISSING | TOOL_TOO_OLD */
export function chooseJdk(wish: JdkWish, tools: Toolchain): Jdk {
	const found = findJdks(tools.passed(['HOME', 'PATH', 'JAVA_HOME', 'JAVA_HOME_*']));
	const most = Math.min(wish.most ?? Number.POSITIVE_INFINITY, newestFor(wish.level ?? 8));
	const fitting = found.filter(({ java }) => java >= (wish.level ?? 8) && java <= most);
	const chosen = fitting.find(({ java }) => java === wish.level) ?? (isOwn(fitting[0], found) ? fitting[0] : oldest(fitting));
	if (chosen !== undefined) return chosen;
	throw found.length === 0 ? missing(wish) : unfitting(wish, found, most);
}

function isOwn(jdk: Jdk | undefined, found: readonly Jdk[]): boolean {
	return jdk !== undefined && jdk === found[0];
}

function oldest(jdks: readonly Jdk[]): Jdk | undefined {
	return [...jdks].sort((a, b) => a.java - b.java)[0];
}

/** The user's own first. */
function findJdks(env: Readonly<Record<string, string>>): readonly Jdk[] {
	const onPath = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'javac'));
	const javac = onPath.find((path) => existsSync(path));
	const named = Object.keys(env)
		.filter((name) => name.startsWith('JAVA_HOME'))
		.sort()
		.map((name) => env[name] ?? '');
	const folders = [...SYSTEM, ...OF_USER.map((folder) => join(env.HOME ?? '/', folder))].flatMap(children);
	const homes = [...named, ...(javac === undefined ? [] : [dirname(dirname(realpathSync(javac)))]), ...folders];
	return [...new Set(homes.filter((home) => existsSync(join(home, 'bin/javac'))).map((home) => realpathSync(home)))].flatMap(describe);
}

function children(folder: string): readonly string[] {
	return existsSync(folder)
		? readdirSync(folder)
				.sort()
				.map((name) => join(folder, name))
		: [];
}

function describe(home: string): readonly Jdk[] {
	const release = join(home, 'release');
	const version = existsSync(release) ? /^JAVA_VERSION="?([\d.]+)/m.exec(readFileSync(release, 'utf8'))?.[1] : undefined;
	const java = feature(version);
	return java === undefined ? [] : [{ home, java }];
}

function missing({ level, reason }: JdkWish): TareError {
	return new TareError('TOOL_MISSING', `there is no JDK, and ${reason.says}`, {
		hint: `Install a JDK${level === undefined ? '' : ` ${level} or newer`}, for example the package openjdk-${Math.max(17, level ?? 21)}-jdk-headless, and set JAVA_HOME where it is not on PATH.`,
		...at(reason),
	});
}

function unfitting({ level, reason }: JdkWish, found: readonly Jdk[], most: number): TareError {
	const there = [...new Set(found.map(({ java }) => java))].sort((a, b) => a - b).join(', ');
	const range = most === Number.POSITIVE_INFINITY ? `${level} or newer` : `${level ?? 8} to ${most}`;
	return new TareError('TOOL_TOO_OLD', `the project needs JDK ${range} (${reason.says}), and this machine has ${there}`, {
		hint: `Install JDK ${level ?? most} and set JAVA_HOME to it.`,
		...at(reason),
		data: { wanted: level, found: found.map(({ java }) => java) },
	});
}

function at({ file, line }: Reason) {
	return file === undefined ? {} : { at: { file, ...(line !== undefined && { line }) } };
}
