/** Projects of several modules: which folder is read, which module is the app, where Maven and Gradle begin. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { detectJava } from '../../../builders/java/detect.js';
import { appsOf } from '../../../builders/java/layout.js';
import { type JavaFacts, planJava } from '../../../builders/java/plan.js';
import { findRoot } from '../../../builders/java/root.js';
import type { BuildPlan, PlanRequest } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import { type Files, folder, index } from '../../support/files.js';

const base = { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false } as const;

function request(t: TestContext, files: Files, more: Partial<PlanRequest> = {}): PlanRequest {
	return { source: index(t, files), app: '', base, optimize: [], settings: {}, user: '65532:65532', buildEnv: {}, ...more };
}

function plan(t: TestContext, files: Files, more: Partial<PlanRequest> = {}): BuildPlan {
	const asked = request(t, files, more);
	const detection = detectJava(asked.source) ?? { builder: 'java', reasons: [], facts: { kind: 'maven', file: 'pom.xml' } };
	return planJava(detection, asked);
}

const factsOf = (made: BuildPlan): JavaFacts => made.facts as unknown as JavaFacts;
const pom = (artifact: string, inside = '', parent = ''): string =>
	`<project><modelVersion>4.0.0</modelVersion>${parent}<groupId>g</groupId><artifactId>${artifact}</artifactId><version>1</version>${inside}</project>`;
const modules = (...names: readonly string[]): string =>
	`<packaging>pom</packaging><modules>${names.map((name) => `<module>${name}</module>`).join('')}</modules>`;
const parent = (path: string, artifact = 'parent'): string =>
	`<parent><groupId>g</groupId><artifactId>${artifact}</artifactId><version>1</version>${path === '' ? '' : `<relativePath>${path}</relativePath>`}</parent>`;
const needs = (artifact: string): string =>
	`<dependencies><dependency><groupId>g</groupId><artifactId>${artifact}</artifactId><version>1</version></dependency></dependencies>`;
const MAIN = 'class Main { public static void main(String[] args) { } }';

/** Folder that is built, files, the folder that is read. */
const ROOTS: readonly (readonly [string, string, Files, string])[] = [
	['a folder of its own', 'app', { 'app/pom.xml': pom('app') }, 'app'],
	['a parent beside it that lists it', 'shop', flat(), '.'],
	['a parent beside it that does not', 'shop', { 'parent/pom.xml': pom('parent'), 'shop/pom.xml': pom('shop', '', parent('../parent')) }, '.'],
	[
		'a parent of a parent',
		'a/shop',
		{ 'top/pom.xml': pom('top'), 'a/pom.xml': pom('parent', '', parent('../top', 'top')), 'a/shop/pom.xml': pom('shop', '', parent('')) },
		'.',
	],
	['the folder above, by default', 'x/shop', { 'x/pom.xml': pom('parent'), 'x/shop/pom.xml': pom('shop', '', parent('')) }, 'x'],
	['a stranger in the folder above', 'x/shop', { 'x/pom.xml': pom('other'), 'x/shop/pom.xml': pom('shop', '', parent('')) }, 'x/shop'],
	['a stranger that is broken', 'x/shop', { 'x/pom.xml': '<modules>', 'x/shop/pom.xml': pom('shop') }, 'x/shop'],
	[
		'modules elsewhere',
		'all',
		{ 'all/pom.xml': pom('all', modules('../core', '../web/pom.xml')), 'core/pom.xml': pom('core'), 'web/pom.xml': pom('web') },
		'.',
	],
	['a module that is missing', 'all', { 'all/pom.xml': pom('all', modules('../core')) }, 'all'],
	[
		'a list of modules two levels up',
		'x/y/web',
		{ 'x/pom.xml': pom('x', modules('y/web', 'y/core')), 'x/y/web/pom.xml': pom('web'), 'x/y/core/pom.xml': pom('core') },
		'x',
	],
	['a list of modules of a list', 'y/web', { 'pom.xml': pom('x', modules('y')), 'y/pom.xml': pom('y', modules('web')), 'y/web/pom.xml': pom('web') }, '.'],
	[
		'modules of a profile',
		'web',
		{
			'pom.xml': pom('x', `<profiles><profile><id>p</id>${modules('web').replace(/^.*?<modules/, '<modules')}</profile></profiles>`),
			'web/pom.xml': pom('web'),
		},
		'.',
	],
	['an included build', 'app', { 'app/settings.gradle': "includeBuild '../lib'", 'lib/settings.gradle.kts': 'includeBuild("../../x/base")' }, '../'],
	[
		'a project elsewhere',
		'app',
		{ 'app/settings.gradle.kts': 'include(\n\t":core",\n\t":web"\n)\nproject(":core").projectDir = file("../core")', 'core/build.gradle': '' },
		'.',
	],
	[
		'a project elsewhere, by the folder of the settings',
		'app',
		{ 'app/settings.gradle': "include 'core'\nproject(':core').projectDir = new File(settingsDir, '../core')", 'core/a': '' },
		'.',
	],
	['flat projects', 'app', { 'app/settings.gradle': "includeFlat 'core', 'web'", 'core/a': '' }, '.'],
	['a script that is applied', 'app', { 'app/build.gradle': "apply from: '../gradle/common.gradle'", 'gradle/common.gradle': '' }, '.'],
	['a project of the settings above', 'web', { 'settings.gradle': "include(\n  'core',\n  'web'\n)", 'web/build.gradle': '' }, '.'],
];
for (const [what, dir, files, expected] of ROOTS) {
	test(`what is read: ${what}`, (t) => {
		const top = folder(t, { ...files, '.git/HEAD': '' });
		if (expected === '../') assert.equal(findRoot(join(top, dir)), top);
		else assert.equal(findRoot(join(top, dir)) ?? join(top, dir), join(top, expected));
	});
}

