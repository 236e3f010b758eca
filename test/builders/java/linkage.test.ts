/** Which missing classes stop an app: what main reaches through the project's own classes, and nothing that is optional. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { takeApart } from '../../../builders/java/application.js';
import { readCode } from '../../../builders/java/class-code.js';
import { missingClasses } from '../../../builders/java/linkage.js';
import { checkedApp } from '../../../builders/java/missing.js';
import { filesBelow, folderTree } from '../../../builders/java/tree.js';
import { TareError } from '../../../src/errors.js';
import { type Files, folder, index } from '../../support/files.js';
import { hasTools } from '../../support/tools.js';

const LIBRARY: Files = {
	'lib/json/Json.java': 'package lib.json; public class Json { public static String of(int i) { return "" + i; } public String to() { return ""; } }',
	'lib/json/Broken.java': 'package lib.json; public class Broken extends RuntimeException { }',
	'lib/json/Handler.java': 'package lib.json; public interface Handler { void run(); }',
};

const main = (body: string): string => `public static void main(String[] x) throws Exception { ${body} }`;
const NEEDS = 'Main lib/json/Json';
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
	['a static method', main('Json.of(1);'), [NEEDS]],
	['an instance', main('new Json().to();'), [NEEDS]],
	['a lambda', main('Runnable r = () -> Json.of(1); r.run();'), [NEEDS]],
	['a reference to a method', main('java.util.function.IntFunction<String> f = Json::of; f.apply(1);'), [NEEDS]],
	['an array', main('Object o = new Json[1][1];'), [NEEDS]],
	['a class that is caught', main('try { x[0] = ""; } catch (Broken e) { }'), ['Main lib/json/Broken']],
	['a superclass', `${main('new B().toString();')} static class B extends Json { }`, ['Main$B lib/json/Json']],
	['an interface', `${main('new B().run();')} static class B implements Handler { public void run() { } }`, ['Main$B lib/json/Handler']],
	['by another class of the project', `${main('B.b();')} static class B { static void b() { Json.of(2); } }`, ['Main$B lib/json/Json']],
	['when a class is first used', `${main('int i = B.b;')} static class B { static int b = Json.of(2).length(); }`, ['Main$B lib/json/Json']],
	[
		'by a class that reflection gets',
		`${main('go(B.class);')} static void go(Class<?> c) { } static class B { static void b() { Json.of(2); } }`,
		['Main$B lib/json/Json'],
	],
	[
		'inside of a switch',
		main('switch (x.length) { case 1: Json.of(1); break; case 2: case 3: case 9: x = null; } switch (x[0]) { case "a": Json.of(2); }'),
		[NEEDS],
	],
	['a type of a parameter only', `${main('b(null);')} static void b(Json j) { }`, []],
	['an annotation', `@Deprecated ${main('')} @SuppressWarnings("x") static void b(Json j) { j.to(); }`, []],
	['a method that nothing calls', `${main('')} static void b() { Json.of(1); }`, []],
	['a class that nothing uses', `${main('')} static class B { static void b() { Json.of(1); } }`, []],
	['guarded by an error', main('try { Json.of(1); } catch (NoClassDefFoundError e) { }'), []],
	['guarded by LinkageError, in another class', `${main('try { B.b(); } catch (LinkageError e) { }')} static class B { static void b() { Json.of(1); } }`, []],
	[
		'asked for by name',
		`static boolean there() { try { Class.forName("lib.json.Json"); return true; } catch (ClassNotFoundException e) { return false; } } ${main('if (there()) Json.of(1);')}`,
		[],
	],
	[
		'tried out before',
		`static boolean there() { try { return Json.class != null; } catch (NoClassDefFoundError e) { return false; } } ${main('if (there()) new Json().to();')}`,
		[],
	],
	['where everything is caught', main('try { Json.of(1); } catch (Throwable e) { }'), [`${NEEDS} caught`]],
	['where exceptions are caught', main('try { Json.of(1); } catch (Exception e) { }'), [NEEDS]],
	[
		'of the JDK',
		main('new javax.swing.JFrame(); javax.xml.parsers.DocumentBuilderFactory.newInstance(); com.sun.net.httpserver.HttpServer.create(null, 0);'),
		[],
	],
];

/** All cases in one run of the compiler, with the library; taken apart without it. */
test('classes that are missing', async (t) => {
	if (!hasTools(t, 'javac')) return;
	const cases = CASES.map(([what, body, expected], at) => ({ what, expected, pack: `c${at}`, body }));
	const files = Object.fromEntries(cases.map(({ pack, body }) => [`${pack}/Main.java`, `package ${pack}; import lib.json.*; public class Main { ${body} }`]));
	const dir = folder(t, { ...LIBRARY, ...files });
	const options = ['-J-XX:TieredStopAtLevel=1', '-d', 'out', '--release', '11'];
	const compiled = spawnSync('javac', [...options, ...Object.keys({ ...LIBRARY, ...files })], { cwd: dir, encoding: 'utf8' });
	assert.equal(compiled.status, 0, compiled.stderr);
	const all = filesBelow(join(dir, 'out'));
	for (const { what, expected, pack } of cases) {
		const names = all.filter((name) => name.startsWith(`${pack}/`));
		const app = takeApart({ tree: folderTree(join(dir, 'out'), names, 'a.jar'), built: [], classPath: [], main: `${pack}.Main` });
		const found = missingClasses(app, () => true).map(({ name, by, caught }) => `${by.slice(pack.length + 1)} ${name}${caught ? ' caught' : ''}`);
		await t.test(what, () => assert.deepEqual(found, expected));
	}
});

