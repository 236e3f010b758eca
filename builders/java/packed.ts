/** From the folders of Maven and Gradle to the application. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { type Application, takeApart } from './application.js';
import { type Artifact, chooseModule, findArtifacts, findQuarkus } from './artifact.js';
import { readClass } from './class-file.js';
import { gradleScripts } from './gradle/files.js';
import { gradleMissing, readGradleClassPath, runGradle } from './gradle/gradle.js';
import { readGradle } from './gradle/model.js';
import { pomOf } from './gradle/pom.js';
import { DEFAULT_JAVA } from './java-version.js';
import { chooseJdk, wishOf } from './jdk.js';
import type { BuiltJars } from './libraries.js';
import { missingClasses } from './linkage.js';
import { listen } from './maven/log.js';
import { readClassPath, runMaven } from './maven/maven.js';
import { checkedApp } from './missing.js';
import type { JavaFacts } from './plan.js';
import { quarkusApplication } from './quarkus.js';
import { openPacked, type PackedBefore } from './recompile.js';
import { filesBelow, type Tree } from './tree.js';
import { needsServer, warApplication } from './war.js';

/** What a build tool left behind. */
interface Output {
	/** Folders of modules below the workspace. */
	readonly modules: readonly string[];
	/** Of a module: where everything is, and where jars are. */
	readonly target: string;
	readonly jars: string;
	/** Class to start and jars that a module needs at run time. */
	needs(module: string): { readonly main?: string; readonly paths: readonly string[] };
}

/** @throws TareError TOOL_MISSING | INSTALL_FAILED | BUILD_FAILED | NO_START | AMBIGUOUS */
export async function packed(facts: JavaFacts, tools: Toolchain): Promise<Application> {
	const workspace = await tools.workspace();
	const before = facts.maven === undefined ? undefined : openPacked(facts, facts.maven, chooseJdk(wishOf(facts), tools), tools);
	const recompiled = await before?.recompile();
	const systemOf = (module: string) => (facts.maven?.system ?? []).filter((one) => one.module === module).map(({ path }) => join(workspace, path));
	if (recompiled !== undefined) {
		const app = takeApart({ ...recompiled, built: [], system: systemOf(''), ...(facts.main !== undefined && { main: facts.main }) });
		// What is missing is said after Maven has had its say.
		if (missingClasses(app, () => true).length === 0) return app;
	}
	const output = facts.gradle === undefined ? await maven(facts, before, tools) : ((await gradle(facts, tools)) ?? (await gradleByMaven(facts, tools)));
	const quarkus = findQuarkus(workspace, output.modules, output.target);
	if (quarkus.length > 0) return quarkusApplication(join(workspace, chooseModule(quarkus, () => true, facts.module).folder));
	const all = findArtifacts(workspace, output.modules, output.jars);
	const chosen = chooseModule(all, isStartable, facts.module);
	const built = builtJars(workspace, output).filter((path) => path !== join(workspace, chosen.file));
	if (needsServer(chosen.tree))
		return warApplication(
			{ tree: chosen.tree, built, jdk: chooseJdk(wishOf(facts), tools), env: facts.buildEnv, ...(facts.tomcat !== undefined && { tomcat: facts.tomcat }) },
			tools,
		);
	const made = (): Application => {
		const needs = output.needs(chosen.module);
		const main = facts.main ?? needs.main;
		const classPath = beside(chosen, workspace, built) ?? needs.paths;
		return takeApart({ tree: chosen.tree, built, classPath, system: systemOf(chosen.module), ...(main !== undefined && { main }) });
	};
	return checked(made, { facts, workspace, output }, tools);
}

interface Packed {
	readonly facts: JavaFacts;
	readonly workspace: string;
	readonly output: Output;
}

/** Where the jar turns out to hold less than the plan took it to, Maven is asked which libraries the app needs. @throws TareError MODULE_MISSING */
async function checked(made: () => Application, { facts, workspace, output }: Packed, tools: Toolchain): Promise<Application> {
	const own = compiledClasses(workspace, output);
	const isOwn = (file: string): boolean => own.has(file);
	const app = made();
	const missing = missingClasses(app, isOwn);
	const { maven } = facts;
	if (maven === undefined || maven.needsClassPath || missing.length === 0) return checkedApp(app, missing, tools);
	tools.emit({ type: 'note', says: `no plugin puts ${missing[0]?.name.replaceAll('/', '.')} into the jar: its libraries come from the pom` });
	await runMaven({ ...maven, needsClassPath: true }, { jdk: chooseJdk(wishOf(facts), tools), env: facts.buildEnv }, tools);
	const again = made();
	return checkedApp(again, missingClasses(again, isOwn), tools);
}