function flat(): Files {
	return {
		'parent/pom.xml': pom('parent', `<properties><maven.compiler.release>21</maven.compiler.release></properties>${modules('../core', '../shop')}`),
		'core/pom.xml': pom('core', '', parent('../parent/pom.xml')),
		'core/src/main/java/Core.java': 'class Core {}',
		'shop/pom.xml': pom('shop', needs('core'), parent('../parent/pom.xml')),
		'shop/src/main/java/Main.java': MAIN,
	};
}

test('a parent outside of the repository is an error that names it', (t) => {
	const top = folder(t, { 'parent/pom.xml': pom('parent'), 'repository/.git/HEAD': '', 'repository/pom.xml': pom('app', '', parent('../parent/pom.xml')) });
	assert.throws(
		() => findRoot(join(top, 'repository')),
		(error) => error instanceof TareError && error.code === 'LINK_UNUSABLE' && /\.\.\/parent\/pom\.xml.*outside/.test(error.message) && error.at?.line === 1,
	);
});

test('a parent above the repository that nobody asks for is left alone: a submodule of another repository', (t) => {
	const top = folder(t, {
		'pom.xml': pom('parent', modules('inner')),
		'.git/HEAD': '',
		'inner/.git': 'gitdir: ../.git/modules/inner',
		'inner/pom.xml': pom('app', '', parent('')),
	});
	assert.equal(findRoot(join(top, 'inner')), undefined);
});

test('a module whose parent is beside it: Maven starts there, and the parent counts', (t) => {
	const { facts, base: chosen } = plan(t, flat(), { app: 'shop' });
	const { maven, module, file } = facts as unknown as JavaFacts;
	assert.deepEqual([maven?.folder, maven?.module, maven?.modules, module, file], ['parent', '../shop', ['parent', 'core', 'shop'], 'shop', 'shop/pom.xml']);
	assert.equal(chosen.kind === 'debian' && chosen.sets.at(-1), 'jre-21');
	const whole = factsOf(plan(t, flat(), { app: 'parent' }));
	assert.deepEqual([whole.maven?.module, whole.module], ['', 'shop'], 'the folder of the parent is the whole project');
});

