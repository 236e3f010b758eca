/** Bad input of Java projects: what is said of tools that are missing or too old, of dependencies, of classes that are too new. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildFailure } from '../../../builders/java/build-tool.js';
import { detectJava } from '../../../builders/java/detect.js';
import { type GradleFacts, runGradle } from '../../../builders/java/gradle/gradle.js';
import { chooseJdk } from '../../../builders/java/jdk.js';
import { runMaven } from '../../../builders/java/maven/maven.js';
import { planJava } from '../../../builders/java/plan.js';
import { writeJar } from '../../../builders/java/zip.js';
import { TareError } from '../../../src/errors.js';
import { readFileIndex } from '../../../src/source/file-index.js';
import { ignoreRules } from '../../../src/source/ignore.js';
import type { CommandResult, Toolchain } from '../../../src/toolchain/contract.js';
import { type Files, folder, index } from '../../support/files.js';
import { classBytes, MAIN } from './class-bytes.js';

/** A toolchain with one JDK, whose programs are what `run` answers. */
function toolchain(t: TestContext, run: (argv: readonly string[]) => CommandResult | undefined, java = 17, files: Files = {}): Toolchain {
	const home = join(folder(t), 'jdk');
	mkdirSync(join(home, 'bin'), { recursive: true });
	writeFileSync(join(home, 'bin/javac'), '');
	chmodSync(join(home, 'bin/javac'), 0o755);
	writeFileSync(join(home, 'release'), `JAVA_VERSION="${java}.0.1"\n`);
	return {
		passed: () => ({ JAVA_HOME: home, HOME: folder(t), PATH: '' }),
		workspace: async () => '/build',
		emit: () => undefined,
		source: index(t, files),
		run: async ({ argv }: { argv: readonly string[] }) => {
			const result = run(argv);
			if (result === undefined) throw new TareError('TOOL_MISSING', `${argv[0]} is not there`);
			return result;
		},
	} as unknown as Toolchain;
}

const is =
	(code: string, says: RegExp, hint = /./) =>
	(error: unknown): boolean =>
		error instanceof TareError && error.code === code && says.test(error.message) && hint.test(error.hint ?? '');
const MAVEN = { module: '', modules: [''], args: [], needsClassPath: false };

test('no JDK is new enough: which one is needed, why, and which are there', (t) => {
	const tools = toolchain(t, () => undefined);
	const wish = { level: 99, reason: { says: 'maven.compiler.release is 99', file: 'pom.xml', line: 7 } };
	assert.throws(
		() => chooseJdk(wish, tools),
		is('TOOL_TOO_OLD', /JDK 99 or newer \(maven\.compiler\.release is 99\), and this machine has .*17/, /Install JDK 99/),
	);
	assert.equal(chooseJdk({ level: 17, reason: wish.reason }, tools).java, 17);
});

test('Maven is missing: what to install', async (t) => {
	const tools = toolchain(t, () => undefined);
	const jdk = chooseJdk({ reason: { says: '' } }, tools);
	await assert.rejects(runMaven(MAVEN, { jdk, env: {} }, tools), is('TOOL_MISSING', /Maven is not installed, and pom\.xml/, /3\.6\.3 or newer/));
});

test('a wrapper that cannot fetch its Maven gives way to the installed one', async (t) => {
	const ran: string[] = [];
	const tools = toolchain(t, (argv) => {
		ran.push(argv.slice(0, 2).join(' '));
		return argv[0] === 'sh' ? { exitCode: 1, tail: 'curl: (6) Could not resolve host' } : { exitCode: 0, tail: '' };
	});
	await runMaven({ ...MAVEN, wrapper: './mvnw' }, { jdk: chooseJdk({ reason: { says: '' } }, tools), env: {} }, tools);
	assert.deepEqual(ran, ['sh ./mvnw', 'mvn -B']);
});

test("a compile error is the compiler's lines, once, with paths of the project", async (t) => {
	const line = '/build/src/main/java/a/A.java:[3,9] cannot find symbol\n  symbol:   variable x\n  location: class a.A';
	const tail = [
		'[INFO] Scanning for projects...',
		'[ERROR] COMPILATION ERROR : ',
		'[INFO] -------------------------------------------------------------',
		`[ERROR] ${line}`,
		'[INFO] 1 error',
		'[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.11.0:compile: Compilation failure',
		`[ERROR] ${line}`,
		'[ERROR] -> [Help 1]',
	].join('\n');
	const tools = toolchain(t, () => ({ exitCode: 1, tail }));
	const failed = runMaven(MAVEN, { jdk: chooseJdk({ reason: { says: '' } }, tools), env: {} }, tools);
	await assert.rejects(
		failed,
		(error) => is('BUILD_FAILED', /Maven exited with 1/)(error) && (error as TareError).data?.output === line.replace('/build/', ''),
	);
});