/** Names of the class files that the build made. */
function compiledClasses(workspace: string, { modules, target }: Output): ReadonlySet<string> {
	const languages = (module: string): readonly string[] => {
		const folder = join(workspace, module, 'build/classes');
		return existsSync(folder) ? readdirSync(folder).map((language) => join('build/classes', language, 'main')) : [];
	};
	const folders = (module: string): readonly string[] => (target === 'target' ? ['target/classes'] : languages(module));
	return new Set(modules.flatMap((module) => folders(module).flatMap((folder) => filesBelow(join(workspace, module, folder)))));
}

async function maven(facts: JavaFacts, before: PackedBefore | undefined, tools: Toolchain): Promise<Output> {
	const workspace = await tools.workspace();
	if (facts.maven !== undefined && before !== undefined) {
		const log = listen();
		await runMaven(facts.maven, { jdk: before.jdk, env: facts.buildEnv, onLine: log.hear }, tools);
		await before.remember(log);
	}
	return mavenOutput(workspace, facts.maven?.modules ?? ['']);
}

function mavenOutput(workspace: string, modules: readonly string[], main?: string): Output {
	const needs = (module: string) => ({ paths: readClassPath(workspace, module) ?? [], ...(main !== undefined && { main }) });
	return { modules, target: 'target', jars: 'target', needs };
}

async function gradle(facts: JavaFacts, tools: Toolchain): Promise<Output | undefined> {
	if (facts.gradle === undefined) return undefined;
	const { most, toolchain } = facts.gradle;
	const workspace = await tools.workspace();
	const jdk = chooseJdk({ ...(toolchain ? { reason: facts.because } : wishOf(facts)), ...(most !== undefined && { most }) }, tools);
	if (!(await runGradle({ facts: facts.gradle, jdk, env: facts.buildEnv }, tools))) return undefined;
	return { modules: facts.gradle.modules, target: 'build', jars: 'build/libs', needs: (module) => readGradleClassPath(workspace, module) };
}

/** Where no Gradle can be had, a project whose whole script is understood is built from what it says. @throws TareError TOOL_MISSING */
async function gradleByMaven(facts: JavaFacts, tools: Toolchain): Promise<Output> {
	const { source, emit } = tools;
	const reading = readGradle(source, gradleScripts(source, facts.gradle?.folder ?? ''));
	if (reading.kind === 'unknown') throw gradleMissing(facts.gradle ?? {}, reading);
	const { model } = reading;
	emit({
		type: 'warning',
		says: 'no Gradle can be had: the app is built by Maven from what the build script says',
		hint: 'Install Gradle for the very same versions of libraries: where two ask for different ones, Gradle takes the newer and Maven the nearer.',
	});
	const workspace = await tools.workspace();
	const jdk = chooseJdk(wishOf(facts), tools);
	const folder = join(facts.gradle?.folder ?? '', model.folder);
	const modules = [folder === '.' ? '' : folder];
	writeFileSync(join(workspace, folder, 'pom.xml'), pomOf(model, facts.level ?? Math.min(DEFAULT_JAVA, jdk.java)));
	await runMaven({ module: '', modules, args: [], needsClassPath: true, folder }, { jdk, env: facts.buildEnv }, tools);
	return mavenOutput(workspace, modules, model.main);
}

function isStartable({ manifest, file, tree }: Artifact): boolean {
	return manifest.has('Start-Class') || manifest.has('Main-Class') || file.endsWith('.war') || tree.names.some((name) => hasMain(tree, name));
}

function hasMain(tree: Tree, name: string): boolean {
	return name.endsWith('.class') && !name.startsWith('META-INF/') && readClass(tree.read(name))?.hasMain === true;
}

/** All jars of the modules: with a classifier, of tests, plain or executable. */
function builtJars(workspace: string, { modules, jars }: Output): BuiltJars {
	return modules.flatMap((module) => {
		const folder = join(workspace, module, jars);
		if (!existsSync(folder)) return [];
		return readdirSync(folder)
			.filter((name) => name.endsWith('.jar'))
			.sort()
			.map((name) => join(folder, name));
	});
}

function copyOf(path: string, built: BuiltJars): string | undefined {
	const { size } = statSync(path);
	return built.find((jar) => statSync(jar).size === size && readFileSync(jar).equals(readFileSync(path)));
}

/** Libraries beside the jar, as its manifest names them, where they were put there. */
function beside({ manifest, file }: Artifact, workspace: string, built: BuiltJars): readonly string[] | undefined {
	const folder = dirname(join(workspace, file));
	const named = (manifest.get('Class-Path') ?? '').split(/\s+/).filter((name) => name.endsWith('.jar'));
	const paths = named.map((name) => join(folder, name));
	return paths.length > 0 && paths.every((path) => existsSync(path)) ? paths.map((path) => copyOf(path, built) ?? path) : undefined;
}
