/** Which Java the project is written for, and which runtime the image gets: the oldest of Debian's that is new enough. */
import { JAVA_LINES } from '../../src/bases/debian/sets.js';
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type GradleScript, lineOf } from './gradle/files.js';
import type { Layout } from './layout.js';
import { lineage, type Pom, pluginSettings, plugins, property, type Value } from './maven/pom.js';

type Release = keyof typeof JAVA_LINES;

export interface JavaChoice {
	readonly release: Release;
	/** Of the runtime: 17, 21, 25. */
	readonly line: number;
	/** What the project asks for, where it does. */
	readonly level?: number;
	readonly reason: Reason;
}

/** Where nothing asks: the long-term line that most frameworks support. */
export const DEFAULT_JAVA = 21;
const RELEASES: readonly Release[] = ['bookworm', 'trixie'];

interface Wish {
	readonly java: number;
	readonly reason: Reason;
}

/** @throws TareError VERSION_UNSATISFIABLE */
export function chooseJava(request: PlanRequest, { poms, scripts }: Pick<Layout, 'poms' | 'scripts'>, needed: number | undefined): JavaChoice {
	const { source, base } = request;
	const wishes = [...asked(request), ...pinned(source), ...fromPoms(poms), ...fromGradle(scripts)];
	const [first] = wishes;
	// Asked for by the one who builds: the class files are checked later.
	const least = request.runtimeVersion === undefined ? Math.max(needed ?? 0, ...wishes.map(({ java }) => java)) : (first?.java ?? DEFAULT_JAVA);
	const wish = least === 0 ? undefined : (wishes.find(({ java }) => java === least) ?? { java: least, reason: { says: `class files of Java ${least}` } });
	const allowed = base.kind === 'debian' && base.release === 'bookworm' ? (['bookworm'] as const) : RELEASES;
	const lines = allowed.flatMap((release) => JAVA_LINES[release].map((line) => ({ release, line })));
	const found = lines.find(({ line }) => line >= (wish?.java ?? DEFAULT_JAVA)) ?? (wish === undefined ? lines.at(-1) : undefined);
	if (found === undefined) throw unsatisfiable(wish as Wish, lines);
	const says = wish === undefined ? `java ${found.line}: nothing asks for a version` : `java ${found.line}: ${wish.reason.says}`;
	const level = wishes.filter(({ reason }) => reason.file !== undefined || request.runtimeVersion !== undefined).map(({ java }) => java);
	return { ...found, ...(level.length > 0 && { level: Math.max(...level) }), reason: { ...wish?.reason, says } };
}

function asked({ runtimeVersion }: PlanRequest): Wish[] {
	const java = feature(runtimeVersion);
	return java === undefined ? [] : [{ java, reason: { says: `asked for Java ${runtimeVersion}` } }];
}

