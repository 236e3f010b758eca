/** Layouts of real Java projects: what builds them, which Java they get, how they start and on which port. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { detectJava } from '../../../builders/java/detect.js';
import { type JavaFacts, planJava } from '../../../builders/java/plan.js';
import type { BuildPlan, PlanRequest } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import { type Files, index } from '../../support/files.js';

function plan(t: TestContext, files: Files, more: Partial<PlanRequest> = {}): BuildPlan {
	const source = index(t, files);
	const detection = detectJava(source);
	assert.ok(detection !== undefined, 'it is a Java project');
	const base = { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false } as const;
	return planJava(detection, { source, app: '', base, optimize: [], settings: {}, user: '65532:65532', buildEnv: {}, ...more });
}

const pom = (inside: string): string => `<project><modelVersion>4.0.0</modelVersion><artifactId>app</artifactId>${inside}</project>`;
const properties = (inside: string): string => pom(`<properties>${inside}</properties>`);
const boot = (version: string): string =>
	`<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>${version}</version><relativePath/></parent>`;
const MAIN = 'class Main { public static void main(String[] args) { } }';

const RUNTIMES: readonly (readonly [string, Files, string])[] = [
	['nothing asks', { 'pom.xml': pom('') }, 'trixie jre-21'],
	['an old level', { 'pom.xml': properties('<maven.compiler.source>1.8</maven.compiler.source>') }, 'bookworm jre-17'],
	['a release', { 'pom.xml': properties('<maven.compiler.release>21</maven.compiler.release>') }, 'trixie jre-21'],
	['a release between', { 'pom.xml': properties('<maven.compiler.release>22</maven.compiler.release>') }, 'trixie jre-25'],
	['a property of a property', { 'pom.xml': properties('<jdk>25</jdk><maven.compiler.release>${jdk}</maven.compiler.release>') }, 'trixie jre-25'],
	[
		'the compiler plugin',
		{
			'pom.xml': pom(
				'<build><plugins><plugin><artifactId>maven-compiler-plugin</artifactId><configuration><release>17</release></configuration></plugin></plugins></build>',
			),
		},
		'bookworm jre-17',
	],
	["Spring Boot's parent", { 'pom.xml': pom(boot('3.4.1')) }, 'bookworm jre-17'],
	['a level above the parent', { 'pom.xml': pom(`${boot('3.4.1')}<properties><java.version>21</java.version></properties>`) }, 'trixie jre-21'],
	[
		'the newest of the modules',
		{
			'pom.xml': pom('<modules><module>a</module></modules><properties><maven.compiler.release>17</maven.compiler.release></properties>'),
			'a/pom.xml': properties('<maven.compiler.release>21</maven.compiler.release>'),
		},
		'trixie jre-21',
	],
	['a version manager', { 'pom.xml': pom(''), '.sdkmanrc': 'java=17.0.9-tem\n' }, 'bookworm jre-17'],
	['a version file', { 'pom.xml': properties('<java.version>17</java.version>'), '.java-version': '25\n' }, 'trixie jre-25'],
	['Heroku', { 'pom.xml': pom(''), 'system.properties': 'java.runtime.version=25\n' }, 'trixie jre-25'],
	['a toolchain of Gradle', { 'build.gradle': 'java { toolchain { languageVersion = JavaLanguageVersion.of(11) } }' }, 'bookworm jre-17'],
	['a compatibility of Gradle', { 'build.gradle.kts': 'java { sourceCompatibility = JavaVersion.VERSION_21 }' }, 'trixie jre-21'],
	['an old compatibility of Gradle', { 'build.gradle': "sourceCompatibility = '1.8'" }, 'bookworm jre-17'],
];
for (const [what, files, expected] of RUNTIMES) {
	test(`runtime: ${what}`, (t) => {
		const { base } = plan(t, files);
		assert.equal(base.kind === 'debian' ? `${base.release} ${base.sets.at(-1)}` : '', expected);
	});
}

const SPRING = pom(boot('3.4.1'));
const YAML = 'spring:\n  application:\n    name: x\nserver:\n  # ours\n  port: 9000\n';
const quarkus = pom('<dependencies><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency></dependencies>');
const PORTS: readonly (readonly [string, Files, Readonly<Record<string, string>>, string])[] = [
	['Spring Boot', { 'pom.xml': SPRING }, { SERVER_PORT: '${PORT:8080}' }, '8080/tcp'],
	[
		'a port of its own',
		{ 'pom.xml': SPRING, 'src/main/resources/application.properties': 'a=b\nserver.port=9000\n' },
		{ SERVER_PORT: '${PORT:9000}' },
		'9000/tcp',
	],
	['a port in YAML', { 'pom.xml': SPRING, 'src/main/resources/application.yml': YAML }, { SERVER_PORT: '${PORT:9000}' }, '9000/tcp'],
	['PORT in the settings', { 'pom.xml': SPRING, 'src/main/resources/application.properties': 'server.port=${PORT:5000}' }, { PORT: '5000' }, '5000/tcp'],
	['Quarkus', { 'pom.xml': quarkus }, { QUARKUS_HTTP_PORT: '${PORT:8080}' }, '8080/tcp'],
	['Gradle with Spring Boot', { 'build.gradle': "plugins { id 'org.springframework.boot' version '3.4.1' }" }, { SERVER_PORT: '${PORT:8080}' }, '8080/tcp'],
	['code that reads PORT', { 'Main.java': `${MAIN} // System.getenv("PORT")` }, { PORT: '8080' }, '8080/tcp'],
];
for (const [what, files, env, exposed] of PORTS) {
	test(`port: ${what}`, (t) => {
		const { config } = plan(t, files);
		const { JAVA_TOOL_OPTIONS, MALLOC_ARENA_MAX, ...rest } = config.env ?? {};
		assert.match(JAVA_TOOL_OPTIONS ?? '', /MaxRAMPercentage/);
		assert.deepEqual([rest, Object.keys(config.ExposedPorts ?? {}), MALLOC_ARENA_MAX], [env, [exposed], '2']);
	});
}

const starts = (line: string): Files => ({ 'pom.xml': pom(''), Procfile: line });
const START = ['java', '@/app/class-path'];
const LAUNCH = '/usr/local/lib/tare/launch';
const COMMANDS: readonly (readonly [string, Files, readonly string[]])[] = [
	['what the build makes', { 'pom.xml': pom('') }, START],
	['a class in the pom', { 'pom.xml': properties('<exec.mainClass>a.Main</exec.mainClass>') }, [...START, 'a.Main']],
	['a jar with a pattern', starts('web: java -jar target/*.jar'), START],
	[
		'options by variable',
		starts('web: java $JAVA_OPTS -Dserver.port=$PORT -Xss512k -jar target/app-1.0.jar'),
		[LAUNCH, 'java', '$JAVA_OPTS', '-Dserver.port=$PORT', '-Xss512k', '@/app/class-path'],
	],
	[
		'a port that the framework is told by its own variable',
		{ 'pom.xml': SPRING, Procfile: 'web: java -Dserver.port=$PORT -Xss512k -jar target/app-1.0.jar' },
		['java', '-Xss512k', '@/app/class-path'],
	],
	['java by its home', starts('web: $JAVA_HOME/bin/java -jar target/app.jar'), START],
	['what java reads itself', starts('web: java $JAVA_TOOL_OPTIONS -jar target/app.jar'), START],
	[
		'variables with defaults, of arguments and of the command',
		starts('web: MODE=${MODE:-web} java -Dcost=5\\$ -cp x a.Main$Inner server ${CONF:-config.yml}'),
		[LAUNCH, 'MODE=${MODE:-web}', 'java', '-Dcost=5$$', '@/app/class-path', 'a.Main$$Inner', 'server', '${CONF:-config.yml}'],
	],
	['a class path', starts('web: java -cp target/classes:target/dependency/* a.Main'), [...START, 'a.Main']],
	['another class with arguments', starts('web: java -cp x.jar a.Main server config.yml'), [...START, 'a.Main', 'server', 'config.yml']],
];
for (const [what, files, expected] of COMMANDS) {
	test(`start: ${what}`, (t) => assert.deepEqual(plan(t, files).processes[0]?.command, expected));
}

test('start: another process of the Procfile, and one that is not there', (t) => {
	const files = starts('web: java -jar target/a.jar\nworker: java -cp x a.Worker\n');
	assert.deepEqual(plan(t, files, { process: 'worker' }).processes[0]?.command, [...START, 'a.Worker']);
	assert.throws(
		() => plan(t, files, { process: 'clock' }),
		(error) => error instanceof TareError && error.code === 'NO_START' && /web, worker/.test(error.hint ?? ''),
	);
});

test('start: shell constructs and other programs are refused', (t) => {
	for (const line of ['web: java -jar a.jar | tee log', 'web: ./run.sh', 'web: java -Dx=$(hostname) -jar a.jar', 'web: cd x && java -jar a.jar && true'])
		assert.throws(
			() => plan(t, starts(line)),
			(error) => error instanceof TareError && error.code === 'START_UNSUPPORTED',
			line,
		);
});

test('Maven: the wrapper, the level for an old Maven, no class path where a plugin packs', (t) => {
	const facts = (files: Files): JavaFacts => plan(t, files).facts as unknown as JavaFacts;
	const plain = facts({ 'pom.xml': properties('<maven.compiler.release>21</maven.compiler.release>') }).maven;
	assert.deepEqual([plain?.wrapper, plain?.needsClassPath, plain?.args.includes('-Dmaven.compiler.source=21')], [undefined, true, true]);
	const plugin = '<build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>';
	const spring = facts({ 'pom.xml': pom(`${boot('3.4.1')}${plugin}`), mvnw: '#!/bin/sh\n', '.mvn/wrapper/maven-wrapper.properties': '' }).maven;
	assert.deepEqual([spring?.wrapper, spring?.needsClassPath, spring?.args.some((arg) => arg.includes('compiler'))], ['./mvnw', false, false]);
});

test('a damaged pom is named with its line', (t) => {
	assert.throws(
		() => plan(t, { 'pom.xml': '<project>\n<modules>\n</project>' }),
		(error) => error instanceof TareError && error.code === 'MANIFEST_INVALID' && error.at?.file === 'pom.xml' && error.at.line === 3,
	);
});

test('a Java that no Debian has is an error', (t) => {
	assert.throws(
		() => plan(t, { 'pom.xml': properties('<maven.compiler.release>27</maven.compiler.release>') }),
		(error) => error instanceof TareError && error.code === 'VERSION_UNSATISFIABLE' && error.at?.file === 'pom.xml',
	);
	const bookworm = { kind: 'debian', release: 'bookworm', sets: ['static'], packages: [], slim: true, strip: false } as const;
	assert.throws(() => plan(t, { 'pom.xml': properties('<java.version>21</java.version>') }, { base: bookworm }), /Java 21/);
});

test('files that the code names are shipped, sources and build files are not', (t) => {
	const read = 'class Main { public static void main(String[] a) { open("data/list.csv"); open("pom.xml"); } }';
	const files = { 'pom.xml': pom(''), 'src/main/java/Main.java': read, 'data/list.csv': 'x', 'config/application.yml': 'a: b', 'notes/x.txt': 'x' };
	assert.deepEqual((plan(t, files).facts as unknown as JavaFacts).ships, ['config', 'data/list.csv']);
});

test('what is no Java project', (t) => {
	assert.equal(detectJava(index(t, { 'index.html': '' })), undefined);
	assert.equal(detectJava(index(t, { 'A.java': 'class A {}' })), undefined);
	assert.equal(detectJava(index(t, { 'Main.java': MAIN }))?.weak, true);
});

const jib = (inside: string): string =>
	pom(
		`<version>1.2</version><build><plugins><plugin><artifactId>jib-maven-plugin</artifactId><configuration>${inside}</configuration></plugin></plugins></build>`,
	);

test('what the project says to Jib is read', (t) => {
	const container =
		'<mainClass>a.Main</mainClass><jvmFlags><jvmFlag>-Xss1m</jvmFlag></jvmFlags><environment><MODE>x</MODE></environment><ports><port>9000-9001/udp</port></ports><user>1000</user><labels><v>${project.version}</v></labels><volumes><volume>/data</volume></volumes><workingDirectory>/srv</workingDirectory>';
	const text = jib(
		`<from><image>registry.example/jre:21</image></from><to><image>registry.example/app</image><tags><tag>1</tag></tags></to><container>${container}</container>`,
	);
	const { processes, config, warnings, base, reasons } = plan(t, { 'pom.xml': text });
	assert.deepEqual(processes[0]?.command, ['java', '-Xss1m', '@/app/class-path', 'a.Main']);
	assert.deepEqual([config.env?.MODE, Object.keys(config.ExposedPorts ?? {})], ['x', ['9000/udp', '9001/udp']]);
	assert.deepEqual([config.User, config.WorkingDir, config.Labels, config.Volumes], ['1000', '/srv', { v: '1.2' }, { '/data': {} }]);
	assert.deepEqual(base, { kind: 'registry', ref: 'registry.example/jre:21' });
	assert.ok(reasons.some(({ says }) => says.includes('-t registry.example/app -t registry.example/app:1')));
	assert.deepEqual(warnings, []);
	assert.equal(plan(t, { 'pom.xml': text }, { baseAsked: true }).base.kind, 'debian', 'the user wants another');
});

test("Jib's extra directories, and what is not read of Jib is said", (t) => {
	const container = '<container><entrypoint>INHERIT</entrypoint><creationTime>USE_CURRENT_TIMESTAMP</creationTime></container>';
	const directories =
		'<extraDirectories><paths><path><from>${project.basedir}/extra</from><into>/opt</into></path><path><from>some</from><includes><include>a</include></includes></path></paths><permissions><permission><file>/opt/*.sh</file><mode>755</mode></permission></permissions></extraDirectories>';
	const text = jib(`<from><image>tar://x.tar</image></from>${container}${directories}<pluginExtensions/>`);
	const { facts, warnings } = plan(t, { 'pom.xml': text, 'extra/run.sh': '', 'some/a': '' });
	assert.deepEqual((facts as unknown as JavaFacts).extra, [{ from: 'extra', into: '/opt', permissions: [{ pattern: '/opt/*.sh', mode: 0o755 }] }]);
	assert.match(
		warnings[0]?.says ?? '',
		/from\.image tar:.*container\.entrypoint \(use start:.*container\.creationTime \(set SOURCE_DATE_EPOCH\), pluginExtensions, extraDirectories some/,
	);
	const usual = plan(t, { 'pom.xml': jib(''), 'src/main/jib/etc/app.conf': '' }).facts as unknown as JavaFacts;
	assert.deepEqual(
		usual.extra.map(({ from, into }) => [from, into]),
		[['src/main/jib', '/']],
	);
});

test('jlink: the base has no runtime of its own, and the JDK is locked for the build', (t) => {
	const { base, toolSets, layers } = plan(t, { 'pom.xml': pom('') }, { settings: { jlink: 'auto' } });
	assert.deepEqual([base.kind === 'debian' && base.sets, toolSets, layers[0]?.name], [['static', 'cc', 'jlink-21'], ['jdk-21', 'jmods-21'], 'runtime']);
	assert.deepEqual(plan(t, { 'pom.xml': pom('') }, { optimize: ['jlink'] }).toolSets, ['jdk-21', 'jmods-21']);
	assert.throws(() => plan(t, { 'pom.xml': pom('') }, { settings: { jlink: 'auto' }, base: { kind: 'registry', ref: 'x' } }), /--base asks for another/);
});

test('an archive of classes: only of a Java whose archives are the same every time', (t) => {
	const settings = { cds: true };
	assert.throws(
		() => plan(t, { 'pom.xml': pom('') }, { settings }),
		(error) => error instanceof TareError && error.code === 'VERSION_UNSATISFIABLE' && /Java 25/.test(error.message),
	);
	const { layers, toolSets, runsBase } = plan(t, { 'pom.xml': pom(''), '.java-version': '25' }, { settings });
	assert.deepEqual([layers.at(-1)?.name, toolSets, runsBase], ['cds', ['jre-25'], true]);
});

test('Maven: a module whose neighbour packs its libraries needs a class path', (t) => {
	const shade =
		'<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId><executions><execution><phase>package</phase><goals><goal>shade</goal></goals></execution></executions></plugin></plugins></build>';
	const files = {
		'pom.xml': pom('<packaging>pom</packaging><modules><module>a</module><module>b</module></modules>'),
		'a/pom.xml': pom(shade),
		'b/pom.xml': pom(''),
	};
	const needs = (main: string) => (plan(t, files, { main }).facts as unknown as JavaFacts).maven?.needsClassPath;
	assert.deepEqual([needs('a'), needs('b')], [false, true]);
});

test('start: a port that only the command names is exposed', (t) => {
	const { config } = plan(t, starts('web: java -Ddw.server.connector.port=$PORT -jar target/app.jar server'));
	assert.equal(config.env?.PORT, '8080');
	assert.deepEqual(Object.keys(config.ExposedPorts ?? {}), ['8080/tcp']);
});

test('Maven gets what settings, a variable and its own file name, and the plan says so', (t) => {
	const files = { 'pom.xml': pom(''), '.mvn/maven.config': '-Pone\n' };
	const made = plan(t, files, { settings: { profiles: ['prod', 'eu'], arguments: ['-Drevision=2'] }, buildEnv: { MAVEN_ARGS: '-Ptwo -Dx="a b"', OTHER: '1' } });
	const { args } = (made.facts as unknown as { maven: { args: string[] } }).maven;
	assert.deepEqual(args.slice(-4), ['-Pprod,eu', '-Drevision=2', '-Ptwo', '-Dx=a b']);
	assert.deepEqual((made.facts as unknown as { buildEnv: object }).buildEnv, { OTHER: '1' });
	const said = made.reasons.map(({ says, file }) => `${file ?? ''} ${says}`).join('\n');
	assert.match(said, /\.mvn\/maven\.config Maven gets -Pone/);
	assert.match(said, /Maven gets -Pprod,eu -Drevision=2 -Ptwo -Dx=a b, as asked for/);
	assert.throws(() => plan(t, files, { buildEnv: { MAVEN_ARGS: '-P x | y' } }), { code: 'CONFIG_INVALID' });
});

const GIT = (configuration: string): string =>
	pom(
		`<build><plugins><plugin><groupId>io.github.git-commit-id</groupId><artifactId>git-commit-id-maven-plugin</artifactId><configuration>${configuration}</configuration></plugin></plugins></build>`,
	);
const COMMIT = { id: 'aa28bdb0123456789012345678901234567890ab', branch: 'main', time: 1700000000 };

test('git.properties are made from the commit, because the build has no .git', (t) => {
	const made = plan(t, { 'pom.xml': GIT('<generateGitPropertiesFile>true</generateGitPropertiesFile>') }, { commit: () => COMMIT });
	const { args, files } = (made.facts as unknown as { maven: { args: string[]; files: { path: string; content: string }[] } }).maven;
	assert.ok(args.includes('-Dmaven.gitcommitid.skip=true') && args.includes(`-Dgit.commit.id=${COMMIT.id}`));
	assert.equal(files[0]?.path, 'target/classes/git.properties');
	assert.match(files[0]?.content ?? '', /^git\.commit\.id\.abbrev=aa28bdb$/m);
	assert.match(made.reasons.map(({ says }) => says).join('\n'), /git-commit-id plugin is skipped/);
	const elsewhere = plan(
		t,
		{
			'pom.xml': GIT(
				'<generateGitPropertiesFile>true</generateGitPropertiesFile><generateGitPropertiesFilename>${project.build.outputDirectory}/META-INF/git.properties</generateGitPropertiesFilename>',
			),
		},
		{ commit: () => COMMIT },
	);
	assert.equal((elsewhere.facts as unknown as { maven: { files: { path: string }[] } }).maven.files[0]?.path, 'target/classes/META-INF/git.properties');
});

test('without a commit the skipped plugin is a warning', (t) => {
	const made = plan(t, { 'pom.xml': GIT('') }, { commit: () => undefined });
	assert.match(made.warnings.map(({ says }) => says).join('\n'), /not checked out from git/);
});

test('what builds or pushes images, or deploys, is skipped by its own switch, and the plan says so', (t) => {
	const plugin = (group: string, artifact: string): string =>
		`<plugin><groupId>${group}</groupId><artifactId>${artifact}</artifactId><executions><execution><phase>package</phase></execution></executions></plugin>`;
	const PUSHERS: readonly (readonly [string, string, string, boolean])[] = [
		['com.google.cloud.tools', 'jib-maven-plugin', '-Djib.skip=true', true],
		['io.fabric8', 'docker-maven-plugin', '-Ddocker.skip=true', true],
		['com.spotify', 'docker-maven-plugin', '-DskipDocker=true', true],
		['org.apache.maven.plugins', 'maven-deploy-plugin', '-Dmaven.deploy.skip=true', true],
		['io.quarkus.platform', 'quarkus-maven-plugin', '-Dquarkus.container-image.push=false', false],
	];
	for (const [group, artifact, argument, said] of PUSHERS) {
		const made = plan(t, { 'pom.xml': pom(`<build><plugins>${plugin(group, artifact)}</plugins></build>`) });
		assert.ok((made.facts as unknown as { maven: { args: string[] } }).maven.args.includes(argument), artifact);
		assert.equal(
			made.reasons.some(({ says }) => says.includes(`${artifact} is skipped`)),
			said,
			artifact,
		);
	}
});
