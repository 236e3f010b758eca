/** Mutated manifests of Java projects: a plan or an error with a file, in bounded time. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { detectJava } from '../../../builders/java/detect.js';
import { planJava } from '../../../builders/java/plan.js';
import { TareError } from '../../../src/errors.js';
import { type Files, index } from '../../support/files.js';

const POM = `<?xml version="1.0"?><project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version><relativePath>../p</relativePath></parent>
<artifactId>a</artifactId><packaging>jar</packaging><modules><module>a</module><module>../b</module></modules>
<properties><java.version>\${x}</java.version><x>\${y}</x><y>\${x}</y><jib.to.image>a/b</jib.to.image></properties>
<dependencies><dependency><groupId>io.quarkus</groupId><artifactId>x</artifactId><scope>system</scope><systemPath>\${basedir}/lib/x.jar</systemPath></dependency></dependencies>
<profiles><profile><id>p</id><activation><activeByDefault>true</activeByDefault></activation><properties><z>1</z></properties></profile></profiles>
<build><plugins><plugin><artifactId>jib-maven-plugin</artifactId><configuration><container><ports><port>1-9</port></ports><environment><A>\${z}</A></environment></container></configuration></plugin>
<plugin><artifactId>frontend-maven-plugin</artifactId><configuration><nodeVersion>v20.1.1</nodeVersion></configuration></plugin></plugins></build></project>`;
const MODULE = '<project><parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version></parent><artifactId>m</artifactId></project>';

/** The file that is mutated, and the others. */
const PROJECTS: readonly (readonly [string, Files])[] = [
	['pom.xml', { 'pom.xml': POM, 'a/pom.xml': MODULE }],
	['a/pom.xml', { 'pom.xml': POM, 'a/pom.xml': MODULE }],
	[
		'pom.yml',
		{
			'pom.yml': 'groupId: g\nartifactId: &a a\nmodules: [a]\nparent: {artifactId: *a}\nbuild: {plugins: [{artifactId: x}]}\n',
			'.mvn/extensions.xml': 'polyglot',
		},
	],
	[
		'settings.gradle',
		{ 'settings.gradle': "rootProject.name = 'x'\ninclude 'a', ':b:c'\nproject(':a').projectDir = file('../a')\nincludeBuild('../x')\n", 'build.gradle': '' },
	],
	[
		'build.gradle.kts',
		{
			'build.gradle.kts':
				'plugins { application }\ndependencies { implementation("a:b:1") }\napplication { mainClass.set("a.Main") }\njava { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\n',
		},
	],
	[
		'src/main/resources/application.yml',
		{
			'pom.xml': '<project><dependencies><dependency><groupId>org.springframework.boot</groupId></dependency></dependencies></project>',
			'src/main/resources/application.yml':
				'server:\n  port: ${PORT:8080}\n---\nspring: {config: {activate: {on-profile: prod}}}\nlogging.file.name: a/b\nurl: jdbc:h2:./x\n',
		},
	],
	['.mvn/maven.config', { 'pom.xml': '<project/>', '.mvn/maven.config': '-Pprod,dev\n-Drevision=1\n# x\n--activate-profiles\n' }],
	[
		'src/main/java/A.java',
		{
			'pom.xml': '<project/>',
			'src/main/java/A.java':
				'class A { static void main(String[] x) { new File("a").mkdirs(); Files.createDirectories(Path.of("a", b).resolve("c")); url("jdbc:sqlite:a.db"); } }',
		},
	],
];

const PIECES = [
	'<',
	'>',
	'</',
	'/>',
	'${',
	'}',
	'{',
	'"',
	"'",
	'(',
	')',
	'[',
	']',
	'&',
	'*',
	'-',
	':',
	'\n',
	'\t',
	'\0',
	'\uD800',
	'../',
	'<!--',
	'<![CDATA[',
	'a'.repeat(300),
];
const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), remove: fc.nat(40), insert: fc.constantFrom('', ...PIECES), copies: fc.nat(3) });

for (const [file, files] of PROJECTS) {
	test(`a mutated ${file} is a plan or an error with its place`, (t) => {
		fc.assert(
			fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) =>
				attempt(t, { ...files, [file]: changes.reduce(mutated, String(files[file])) }),
			),
			{ numRuns: 40 },
		);
	});
}

function mutated(
	text: string,
	{ at, remove, insert, copies }: { readonly at: number; readonly remove: number; readonly insert: string; readonly copies: number },
): string {
	const place = Math.floor(at * text.length);
	const cut = text.slice(place, place + remove);
	return `${text.slice(0, place)}${insert}${cut.repeat(copies)}${text.slice(place + remove)}`;
}

function attempt(t: TestContext, files: Files): void {
	const base = { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false } as const;
	const began = performance.now();
	try {
		const source = index(t, files);
		const detection = detectJava(source);
		if (detection !== undefined) planJava(detection, { source, app: '', base, optimize: [], settings: {}, user: '', buildEnv: {} });
	} catch (error) {
		assert.ok(error instanceof TareError && error.code !== 'INTERNAL', error instanceof Error ? error.stack : String(error));
		assert.ok(error.at !== undefined || /AMBIGUOUS|NO_START|VERSION_UNSATISFIABLE/.test(error.code), `${error.code} ${error.message}`);
	}
	assert.ok(performance.now() - began < 2000);
}
