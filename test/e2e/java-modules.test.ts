/** Java projects of several modules, and Kotlin: one digest in two folders, and the image answers. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { built } from '../support/cli.js';
import { type Files, folder, writeFiles } from '../support/files.js';
import { hasTools } from '../support/tools.js';

/** Built in two folders, and asked. */
async function answer(t: TestContext, files: Files, app: string): Promise<string> {
	const [one, other, out] = [join(folder(t), 'one'), join(folder(t), 'other-folder'), join(folder(t), 'oci')] as const;
	for (const dir of [one, other]) mkdirSync(join(dir, '.git'), { recursive: true });
	writeFiles(one, files);
	const first = built(['build', join(one, app), '-o', `oci:${out}`, '--fresh']).stdout;
	cpSync(one, other, { recursive: true });
	assert.equal(built(['build', join(other, app), '--frozen', '--fresh']).stdout.replace(/^.*@/, ''), first.replace(/^.*@/, ''));
	const running = await boot({ image: `${out}:latest` });
	const { body } = await running.get('/');
	await running.stop();
	return body;
}

const SERVER = (expression: string): string => `package web;
import com.sun.net.httpserver.HttpServer;
public class Main {
	public static void main(String[] args) throws Exception {
		HttpServer server = HttpServer.create(new java.net.InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
		server.createContext("/", exchange -> {
			byte[] body = (${expression}).getBytes();
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		server.start();
	}
}
`;
const word = (pack: string, name: string): string => `package ${pack}; public class ${name} { public static String word() { return "${pack}.${name} "; } }`;
const parent = '<parent><groupId>g</groupId><artifactId>parent</artifactId><version>1</version><relativePath>RELATIVE</relativePath></parent>';
const pom = (relative: string, group: string, artifact: string, inside = ''): string =>
	`<project><modelVersion>4.0.0</modelVersion>${parent.replace('RELATIVE', relative)}<groupId>${group}</groupId><artifactId>${artifact}</artifactId>${inside}</project>`;
const needs = (group: string, artifact: string, more = ''): string =>
	`<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>1</version>${more}</dependency>`;

test('modules of one name, classifiers and test jars, with the parent beside them', async (t) => {
	if (!hasTools(t, 'mvn', 'javac', 'umoci', 'runc')) return;
	const jars = (id: string, goal: string, inside: string): string =>
		`<execution><id>${id}</id><goals><goal>${goal}</goal></goals><configuration>${inside}</configuration></execution>`;
	const dependencies = [
		needs('billing', 'client'),
		needs('stock', 'client'),
		needs('g', 'common', '<classifier>extra</classifier>'),
		needs('g', 'common', '<type>test-jar</type>'),
	];
	const files: Files = {
		'parent/pom.xml':
			'<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>parent</artifactId><version>1</version><packaging>pom</packaging><modules><module>../billing/client</module><module>../stock/client</module><module>../common</module><module>../web</module></modules><properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties></project>',
		'billing/client/pom.xml': pom('../../parent', 'billing', 'client'),
		'billing/client/src/main/java/billing/Client.java': word('billing', 'Client'),
		'stock/client/pom.xml': pom('../../parent', 'stock', 'client'),
		'stock/client/src/main/java/stock/Client.java': word('stock', 'Client'),
		'common/pom.xml': pom(
			'../parent',
			'g',
			'common',
			`<build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><executions>${jars('extra', 'jar', '<classifier>extra</classifier>')}${jars('tests', 'test-jar', '<skip>false</skip>')}</executions></plugin></plugins></build>`,
		),
		'common/src/main/java/common/Extra.java': word('common', 'Extra'),
		'common/src/test/java/common/Fixture.java': word('common', 'Fixture'),
		'web/pom.xml': pom('../parent/pom.xml', 'g', 'web', `<dependencies>${dependencies.join('')}</dependencies>`),
		'web/src/main/java/web/Main.java': SERVER('billing.Client.word() + stock.Client.word() + common.Extra.word() + common.Fixture.word()'),
	};
	assert.equal(await answer(t, files, 'web'), 'billing.Client stock.Client common.Extra common.Fixture ');
});

test('Kotlin with Maven', async (t) => {
	if (!hasTools(t, 'mvn', 'javac', 'umoci', 'runc')) return;
	const files: Files = {
		'pom.xml': `<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>kotlin-app</artifactId><version>1</version>
<properties><kotlin.version>2.0.21</kotlin.version><kotlin.compiler.jvmTarget>17</kotlin.compiler.jvmTarget></properties>
${`<dependencies>${needs('org.jetbrains.kotlin', 'kotlin-stdlib').replace('>1<', '>${kotlin.version}<')}</dependencies>`}
<build><sourceDirectory>src/main/kotlin</sourceDirectory><plugins><plugin><groupId>org.jetbrains.kotlin</groupId><artifactId>kotlin-maven-plugin</artifactId><version>\${kotlin.version}</version>
<executions><execution><goals><goal>compile</goal></goals></execution></executions></plugin></plugins></build></project>`,
		'src/main/kotlin/a/Main.kt': `package a
import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress

fun main() {
	val server = HttpServer.create(InetSocketAddress(System.getenv("PORT").toInt()), 0)
	server.createContext("/") { exchange ->
		val body = listOf("Kotlin").joinToString { "hello $it" }.toByteArray()
		exchange.sendResponseHeaders(200, body.size.toLong())
		exchange.responseBody.use { it.write(body) }
	}
	server.start()
}
`,
	};
	assert.equal(await answer(t, files, '.'), 'hello Kotlin');
});