const several = (): Files => ({
	'pom.xml': pom('all', modules('core', 'api', 'worker')),
	'core/pom.xml': pom('core', '', parent('', 'all')),
	'core/src/main/java/Tool.java': MAIN,
	'api/pom.xml': pom('api', needs('core'), parent('', 'all')),
	'api/src/main/kotlin/Main.kt': 'package a\nfun main(args: Array<String>) { }\n',
	'worker/pom.xml': pom('worker', `${needs('core')}<properties><exec.mainClass>w.Worker</exec.mainClass></properties>`, parent('', 'all')),
});

test('several modules can be started: the plan asks, as the build would', (t) => {
	assert.throws(
		() => plan(t, several()),
		(error) => error instanceof TareError && error.code === 'AMBIGUOUS' && /api, worker/.test(error.message) && /--main api/.test(error.hint ?? ''),
	);
	assert.deepEqual(appsOf(request(t, several())), [{ folder: 'api' }, { folder: 'worker' }], 'a library that also has a main is no app');
	const { worker, ...one } = Object.fromEntries(
		Object.entries(several())
			.filter(([path]) => !path.startsWith('worker'))
			.concat([['worker', '']]),
	);
	assert.equal(worker, '');
	const made = plan(t, { ...one, 'pom.xml': pom('all', modules('core', 'api')) });
	assert.equal(factsOf(made).module, 'api');
	assert.ok(made.reasons.some(({ file, line, says }) => file === 'api/src/main/kotlin/Main.kt' && line === 2 && /api is the app/.test(says)));
});

test('--main names a module by folder, artifact or path, and nothing else', (t) => {
	for (const main of ['worker', './worker/', 'g:worker', ':worker']) {
		const { maven, module, main: start } = factsOf(plan(t, several(), { main }));
		assert.deepEqual([maven?.module, module, start], ['worker', 'worker', 'w.Worker'], main);
	}
	assert.equal(factsOf(plan(t, flat(), { app: 'parent', main: '../shop' })).module, 'shop');
	const refused = (files: Files, main: string, code: string, hint: RegExp) =>
		assert.throws(
			() => plan(t, files, { main }),
			(error) => error instanceof TareError && error.code === code && hint.test(error.hint ?? ''),
			main,
		);
	refused(several(), 'wroker', 'NO_START', /Modules: core, api, worker/);
	refused({ 'pom.xml': pom('app') }, 'x', 'NO_START', /leave --main out/);
	refused({ 'Main.java': MAIN }, 'x', 'CONFIG_INVALID', /--start/);
	refused({ 'settings.gradle': "include 'a', 'b'", 'a/build.gradle': '', 'b/build.gradle': '' }, 'c', 'NO_START', /Modules: .*a, b/);
});

test('Gradle: the module that makes an application is the app', (t) => {
	const files: Files = {
		'settings.gradle.kts': 'include("core", "app", "tools:cli")',
		'build.gradle.kts': 'plugins { id("org.springframework.boot") version "3.4.1" apply false }',
		'core/build.gradle.kts': 'plugins { `java-library` }',
		'app/build.gradle.kts': 'plugins { application }\ndependencies { implementation(project(":core")) }',
	};
	assert.equal(factsOf(plan(t, files)).module, 'app');
	const both = { ...files, 'tools/cli/src/main/java/Main.java': MAIN };
	assert.throws(() => plan(t, both), /app, tools\/cli/);
	assert.deepEqual(appsOf(request(t, both)), [{ folder: 'app' }, { folder: 'tools/cli' }]);
	assert.equal(factsOf(plan(t, both, { main: ':tools:cli' })).module, 'tools/cli');
	const below = factsOf(
		plan(t, { 'x/settings.gradle': "include 'a'\nproject(':a').projectDir = file('../a')", 'a/build.gradle': '', 'pom.xml': '<stranger/>' }, { app: 'x' }),
	);
	assert.equal(below.gradle, undefined, 'detection saw the pom of the root: only its own files count');
});