const DEPENDENCIES: readonly (readonly [string, string])[] = [
	['Could not resolve dependencies for project a:b:jar:1: Could not find artifact g:nope:jar:9 in central (https://example.org)', 'g:nope:jar:9'],
	['a:b:jar:1: g:nope:jar:9 was not found in https://example.org during a previous attempt. This failure was cached', 'g:nope:jar:9'],
	['> Could not find g:nope:9.\n  Searched in the following locations:', 'g:nope:9'],
];
for (const [output, artifact] of DEPENDENCIES) {
	test(`a dependency that does not exist: ${output.slice(0, 40)}`, () => {
		const error = buildFailure({ tool: 'Maven' }, { exitCode: 1, tail: output }, output);
		assert.ok(is('INSTALL_FAILED', new RegExp(`finds ${artifact} in no repository`), /Check its name and version/)(error), error.message);
	});
}

test('class files newer than every runtime there is', (t) => {
	const dir = folder(t);
	writeFileSync(
		join(dir, 'app.jar'),
		writeJar([
			{ name: 'META-INF/MANIFEST.MF', bytes: Buffer.from('Main-Class: a.App\n\n') },
			{ name: 'a/App.class', bytes: classBytes({ name: 'a.App', java: 31, methods: [MAIN] }) },
		]),
	);
	const source = readFileIndex(dir, ignoreRules([]));
	const detection = detectJava(source);
	assert.ok(detection !== undefined);
	const base = { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false } as const;
	const request = { source, app: '', base, optimize: [], settings: {}, user: '', buildEnv: {} };
	assert.throws(() => planJava(detection, request), is('VERSION_UNSATISFIABLE', /class files of Java 31/));
});

const HINTS: readonly (readonly [string, RegExp])[] = [
	['[ERROR] error: release version 21 not supported', /JDK 17 is older than the sources, which are for Java 21/],
	['[ERROR] Fatal error compiling: invalid target release: 21', /install JDK 21/],
	['error: Source option 6 is no longer supported. Use 8 or later.', /given up level 6/],
	['bad class file: X.class\n    class file has wrong version 65.0, should be 61.0', /compiled for Java 21.*sources for 17/],
	[
		'com/acme/P has been compiled by a more recent version of the Java Runtime (class file version 65.0), this version of the Java Runtime only recognizes class file versions up to 61.0',
		/needs Java 21.*runs on 17/,
	],
	['Unsupported class file major version 69', /too old for JDK 25/],
	["Cannot find matching toolchain definitions for the following toolchain types:\n[ERROR] jdk [ version='11' ]", /JDK 11 as a toolchain.*toolchains\.xml/],
	['Detected JDK version 17.0.15 (JAVA_HOME=/x) is not in the allowed range [21,).', /allows JDK \[21,\)/],
	['Detected Maven Version: 3.8.7 is not in the allowed range [3.9.0,).', /allows Maven \[3\.9\.0,\)/],
];
for (const [output, hint] of HINTS) {
	test(`a failure says what to do: ${output.slice(0, 50)}`, () =>
		assert.match(buildFailure({ tool: 'Maven', java: 17 }, { exitCode: 1, tail: output }, output).hint ?? '', hint));
}

test('a toolchain of Gradle that is not installed', () => {
	const output = 'Cannot find a Java installation on your machine matching: {languageVersion=25, vendor=any vendor}';
	assert.match(buildFailure({ tool: 'Gradle' }, { exitCode: 1, tail: output }, output).hint ?? '', /JDK 25 as a toolchain.*gradle\.properties/);
});

const child = (parent: string): string =>
	`<project>\n<parent><groupId>g</groupId><artifactId>parent</artifactId><version>1</version>${parent}</parent><artifactId>app</artifactId></project>`;
const nonResolvable = `[ERROR] Non-resolvable parent POM for g:app:1: Could not find artifact g:parent:pom:1 in central (x) and 'parent.relativePath' points at wrong local POM @ line 2, column 9`;

