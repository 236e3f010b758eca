/** What is read in jars and class files, and what is written: the same bytes from whatever machine built them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Application, takeApart } from '../../../builders/java/application.js';
import { classList } from '../../../builders/java/cds.js';
import { readClass } from '../../../builders/java/class-file.js';
import { librariesAt, libraryIn } from '../../../builders/java/libraries.js';
import { parseManifest, settledManifest } from '../../../builders/java/manifest.js';
import { checkModules, modulesFor } from '../../../builders/java/modules.js';
import { packagesOf } from '../../../builders/java/packages.js';
import { withStableKeys } from '../../../builders/java/quarkus-keys.js';
import { referencesOf } from '../../../builders/java/references.js';
import { jarTree } from '../../../builders/java/tree.js';
import { openZip, writeJar } from '../../../builders/java/zip.js';
import { TareError } from '../../../src/errors.js';
import { folder } from '../../support/files.js';
import { hasTools } from '../../support/tools.js';
import { classBytes, MAIN } from './class-bytes.js';

type Files = Readonly<Record<string, string | Buffer>>;

function jar(t: TestContext, files: Files, prefix = ''): string {
	const path = join(folder(t), 'app.jar');
	const list = Object.entries(files).map(([name, bytes]) => ({ name, bytes: Buffer.from(bytes as string) }));
	writeFileSync(path, Buffer.concat([Buffer.from(prefix), writeJar(list)]));
	return path;
}

const apart = (t: TestContext, files: Files, more: Partial<Parameters<typeof takeApart>[0]> = {}): Application =>
	takeApart({ tree: jarTree(jar(t, files), 'app.jar'), built: [], classPath: [], ...more });

const manifest = (...lines: readonly string[]): string => `${['Manifest-Version: 1.0', ...lines].join('\r\n')}\r\n\r\n`;
const main = (name: string, more: { java?: number; texts?: readonly string[] } = {}): Buffer => classBytes({ name, methods: [MAIN], ...more });
const MANIFEST = 'META-INF/MANIFEST.MF';

test('classes: the Java that they need, a main, markers; no version is too new', () => {
	const boot = readClass(main('a.b.App', { java: 21, texts: ['Lorg/springframework/boot/autoconfigure/SpringBootApplication;'] }));
	assert.deepEqual(boot, { name: 'a.b.App', java: 21, hasMain: true, springBoot: true, namesPort: false });
	assert.equal(readClass(main('X', { java: 99, texts: ['PORT'] }))?.namesPort, true);
	assert.equal(readClass(classBytes({ name: 'X', methods: [[0x0001, 'main', '([Ljava/lang/String;)V']] }))?.hasMain, false, 'not static');
	assert.equal(readClass(classBytes({ name: 'X', java: 25, methods: [[0, 'main', '()V']] }))?.hasMain, true, 'since Java 25');
	assert.equal(readClass(Buffer.from('no class')), undefined);
	assert.equal(readClass(main('X').subarray(0, 60)), undefined, 'cut off');
});

test('jars: what is written can be read, by unzip and java, too; a script may stand before', (t) => {
	const path = jar(t, { 'b.txt': 'b', [MANIFEST]: manifest(), 'ä.txt': 'long '.repeat(1000) });
	const zip = openZip(path);
	assert.deepEqual(
		zip.members.map(({ name }) => name),
		[MANIFEST, 'META-INF/', 'b.txt', 'ä.txt'],
	);
	assert.equal(zip.read(zip.members[3] as never).toString(), 'long '.repeat(1000));
	const shifted = openZip(jar(t, { 'b.txt': 'b' }, '#!/bin/sh\nexec java -jar "$0"\n'));
	assert.equal(shifted.read(shifted.members[0] as never).toString(), 'b');
	if (hasTools(t, 'unzip')) assert.equal(spawnSync('unzip', ['-tq', path]).status, 0);
});

test('jars: what is damaged is an error that names the file', (t) => {
	const path = join(folder(t), 'x.jar');
	for (const bytes of [Buffer.from('no zip'), Buffer.concat([writeJar([{ name: 'a', bytes: Buffer.from('a') }]).subarray(20)])]) {
		writeFileSync(path, bytes);
		assert.throws(
			() => {
				const zip = openZip(path, 'x.jar');
				zip.read(zip.members[0] as never);
			},
			(error) => error instanceof TareError && error.code === 'MANIFEST_INVALID' && error.at?.file === 'x.jar',
		);
	}
});

test('manifests: long values, and no trace of the machine', () => {
	const long = 'lib/a.jar '.repeat(20).trim();
	const text = settledManifest(
		manifest(`Class-Path: ${long.slice(0, 40)}\r\n ${long.slice(40)}`, 'Built-By: me', 'Build-Jdk-Spec: 25', 'Created-By: Maven', 'Main-Class: a.Main'),
	);
	assert.deepEqual(
		[...parseManifest(text)],
		[
			['Manifest-Version', '1.0'],
			['Class-Path', long],
			['Main-Class', 'a.Main'],
		],
	);
	assert.ok(text.split('\n').every((line) => Buffer.byteLength(line) <= 72));
});

const BOOT: Files = {
	[MANIFEST]: manifest(
		'Main-Class: org.springframework.boot.loader.launch.JarLauncher',
		'Start-Class: a.App',
		'Spring-Boot-Lib: BOOT-INF/lib/',
		'Build-Jdk-Spec: 17',
		'Implementation-Version: 1.2',
	),
	'org/springframework/boot/loader/launch/JarLauncher.class': main('org.springframework.boot.loader.launch.JarLauncher'),
	'BOOT-INF/classes/a/App.class': main('a.App'),
	'BOOT-INF/classes/application.yml': 'a: b',
	'BOOT-INF/lib/b-1.0.jar': 'b',
	'BOOT-INF/lib/a-2.0-SNAPSHOT.jar': 'a',
	'BOOT-INF/classpath.idx': '- "BOOT-INF/lib/a-2.0-SNAPSHOT.jar"\n- "BOOT-INF/lib/b-1.0.jar"\n',
};

test("Spring Boot: taken apart in the index's order, without the loader", (t) => {
	const app = apart(t, BOOT);
	assert.equal(app.main.name, 'a.App');
	assert.deepEqual(app.classPath, ['app.jar', 'lib/a-2.0-SNAPSHOT.jar', 'lib/b-1.0.jar']);
	assert.deepEqual(
		app.libraries.map(({ kind }) => kind),
		['snapshot', 'released'],
	);
	const [own] = app.own;
	assert.ok(own?.type === 'file' && own.content.kind === 'bytes');
	const path = join(folder(t), 'own.jar');
	writeFileSync(path, own.content.bytes);
	const tree = jarTree(path, 'own.jar');
	assert.deepEqual(tree.names, [MANIFEST, 'a/App.class', 'application.yml']);
	const attributes = parseManifest(tree.read(MANIFEST).toString());
	assert.deepEqual([...attributes.keys()], ['Manifest-Version', 'Implementation-Version', 'Main-Class']);
});

test("Spring Boot: the project's own layers, classes of a layer in a jar of theirs", (t) => {
	const index = [
		'- "dependencies":\n  - "BOOT-INF/lib/b-1.0.jar"',
		'- "our company":\n  - "BOOT-INF/lib/"\n  - "BOOT-INF/classes/application.yml"',
		'- "spring-boot-loader":\n  - "org/"',
		'- "application":\n  - "BOOT-INF/classes/"\n  - "META-INF/"',
	].join('\n');
	const app = apart(t, { ...BOOT, 'BOOT-INF/layers.idx': `${index}\n` });
	assert.deepEqual(app.layers, ['dependencies', 'our-company', 'spring-boot-loader', 'app']);
	assert.deepEqual(
		app.libraries.map(({ name, layer }) => [name, layer]),
		[
			['lib/our-company.jar', 'our-company'],
			['lib/a-2.0-SNAPSHOT.jar', 'our-company'],
			['lib/b-1.0.jar', 'dependencies'],
		],
	);
	assert.deepEqual(app.classPath, ['app.jar', 'lib/our-company.jar', 'lib/a-2.0-SNAPSHOT.jar', 'lib/b-1.0.jar']);
});

test('packages: coordinates from the jar, from its place, from its name', (t) => {
	const inJar = {
		'META-INF/maven/g.h/art/pom.properties': '#x\ngroupId=g.h\nartifactId=art\nversion=1.0\n',
		'META-INF/maven/o/other/pom.properties': 'groupId=o\nartifactId=other\nversion=2\n',
	};
	const at = (path: string, name: string, kind: 'released' | 'module' = 'released') => ({
		name,
		kind,
		size: statSync(path).size,
		content: { kind: 'disk', path } as const,
	});
	const place = (...parts: readonly string[]): string => {
		const path = join(folder(t), ...parts);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, writeJar([{ name: 'a.txt', bytes: Buffer.from('a') }]));
		return path;
	};
	const purls = packagesOf([
		at(jar(t, inJar), 'lib/art-1.0.jar'),
		at(place('repository/org/acme/tool/3.1/tool-3.1.jar'), 'lib/tool-3.1.jar'),
		at(place('files-2.1/com.acme/kit/4/abc/kit-4.jar'), 'lib/kit-4.jar'),
		at(place('odd/thing-5.jar'), 'lib/thing-5.jar'),
		at(place('own/mine-1.jar'), 'lib/mine-1.jar', 'module'),
	]).map(({ purl }) => purl);
	assert.deepEqual(purls, ['pkg:generic/thing@5', 'pkg:maven/com.acme/kit@4', 'pkg:maven/g.h/art@1.0', 'pkg:maven/org.acme/tool@3.1']);
});

test('modules: what classes speak of, in code and in texts, and what frameworks look for by name', () => {
	const bytes = main('a.App', {
		texts: ['(Ljava/net/http/HttpClient;I)Ljava/util/List<Ljava/sql/Driver;>;', 'java.beans.Introspector', 'com.acme.java.sql.X', 'jdk.jfr.Event'],
	});
	const found = referencesOf(bytes);
	assert.deepEqual([...found].sort(), [
		'java/beans/Introspector',
		'java/lang/Object',
		'java/lang/String',
		'java/net/http/HttpClient',
		'java/sql/Driver',
		'java/util/List',
	]);
	const byPackage = new Map([
		['java/net/http', 'java.net.http'],
		['java/sql', 'java.sql'],
		['java/beans', 'java.desktop'],
		['java/util', 'java.base'],
	]);
	const jdk = { byPackage, names: new Set([...byPackage.values(), 'java.naming', 'jdk.crypto.ec', 'jdk.localedata']) };
	assert.deepEqual(modulesFor(jdk, found, undefined), ['java.base', 'java.desktop', 'java.net.http', 'java.sql', 'jdk.crypto.ec']);
	assert.deepEqual(modulesFor(jdk, ['java/util/Locale'], []), ['java.base', 'java.naming', 'java.net.http', 'java.sql', 'jdk.crypto.ec', 'jdk.localedata']);
	assert.deepEqual(checkModules(['java.sql'], jdk), ['java.base', 'java.sql']);
	assert.throws(
		() => checkModules(['java.nameing'], jdk),
		(error) => error instanceof TareError && error.code === 'CONFIG_INVALID' && /java\.nameing/.test(error.message),
	);
});

test('Spring Boot: an old jar without an index', (t) => {
	const { 'BOOT-INF/classpath.idx': _, ...files } = BOOT;
	assert.deepEqual(apart(t, files).classPath, ['app.jar', 'lib/a-2.0-SNAPSHOT.jar', 'lib/b-1.0.jar']);
});

test('a war with its own server stays a folder', (t) => {
	const app = apart(t, {
		[MANIFEST]: manifest('Start-Class: a.App'),
		'WEB-INF/classes/a/App.class': main('a.App'),
		'WEB-INF/jsp/index.jsp': 'x',
		'WEB-INF/lib-provided/tomcat.jar': 'x',
		'WEB-INF/lib/web.jar': 'x',
	});
	assert.deepEqual(app.classPath, ['WEB-INF/classes', 'WEB-INF/lib/web.jar', 'WEB-INF/lib-provided/tomcat.jar']);
	assert.ok(app.own.some(({ path }) => path === 'app/WEB-INF/jsp/index.jsp'));
});

test('a plain jar: its manifest, its only main, the marked one, or a question', (t) => {
	assert.equal(apart(t, { [MANIFEST]: manifest('Main-Class: a.B'), 'a/A.class': main('a.A'), 'a/B.class': main('a.B') }).main.name, 'a.B');
	assert.equal(apart(t, { 'a/A.class': main('a.A'), 'a/B.class': classBytes({ name: 'a.B' }) }).main.name, 'a.A');
	const marked = main('a.B', { texts: ['Lorg/springframework/boot/autoconfigure/SpringBootApplication;'] });
	assert.equal(apart(t, { 'a/A.class': main('a.A'), 'a/B.class': marked }).main.name, 'a.B');
	const failing = (files: Files, code: string, says: RegExp): void =>
		assert.throws(
			() => apart(t, files),
			(error) => error instanceof TareError && error.code === code && says.test(error.message),
		);
	failing({ 'a/A.class': main('a.A'), 'a/B.class': main('a.B') }, 'AMBIGUOUS', /a\.A, a\.B/);
	failing({ 'a/A.class': classBytes({ name: 'a.A' }) }, 'NO_START', /main method/);
	failing({ 'WEB-INF/web.xml': '<web-app/>' }, 'START_UNSUPPORTED', /server such as Tomcat/);
});

test('flags that only `java -jar` reads in a manifest', (t) => {
	const { flags } = apart(t, {
		[MANIFEST]: manifest('Main-Class: A', 'Add-Opens: java.base/java.lang', 'Enable-Native-Access: ALL-UNNAMED'),
		'A.class': main('A'),
	});
	assert.deepEqual(flags, ['--add-opens=java.base/java.lang=ALL-UNNAMED', '--enable-native-access=ALL-UNNAMED']);
});

test('the newest class of the application decides which Java it needs', (t) => {
	assert.equal(apart(t, { 'A.class': main('A', { java: 11 }), 'B.class': classBytes({ name: 'B', java: 25 }) }).main.java, 25);
});

test('the list of classes is the same for every run', () => {
	const first = '# NOTE\njava/lang/Object id: 0\na/B id: 7\n@lambda-proxy a/B run ()V\n@cp a/B 1\na/C id: 9 super: 0 source: file:/x\n';
	const second = '# Other\na/B id: 3\njava/lang/Object id: 9\n@lambda-proxy a/B run ()V\n@lambda-proxy a/B run ()V\n';
	assert.equal(classList(first), 'a/B\njava/lang/Object\n@lambda-proxy a/B run ()V\n');
	assert.equal(classList(first), classList(second));
});

test("Quarkus: the keys of recorded bytecode are the same, whatever the order of the build's steps", () => {
	const recorded = (keys: readonly (readonly [string, readonly string[]])[]) =>
		writeJar(withStableKeys(keys.map(([name, texts]) => ({ name: `${name}.class`, bytes: classBytes({ name, texts }) }))));
	const first = recorded([
		['a.A', ['proxykey21', 'other']],
		['a.B', ['proxykey3', 'proxykey21', 'x proxykey3']],
	]);
	const second = recorded([
		['a.B', ['proxykey100', 'proxykey1', 'x proxykey3']],
		['a.A', ['proxykey1', 'other']],
	]);
	assert.ok(first.equals(second));
	assert.ok(first.includes('proxykey1') && first.includes('proxykey2') && !first.includes('proxykey21'));
});

test('jars of two modules with one name are both settled: on a class path by their places, in another jar by their bytes', (t) => {
	const made = (user: string): string => jar(t, { [MANIFEST]: manifest(`Built-By: ${user}`), [`${user}.class`]: main(user) });
	const [one, two, foreign] = ['one', 'two', 'foreign'].map(made) as [string, string, string];
	const built = [one, two];
	const path = librariesAt([one, two, foreign], built);
	assert.deepEqual(
		path.map(({ kind }) => kind),
		['module', 'module', 'released'],
	);
	assert.equal(new Set(path.map(({ name }) => name)).size, 3);
	const bytes = ({ content }: (typeof path)[number]): string => (content.kind === 'bytes' ? Buffer.from(content.bytes).toString('latin1') : '');
	for (const library of path.slice(0, 2)) assert.doesNotMatch(bytes(library), /Built-By/);
	// Spring Boot puts the group in front of a name that is there twice.
	const outer = jarTree(
		jar(t, { 'lib/app.jar': readFileSync(one), 'lib/com.acme-app.jar': readFileSync(two), 'lib/other.jar': readFileSync(foreign) }),
		'outer.jar',
	);
	const kinds = ['lib/app.jar', 'lib/com.acme-app.jar', 'lib/other.jar'].map((each) => libraryIn(outer, each, built).kind);
	assert.deepEqual(kinds, ['module', 'module', 'released']);
});