test('the wrapper of the folder, or of one above', (t) => {
	const wrapper = { mvnw: '#!/bin/sh\n', '.mvn/wrapper/maven-wrapper.properties': '' };
	assert.equal(factsOf(plan(t, { ...flat(), ...wrapper }, { app: 'shop' })).maven?.wrapper, '../mvnw');
	assert.equal(factsOf(plan(t, { ...several(), ...wrapper }, { main: 'api' })).maven?.wrapper, './mvnw');
});

const POLYGLOT = {
	'.mvn/extensions.xml': '<extensions><extension><groupId>io.takari.polyglot</groupId><artifactId>polyglot-yaml</artifactId></extension></extensions>',
};

test('a pom in YAML is read; one in another language is refused by name', (t) => {
	const yaml = `modelVersion: 4.0.0
groupId: g
artifactId: app
version: 1
parent: &p {groupId: org.springframework.boot, artifactId: spring-boot-starter-parent, version: 3.4.1, relativePath: }
properties: {java.version: 21, start-class: a.Main}
dependencies:
  - {groupId: org.springframework.boot, artifactId: spring-boot-starter-web}
build:
  plugins:
    - {groupId: org.springframework.boot, artifactId: spring-boot-maven-plugin}
`;
	const made = plan(t, { ...POLYGLOT, 'pom.yml': yaml });
	assert.deepEqual([factsOf(made).main, factsOf(made).maven?.needsClassPath, made.config.env?.SERVER_PORT], ['a.Main', false, '${PORT:8080}']);
	assert.ok(made.reasons.some(({ file, line }) => file === 'pom.yml' && line === 6));
	for (const [name, what] of [
		['pom.rb', 'Ruby'],
		['pom.kts', 'Kotlin'],
	] as const)
		assert.throws(
			() => detectJava(index(t, { ...POLYGLOT, [name]: 'project {}' })),
			(error) => error instanceof TareError && error.message.includes(what) && error.at?.file === name && /polyglot-translate/.test(error.hint ?? ''),
		);
	assert.equal(detectJava(index(t, { 'pom.yml': yaml })), undefined, 'without the extension it is no pom');
	for (const broken of ['a: [', '- x', `a: ${'['.repeat(200)}${']'.repeat(200)}`])
		assert.throws(
			() => plan(t, { ...POLYGLOT, 'pom.yml': broken }),
			(error) => error instanceof TareError && error.code === 'MANIFEST_INVALID' && error.at?.file === 'pom.yml',
		);
});

const plugin = (artifact: string, inside = ''): string => `<build><plugins><plugin><artifactId>${artifact}</artifactId>${inside}</plugin></plugins></build>`;
const execution = (goal: string): string => `<executions><execution><goals><goal>${goal}</goal></goals></execution></executions>`;
const WHOLE = '<configuration><descriptorRefs><descriptorRef>jar-with-dependencies</descriptorRef></descriptorRefs></configuration>';
const SPRING =
	'<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.4.1</version><relativePath/></parent>';

/** A pom, and whether Maven is asked for the libraries. */
const PACKED: readonly (readonly [string, string, boolean])[] = [
	['nothing packs', pom('a'), true],
	['an assembly without an execution', pom('a', plugin('maven-assembly-plugin', WHOLE)), true],
	['an assembly with one', pom('a', plugin('maven-assembly-plugin', WHOLE + execution('single'))), false],
	['an assembly of another form', pom('a', plugin('maven-assembly-plugin', execution('single'))), true],
	['shading without an execution', pom('a', plugin('maven-shade-plugin')), true],
	['shading with one', pom('a', plugin('maven-shade-plugin', execution('shade'))), false],
	['Spring Boot by its parent', pom('a', plugin('spring-boot-maven-plugin'), SPRING), false],
	['Spring Boot without its parent', pom('a', plugin('spring-boot-maven-plugin')), true],
	['Spring Boot without its parent, told to', pom('a', plugin('spring-boot-maven-plugin', execution('repackage'))), false],
	['Quarkus', pom('a', plugin('quarkus-maven-plugin', `<extensions>true</extensions>${execution('build')}`)), false],
	[
		'managed',
		pom(
			'a',
			`<build><pluginManagement>${plugin('maven-shade-plugin', execution('shade')).slice(7, -8)}</pluginManagement>${plugin('maven-shade-plugin').slice(7)}`,
		),
		false,
	],
];
for (const [what, text, expected] of PACKED) {
	test(`libraries in the jar: ${what}`, (t) => assert.equal(factsOf(plan(t, { 'pom.xml': text })).maven?.needsClassPath, expected));
}