test('a parent that is nowhere is named with the place where it should be, or where it is', async (t) => {
	const attempt = (files: Files) => {
		const tools = toolchain(t, () => ({ exitCode: 1, tail: nonResolvable }), 17, files);
		return runMaven(MAVEN, { jdk: chooseJdk({ reason: { says: '' } }, tools), env: {} }, tools);
	};
	await assert.rejects(
		attempt({ 'pom.xml': child('<relativePath>../parent/pom.xml</relativePath>') }),
		(error) =>
			is('INSTALL_FAILED', /pom\.xml has the parent g:parent:1, which is neither at \.\.\/parent\/pom\.xml nor in a repository/, /publish/)(error) &&
			(error as TareError).at?.line === 2,
	);
	await assert.rejects(attempt({ 'pom.xml': child('<relativePath/>') }), is('INSTALL_FAILED', /in no repository/));
	const beside = { 'pom.xml': child(''), 'build/parent/pom.xml': '<project><groupId>g</groupId><artifactId>parent</artifactId><version>2</version></project>' };
	await assert.rejects(
		attempt(beside),
		is('INSTALL_FAILED', /neither at/, /build\/parent\/pom\.xml has that name and the version 2: write <relativePath>build\/parent\/pom\.xml/),
	);
});

test('a project of the repository that no module names', async (t) => {
	const files = {
		'app/pom.xml': '<project><groupId>g</groupId><artifactId>app</artifactId><version>1</version></project>',
		'core/pom.xml': '<project><groupId>g</groupId><artifactId>core</artifactId><version>1</version></project>',
	};
	const tail = '[ERROR] Could not resolve dependencies for project g:app:jar:1: Could not find artifact g:core:jar:1 in central (x)';
	const tools = toolchain(t, () => ({ exitCode: 1, tail }), 17, files);
	await assert.rejects(
		runMaven({ ...MAVEN, folder: 'app' }, { jdk: chooseJdk({ reason: { says: '' } }, tools), env: {} }, tools),
		is('INSTALL_FAILED', /g:core:jar:1 in no repository; core\/pom\.xml is that project/, /<module>core<\/module>/),
	);
});

test('Gradle: the wrapper, else what it has downloaded, else gradle on PATH, else another download', async (t) => {
	const home = folder(t, {
		'wrapper/dists/gradle-8.5-bin/abc/gradle-8.5/bin/gradle': '',
		'wrapper/dists/gradle-8.14-all/abc/gradle-8.14/bin/gradle': '',
		'wrapper/dists/gradle-8.9-bin/abc/gradle-8.9/bin/gradle': '',
		'wrapper/dists/gradle-7.6-bin/abc/gradle-7.6/bin/gradle': '',
		'wrapper/dists/gradle-9.0-bin/abc/gradle-9.0-bin.zip.part': '',
	});
	const attempt = async (facts: Partial<GradleFacts>, works: RegExp): Promise<readonly string[]> => {
		const ran: string[] = [];
		const tools = toolchain(t, (argv) => {
			const name = (argv[0] === 'sh' ? (argv[1] ?? '') : (argv[0] ?? '')).replace(home, '');
			ran.push(name);
			if (name === './gradlew') return { exitCode: 1, tail: 'java.net.UnknownHostException' };
			return works.test(name) ? { exitCode: 0, tail: '' } : undefined;
		});
		const passed = () => ({ JAVA_HOME: '', HOME: '/', GRADLE_USER_HOME: home });
		const all = { ...tools, passed, scratch: async () => folder(t) } as unknown as Toolchain;
		await runGradle({ facts: { folder: '', modules: [''], toolchain: false, args: [], ...facts }, jdk: { home: '/jdk', java: 17 }, env: {} }, all);
		return ran;
	};
	const dist = (version: string, kind = 'bin'): string => `/wrapper/dists/gradle-${version}-${kind}/abc/gradle-${version}/bin/gradle`;
	assert.deepEqual(await attempt({ wrapper: './gradlew', version: '8.5' }, /8\.5/), ['./gradlew', dist('8.5')]);
	assert.deepEqual(await attempt({ version: '8.5' }, /8\.5/), [dist('8.5')]);
	assert.deepEqual(await attempt({ version: '8.6' }, /^gradle$/), ['gradle']);
	assert.deepEqual(await attempt({ version: '8.6' }, /8\.14/), ['gradle', dist('8.14', 'all')], 'the newest of the same line');
	assert.deepEqual(await attempt({ version: '9.0' }, /8\.14/), ['gradle'], 'a download that is not whole, and no other of its line');
});

test('a jar of the scope system that is not there', async (t) => {
	const tail = '[ERROR] Could not resolve dependencies for project g:a:jar:1: Could not find artifact x:x:jar:1 at specified path /build/lib/x.jar';
	const tools = toolchain(t, () => ({ exitCode: 1, tail }));
	await assert.rejects(
		runMaven(MAVEN, { jdk: chooseJdk({ reason: { says: '' } }, tools), env: {} }, tools),
		is('INSTALL_FAILED', /^lib\/x\.jar, which a pom names/, /ignore/),
	);
});
