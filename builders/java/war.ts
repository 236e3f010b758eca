/** A web application without a server gets one: Tomcat, embedded, of the line that has the servlet API it was written for. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { type Application, takeApart } from './application.js';
import { findArtifacts } from './artifact.js';
import type { Jdk } from './jdk.js';
import { type BuiltJars, type Library, libraryIn } from './libraries.js';
import { parseManifest } from './manifest.js';
import { readClassPath, runMaven } from './maven/maven.js';
import { TOMCAT } from './settings.js';
import { settledFiles } from './settle.js';
import { readText, type Tree } from './tree.js';

const FOLDER = '.tare-server';
const ROOT = 'webapp';
const SERVER = 'TareServer';

export interface WarInput {
	readonly tree: Tree;
	readonly built: BuiltJars;
	readonly jdk: Jdk;
	readonly env: Readonly<Record<string, string>>;
	/** Version of the server, where the user chose one. */
	readonly tomcat?: string;
}

/** It starts nothing by itself. */
export function needsServer(tree: Tree): boolean {
	const manifest = parseManifest(readText(tree, 'META-INF/MANIFEST.MF') ?? '');
	return tree.file.endsWith('.war') && !manifest.has('Start-Class') && !manifest.has('Main-Class');
}

/** @throws TareError INSTALL_FAILED | BUILD_FAILED */
export async function warApplication({ tree, built, jdk, env, tomcat }: WarInput, tools: Toolchain): Promise<Application> {
	const workspace = await tools.workspace();
	const version = tomcat ?? TOMCAT[apiOf(tree)];
	tools.emit({ type: 'note', says: `${tree.file} brings no server: served by Tomcat ${version} (java.tomcat)` });
	writeServer(join(workspace, FOLDER), version);
	await runMaven({ module: '', folder: FOLDER, modules: [FOLDER], args: [], needsClassPath: true }, { jdk, env }, tools);
	const [server] = findArtifacts(workspace, [FOLDER], 'target');
	const app = takeApart({
		tree: (server as NonNullable<typeof server>).tree,
		built: [],
		classPath: readClassPath(workspace, FOLDER) ?? [],
		main: SERVER,
	});
	const isJar = (name: string): boolean => /^WEB-INF\/lib\/[^/]+\.jar$/.test(name);
	const jars = tree.names.filter(isJar).map((path): Library => {
		const library = libraryIn(tree, path, built);
		return { ...library, name: `${ROOT}/${path}` };
	});
	const pages = settledFiles(tree, (name) => (isJar(name) ? undefined : name));
	const own = pages.map(({ name, bytes }): Entry => {
		return { type: 'file', path: imagePath(`app/${ROOT}/${name}`), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
	});
	return { ...app, libraries: [...app.libraries, ...jars], own: [...app.own, ...own] };
}

/** Which names its classes, pages and descriptor speak of. */
function apiOf(tree: Tree): keyof typeof TOMCAT {
	const names = tree.names.filter((name) => /\.(?:class|jspx?|tagx?)$|^WEB-INF\/web\.xml$/.test(name));
	const speaks = (word: RegExp): boolean => names.some((name) => word.test(tree.read(name).toString('latin1')));
	return speaks(/jakarta[./]servlet|jakarta\.ee/) || !speaks(/javax[./]servlet|xmlns\.jcp\.org|java\.sun\.com/) ? 'jakarta' : 'javax';
}

function writeServer(folder: string, version: string): void {
	const source = join(folder, `src/main/java/${SERVER}.java`);
	mkdirSync(dirname(source), { recursive: true });
	writeFileSync(source, SOURCE);
	writeFileSync(join(folder, 'pom.xml'), pom(version));
}

function pom(version: string): string {
	const dependency = (name: string): string =>
		`<dependency><groupId>org.apache.tomcat.embed</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
	return `<project><modelVersion>4.0.0</modelVersion><groupId>tare</groupId><artifactId>server</artifactId><version>1</version>
<properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<dependencies>${['tomcat-embed-core', 'tomcat-embed-jasper', 'tomcat-embed-websocket'].map(dependency).join('')}</dependencies></project>`;
}

/** Scratch files, such as compiled pages, go to the folder for temporary files: all else is read-only. */
const SOURCE = `
import java.io.File;
import java.nio.file.Files;
import org.apache.catalina.startup.Tomcat;

public class ${SERVER} {
	public static void main(String[] args) throws Exception {
		String port = System.getenv("PORT");
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
		tomcat.setPort(port == null || port.isEmpty() ? 8080 : Integer.parseInt(port));
		tomcat.addWebapp("", new File("/app/${ROOT}").getAbsolutePath());
		tomcat.getConnector();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			try {
				tomcat.stop();
			} catch (Exception ignored) {
			}
		}));
		tomcat.start();
		tomcat.getServer().await();
	}
}
`;