test('jars of the scope system are shipped; those elsewhere are a warning', (t) => {
	const system = (path: string): string =>
		`<dependency><groupId>x</groupId><artifactId>x</artifactId><version>1</version><scope>system</scope><systemPath>${path}</systemPath></dependency>`;
	const files: Files = {
		'pom.xml': pom('all', `${modules('web')}<properties><libs>\${project.basedir}/lib</libs></properties>`),
		'web/pom.xml': pom(
			'web',
			`<dependencies>${system('${libs}/a.jar')}${system('${basedir}/../shared/b.jar')}${system('${java.home}/lib/tools.jar')}</dependencies>`,
			parent('', 'all'),
		),
		'web/lib/a.jar': 'a',
		'shared/b.jar': 'b',
	};
	const { facts, reasons, warnings } = plan(t, files);
	assert.deepEqual((facts as unknown as JavaFacts).maven?.system, [
		{ module: 'web', path: 'web/lib/a.jar' },
		{ module: 'web', path: 'shared/b.jar' },
	]);
	assert.ok(reasons.some(({ file, line, says }) => file === 'web/pom.xml' && line === 1 && /web\/lib\/a\.jar is shipped/.test(says)));
	assert.match(warnings.map(({ says }) => says).join(), /\$\{java\.home\}\/lib\/tools\.jar.*left out/);
});

test('a plain pom in Groovy is read; one that is a program is refused with its line', (t) => {
	const groovy = `// ours
project {
  modelVersion '4.0.0'
  parent('org.springframework.boot:spring-boot-starter-parent:3.4.1') { relativePath '' }
  artifactId "app"
  properties {
    'java.version' '21'
    'start-class' 'a.Main'
  }
  dependencies {
    dependency('org.springframework.boot:spring-boot-starter-web')
    dependency { groupId 'g'; artifactId 'x'; version '1'; scope 'test' }
  }
  build {
    $execute(id: 'hello', phase: 'compile') { println "hi" }
    plugins { plugin { groupId 'org.springframework.boot'; artifactId 'spring-boot-maven-plugin' } }
  }
}
`;
	const made = plan(t, { ...POLYGLOT, 'pom.groovy': groovy });
	assert.deepEqual([factsOf(made).main, factsOf(made).maven?.needsClassPath, made.config.env?.SERVER_PORT], ['a.Main', false, '${PORT:8080}']);
	assert.ok(made.reasons.some(({ file, line, says }) => file === 'pom.groovy' && line === 7 && /21/.test(says)));
	for (const [text, line] of [
		['def v = 1\nproject { version v }', 2],
		['project {\n  ["a", "b"].each { dependency(it) }\n}', 2],
		['project {\n  version "${v}"\n}', 2],
	] as const)
		assert.throws(
			() => plan(t, { ...POLYGLOT, 'pom.groovy': text }),
			(error) =>
				error instanceof TareError &&
				error.code === 'MANIFEST_INVALID' &&
				error.at?.file === 'pom.groovy' &&
				error.at.line === line &&
				/polyglot-translate/.test(error.hint ?? ''),
			text,
		);
});

test('blocks that are nested without end are an error', (t) => {
	for (const [name, more] of [
		['build.gradle', {}],
		['pom.groovy', POLYGLOT],
	] as const)
		assert.throws(
			() => plan(t, { ...more, [name]: 'project {'.repeat(50_000) }),
			(error) => error instanceof TareError && error.at?.file === name,
			name,
		);
});
