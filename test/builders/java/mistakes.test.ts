/** Bad input of Java projects: what is said of tools that are missing or too old, of dependencies, of classes that are too new. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildFailure } from '../../../builders/java/build-tool.js';
import { detectJava } from '../../../builders/java/detect.js';
import { chooseJdk } from '../../../builders/java/jdk.js';
import { runMaven } from '../../../builders/java/maven/maven.js';
import { planJava } from '../../../builders/java/plan.js';
import { writeJar } from '../../../builders/java/zip.js';
import { TareError } from '../../../src/errors.js';
import { readFileIndex } from '../../../src/source/file-index.js';
import { ignoreRules } from '../../../src/source/ignore.js';
import type { CommandResult, Toolchain } from '../../../src/toolchain/contract.js';
import { folder } from '../../support/files.js';
import { classBytes, MAIN } from './class-bytes.js';

/** A toolchain with one JDK, whose programs are what `run` answers. */
function toolchain(t: TestContext, run: (argv: readonly string[]) => CommandResult | undefined, java = 17): Toolchain {
	const home = join(folder(t), 'jdk');
	mkdirSync(join(home, 'bin'), { recursive: true });
	writeFileSync(join(home, 'bin/javac'), '');
	chmodSync(join(home, 'bin/javac'), 0o755);
	writeFileSync(join(home, 'release'), `JAVA_VERSION="${java}.0.1"\n`);
	return {
		passed: () => ({ JAVA_HOME: home, HOME: folder(t), PATH: '' }),
		workspace: async () => '/build',
		emit: () => undefined,
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
		const error = buildFailure('Maven', { exitCode: 1, tail: output }, output);
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