test('a class to start that is nowhere', (t) => {
	if (!hasTools(t, 'javac')) return;
	const dir = folder(t, { 'A.java': 'class A { public static void main(String[] x) { } }' });
	assert.equal(spawnSync('javac', ['-d', 'out', 'A.java'], { cwd: dir }).status, 0);
	const app = takeApart({ tree: folderTree(join(dir, 'out'), ['A.class'], 'a.jar'), built: [], classPath: [], main: 'a.Other' });
	assert.throws(
		() =>
			checkedApp(
				app,
				missingClasses(app, () => true),
				{ source: index(t, {}), emit: () => undefined },
			),
		(error) => error instanceof TareError && error.code === 'NO_START' && /a\.Other/.test(error.message),
	);
	const bytes = readFileSync(join(dir, 'out/A.class'));
	for (let length = 0; length < bytes.length; length += 3) readCode(bytes.subarray(0, length));
});

test('the error names the class that needs it, its file, and a dependency whose scope keeps it out', (t) => {
	const app = { main: { name: 'a.Main', java: 17, namesPort: false }, libraries: [], own: [], classPath: [], flags: [] };
	const source = index(t, {
		'pom.xml': `<project><dependencies>
<dependency><groupId>org.projectlombok</groupId><artifactId>lombok</artifactId><scope>provided</scope></dependency>
<dependency><groupId>javax.servlet</groupId><artifactId>javax.servlet-api</artifactId><scope>provided</scope></dependency></dependencies></project>`,
		'src/main/java/a/Main.java': '',
	});
	const needs = (name: string) => [{ name, by: 'a/Main$Inner', caught: false }];
	const thrown = (name: string): TareError => {
		try {
			checkedApp(app, needs(name), { source, emit: () => undefined });
		} catch (error) {
			return error as TareError;
		}
		throw new Error('nothing thrown');
	};
	const servlet = thrown('javax/servlet/Filter');
	assert.deepEqual([servlet.code, servlet.at?.file], ['MODULE_MISSING', 'src/main/java/a/Main.java']);
	assert.match(servlet.message, /a\.Main\$Inner needs the class javax\.servlet\.Filter/);
	assert.match(servlet.hint ?? '', /javax\.servlet:javax\.servlet-api has the scope provided/);
	assert.match(thrown('com/acme/X').hint ?? '', /scope compile or runtime/);
});
