/** Where a Java app writes: each way to say it, and what is no place. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { detectJava } from '../../../builders/java/detect.js';
import { planJava } from '../../../builders/java/plan.js';
import { type Files, index } from '../../support/files.js';

function places(t: TestContext, files: Files): readonly string[] {
	const source = index(t, { 'pom.xml': '<project><artifactId>a</artifactId></project>', ...files });
	const detection = detectJava(source);
	assert.ok(detection !== undefined);
	const base = { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false } as const;
	const { writable = [] } = planJava(detection, { source, app: '', base, optimize: [], settings: {}, user: '65532:65532', buildEnv: {} });
	return writable.map(({ path, link, reason }) => `${path}${link === undefined ? '' : ` -> ${link}`} ${reason.file?.split('/').at(-1)}:${reason.line}`);
}

const code = (body: string): Files => ({ 'src/main/java/A.java': `class A {\n${body}\n}` });
const SAID: readonly (readonly [string, Files, readonly string[]])[] = [
	['createDirectories(Paths.get)', code('Files.createDirectories(Paths.get("uploads"));'), ['/app/uploads A.java:2']],
	['createDirectories(Path.of) of parts', code('Files.createDirectories(Path.of("data", "in"));'), ['/app/data/in A.java:2']],
	['a constant', code('static final String DIR = "./store/";\nvoid f() { Files.createDirectories(Paths.get(DIR)); }'), ['/app/store A.java:3']],
	['a path of a field', code('private final Path root = Paths.get("uploads");\nvoid f() { Files.createDirectories(root); }'), ['/app/uploads A.java:3']],
	['new File().mkdirs()', code('new File("data").mkdirs();'), ['/app/data A.java:2']],
	['a file that makes its folder', code('File dir = new File("cache/pages");\nif (!dir.exists()) dir.mkdirs();'), ['/app/cache/pages A.java:2']],
	['a writer', code('new FileWriter("logs/out.txt", true);'), ['/app/logs A.java:2']],
	["a stream in the app's folder", code('new FileOutputStream("state.bin");'), ['/app/state.bin -> /data/state.bin A.java:2']],
	['a file by Files', code('Files.writeString(Path.of("out/a.txt"), "x");'), ['/app/out A.java:2']],
	['a random access file', code('new RandomAccessFile("db/x.bin", "rw");'), ['/app/db A.java:2']],
	[
		'Kotlin',
		{ 'src/main/kotlin/a.kt': 'val dir = File("uploads").apply { mkdirs() }\nfun f() { File("notes/a.txt").appendText("x") }' },
		['/app/notes a.kt:2'],
	],
	['H2 in a file, in code', code('DriverManager.getConnection("jdbc:h2:./db/app;MODE=MySQL");'), ['/app/db A.java:2']],
	['SQLite in code', code('String url = "jdbc:sqlite:app.db";'), ['/app/app.db -> /data/app.db A.java:2']],
	[
		'the working folder',
		code(
			'Path root = Paths.get(System.getProperty("user.dir"), "up");\nvoid f() { Files.createDirectories(root.resolve("x")); new FileWriter(System.getProperty("user.dir") + "/log/a.txt"); }',
		),
		['/app/log A.java:3', '/app/up/x A.java:3'],
	],
	[
		'variables with defaults',
		code('Files.createDirectories(Path.of(System.getenv().getOrDefault("DIR", "./data")));\nnew FileOutputStream(System.getProperty("out", "o/a.bin"));'),
		['/app/data A.java:2', '/app/o A.java:3'],
	],
	[
		'a variable with a default in Kotlin',
		{ 'src/main/kotlin/a.kt': 'val dir = System.getenv("DIR") ?: "data"\nfun f() { Files.createDirectories(Paths.get(dir)) }' },
		['/app/data a.kt:2'],
	],
	['a value of Spring', code('@Value("${file.upload-dir:./uploads}") String dir;\n@Value("${app.name:shop}") String name;'), ['/app/uploads A.java:2']],
	[
		'a class of settings',
		{ 'src/main/java/A.java': '@ConfigurationProperties("storage")\nclass A {\nprivate String location = "upload-dir";\nprivate String name = "x";\n}' },
		['/app/upload-dir A.java:3'],
	],
	['a folder that does not change', code('new FileInputStream("in/a.txt"); new RandomAccessFile("in/b", "r"); new File("in").list();'), []],
	['temporary files', code('new File("/tmp/x").mkdirs(); Files.createTempFile("a", "b");'), []],
	['a test', { 'src/test/java/A.java': 'new File("data").mkdirs();' }, []],
	['an unknown name', code('new FileWriter(name); Files.createDirectories(path);'), []],
];
for (const [what, files, expected] of SAID) test(`writes: ${what}`, (t) => assert.deepEqual(places(t, files), expected));

const settings = (text: string): Files => ({ 'src/main/resources/application.properties': text });
const SETTINGS: readonly (readonly [string, Files, readonly string[]])[] = [
	['H2 in a file', settings('spring.datasource.url=jdbc:h2:file:./data/app;AUTO_SERVER=TRUE'), ['/app/data application.properties:1']],
	["H2 in the app's folder", settings('spring.datasource.url=jdbc:h2:./data'), ['/app/data.mv.db -> /data/data.mv.db application.properties:1']],
	['H2 in memory, and elsewhere', settings('a=jdbc:h2:mem:x\nb=jdbc:h2:tcp://h/x\nc=jdbc:postgresql://h/x\nd=jdbc:h2:~/x'), []],
	['a default', settings('spring.datasource.url=${DB_URL:jdbc:sqlite:${DB_FILE:./db/a.sqlite}}'), ['/app/db application.properties:1']],
	['absolute', settings('spring.datasource.url=jdbc:hsqldb:file:/var/lib/app/db'), ['/var/lib/app application.properties:1']],
	['Derby', settings('x=jdbc:derby:stock;create=true'), ['/app/stock application.properties:1']],
	['logs by name', { 'src/main/resources/application.yml': 'logging:\n  file:\n    name: logs/app.log\n' }, ['/app/logs application.yml:3']],
	['logs by folder', settings('logging.file.path=./logs'), ['/app/logs application.properties:1']],
	[
		'uploads and Tomcat',
		settings('spring.servlet.multipart.location=parts\nserver.tomcat.basedir=tomcat\nfile.upload-dir=./uploads'),
		['/app/parts application.properties:1', '/app/tomcat application.properties:2', '/app/uploads application.properties:3'],
	],
	['a profile of development', { 'src/main/resources/application-dev.yml': 'logging.file.name: dev/a.log' }, []],
	['a profile of production', { 'src/main/resources/application-prod.yml': 'logging.file.name: p/a.log' }, ['/app/p application-prod.yml:1']],
	[
		'no places',
		settings('server.servlet.context-path=/data\nspring.web.resources.static-locations=classpath:/x\nstorage.path=classpath:x\napi.data.path=/data'),
		[],
	],
];
for (const [what, files, expected] of SETTINGS) test(`settings: ${what}`, (t) => assert.deepEqual(places(t, files), expected));

test("only the app's own modules count", (t) => {
	const main = 'class M { public static void main(String[] a) { } }';
	const child = (name: string): string =>
		`<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent><artifactId>${name}</artifactId></project>`;
	const found = places(t, {
		'pom.xml':
			'<project><groupId>g</groupId><artifactId>p</artifactId><version>1</version><packaging>pom</packaging><modules><module>api</module><module>tool</module></modules></project>',
		'api/pom.xml': child('api'),
		'api/src/main/java/M.java': main,
		'tool/pom.xml': child('tool'),
		'tool/src/main/java/T.java': 'class T { void f() { new File("tool").mkdirs(); } }',
	});
	assert.deepEqual(found, []);
});