/** Files of version managers. */
const PINS: readonly { readonly file: string; readonly pattern: RegExp }[] = [
	{ file: '.java-version', pattern: /^[^\S\n]*(?:[a-z-]+-)?(\d+(?:\.\d+)*)/m },
	{ file: '.sdkmanrc', pattern: /^[^\S\n]*java\s*=\s*(\d+(?:\.\d+)*)/m },
	{ file: 'system.properties', pattern: /^[^\S\n]*java\.runtime\.version\s*[=:]\s*(?:[a-z-]+-)?(\d+(?:\.\d+)*)/m },
	{ file: '.tool-versions', pattern: /^[^\S\n]*java\s+(?:[a-z-]+-)*(\d+(?:\.\d+)*)/m },
	{ file: 'mise.toml', pattern: /^[^\S\n]*java\s*=\s*["'](?:[a-z-]+-)*(\d+(?:\.\d+)*)/m },
];

function pinned(source: FileIndex): Wish[] {
	return PINS.flatMap(({ file, pattern }) => {
		const text = source.text(file);
		const match = text === undefined ? null : pattern.exec(text);
		const java = feature(match?.[1]);
		return java === undefined ? [] : [{ java, reason: { file, line: lineOf(text ?? '', match?.index ?? 0), says: `${file} asks for ${match?.[1]}` } }];
	});
}

const PROPERTIES = ['maven.compiler.release', 'maven.compiler.target', 'maven.compiler.source', 'java.version', 'kotlin.compiler.jvmTarget', 'jdk.version'];

/** The newest that any module asks for. */
function fromPoms(poms: readonly Pom[]): Wish[] {
	const settings = ['release', 'target', 'source'].map((setting) => pluginSettings(poms, 'maven-compiler-plugin', setting));
	const named = poms.flatMap((pom) => PROPERTIES.map((name) => ({ name, value: property(lineage(pom), name) })));
	const wishes = [...named, ...settings.map((value) => ({ name: 'maven-compiler-plugin', value }))].flatMap(({ name, value }) => toWish(name, value));
	return wishes.length > 0 ? wishes : poms.flatMap(fromParent);
}

function toWish(name: string, value: Value | undefined): Wish[] {
	const java = feature(value?.text);
	return java === undefined || value === undefined ? [] : [{ java, reason: { file: value.file, line: value.line, says: `${name} is ${value.text}` } }];
}

/** Spring Boot's parent sets a level: 17 since its third line. */
function fromParent({ foreignParent, file }: Pom): Wish[] {
	if (foreignParent?.artifact !== 'spring-boot-starter-parent') return [];
	const java = Number(foreignParent.version.split('.')[0]) >= 3 ? 17 : 8;
	return [{ java, reason: { file, says: `Spring Boot ${foreignParent.version} is for Java ${java}` } }];
}

const GRADLE: readonly RegExp[] = [
	/JavaLanguageVersion\.of\(\s*["']?(\d+)/g,
	/(?:source|target)Compatibility\s*(?:=|\()?\s*(?:JavaVersion\.(?:VERSION_|toVersion\(\s*))?["']?(\d+(?:[._]\d+)?)/g,
	/\bjvmToolchain\(\s*(\d+)/g,
	/\bjvmTarget\s*(?:=|\.set\()\s*(?:JvmTarget\.(?:JVM_|fromTarget\(\s*))?["']?(\d+(?:[._]\d+)?)/g,
	/\brelease\s*(?:=|\.set\()\s*(\d+)/g,
];

function fromGradle(scripts: readonly GradleScript[]): Wish[] {
	return scripts.flatMap(({ file, text }) =>
		GRADLE.flatMap((pattern) =>
			[...text.matchAll(pattern)].flatMap((match): Wish[] => {
				const java = feature(match[1]?.replace('_', '.'));
				return java === undefined ? [] : [{ java, reason: { file, line: lineOf(text, match.index), says: `${file} asks for Java ${java}` } }];
			}),
		),
	);
}

/** 8 for 1.8 and 8, 21 for 21.0.2. */
export function feature(version: string | undefined): number | undefined {
	const match = /^\D{0,3}(?:1\.)?(\d+)/.exec(version?.trim() ?? '');
	const number = Number(match?.[1]);
	return match === null || number < 5 || number > 99 ? undefined : number;
}

function unsatisfiable({ java, reason }: Wish, lines: readonly { readonly line: number }[]): TareError {
	const there = lines.map(({ line }) => line).join(', ');
	const { file, line } = reason;
	return new TareError('VERSION_UNSATISFIABLE', `the project needs Java ${java} (${reason.says}), and the base has ${there}`, {
		hint: java > 25 ? `Compile for one of ${there}, or name an image that has Java ${java}: --base REF.` : 'Leave --debian bookworm out: trixie has 21 and 25.',
		...(file !== undefined && { at: { file, ...(line !== undefined && { line }) } }),
		data: { wanted: java, available: lines.map((one) => one.line) },
	});
}

/** Lombok, shading and the like: what the class path of the jar does not need. */
export function usesPlugin(poms: readonly Pom[], ...names: readonly string[]): boolean {
	return plugins(poms).some(({ artifact }) => names.includes(artifact));
}
