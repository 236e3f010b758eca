/** Gradle scripts that are understood without Gradle, and those that are not. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gradleScripts } from '../../../builders/java/gradle/files.js';
import { type GradleReading, readGradle } from '../../../builders/java/gradle/model.js';
import { pomOf } from '../../../builders/java/gradle/pom.js';
import { type Files, index } from '../../support/files.js';

function read(t: TestContext, files: Files): GradleReading {
	const source = index(t, files);
	return readGradle(source, gradleScripts(source, ''));
}

const GROOVY = `
plugins {
	id 'java'
	id 'org.springframework.boot' version '3.4.1'
	id 'io.spring.dependency-management' version '1.1.7'
}
group = 'com.example' // ours
version = '0.0.1-SNAPSHOT'
java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }
configurations { compileOnly { extendsFrom annotationProcessor } }
repositories { mavenCentral() }
ext { set('cloudVersion', "2024.0.0") }
dependencies {
	implementation 'org.springframework.boot:spring-boot-starter-web'
	implementation platform("org.springframework.cloud:spring-cloud-dependencies:\${cloudVersion}")
	implementation group: 'com.google.code.gson', name: 'gson', version: '2.11.0'
	compileOnly 'org.projectlombok:lombok'
	annotationProcessor 'org.projectlombok:lombok'
	runtimeOnly 'com.h2database:h2'
	testImplementation 'org.springframework.boot:spring-boot-starter-test'
}
tasks.named('test') { useJUnitPlatform() }
`;
const KOTLIN = `
plugins {
	application
	id("com.gradleup.shadow") version "8.3.5"
}
repositories {
	mavenCentral()
}
val javalin = "6.3.0"
dependencies {
	implementation("io.javalin:javalin:$javalin")
	implementation(libs.slf4j.simple)
	testImplementation(kotlin("test"))
}
application {
	mainClass.set("app.Main")
}
tasks.withType<Test> {
	useJUnitPlatform()
}
`;
const CATALOG = '[versions]\nslf4j = "2.0.16"\n[libraries]\nslf4j-simple = { module = "org.slf4j:slf4j-simple", version.ref = "slf4j" }\n';

test("Groovy, as Spring's generator writes it", (t) => {
	const reading = read(t, { 'build.gradle': GROOVY, 'settings.gradle': "rootProject.name = 'demo'\n" });
	assert.ok(reading.kind === 'model');
	const { model } = reading;
	assert.deepEqual([model.group, model.name, model.version], ['com.example', 'demo', '0.0.1-SNAPSHOT']);
	assert.deepEqual(
		model.dependencies.map(({ scope, name, version = '' }) => `${scope} ${name} ${version}`.trim()),
		['compile spring-boot-starter-web', 'bom spring-cloud-dependencies 2024.0.0', 'compile gson 2.11.0', 'provided lombok', 'processor lombok', 'runtime h2'],
	);
	const pom = pomOf(model, 21);
	assert.match(pom, /<parent>.*spring-boot-dependencies<\/artifactId><version>3\.4\.1</);
	assert.match(pom, /<annotationProcessorPaths><path><groupId>org\.projectlombok</);
	assert.doesNotMatch(pom, /starter-test/);
});

test('Kotlin with a catalog, variables and a main class', (t) => {
	const reading = read(t, { 'build.gradle.kts': KOTLIN, 'settings.gradle.kts': 'rootProject.name = "x"\n', 'gradle/libs.versions.toml': CATALOG });
	assert.ok(reading.kind === 'model', JSON.stringify(reading));
	assert.equal(reading.model.main, 'app.Main');
	assert.deepEqual(
		reading.model.dependencies.map(({ name, version }) => `${name} ${version}`),
		['javalin 6.3.0', 'slf4j-simple 2.0.16'],
	);
});

test('the only subproject, as gradle init makes it', (t) => {
	const reading = read(t, { 'app/build.gradle.kts': KOTLIN, 'settings.gradle.kts': 'include("app")\n', 'gradle/libs.versions.toml': CATALOG });
	assert.equal(reading.kind === 'model' ? reading.model.folder : reading.statement, 'app');
});

const STRANGE: readonly (readonly [string, string, number])[] = [
	['a plugin that generates code', 'plugins {\n\tid "com.google.protobuf" version "0.9"\n}', 2],
	['a task of its own', 'plugins { id "java" }\ntasks.register("x") { }', 2],
	['a condition', 'if (project.hasProperty("x")) { apply plugin: "java" }', 1],
	['another repository', 'repositories {\n\tmaven { url "x" }\n}', 2],
	['files as dependencies', 'dependencies {\n\timplementation files("x.jar")\n}', 2],
	['an exclusion', 'dependencies {\n\n\timplementation("a:b:1") { exclude(group: "c") }\n}', 3],
	['a range of versions', 'dependencies { implementation "a:b:1.+" }', 1],
	['a variable that nobody sets', 'dependencies { implementation "a:b:$c" }', 1],
	['source folders of its own', 'sourceSets { main { java { srcDirs "x" } } }', 1],
];
for (const [what, text, line] of STRANGE) {
	test(`not understood: ${what}`, (t) => {
		const reading = read(t, { 'build.gradle': text });
		assert.deepEqual([reading.kind, reading.kind === 'unknown' && reading.line], ['unknown', line]);
	});
}
