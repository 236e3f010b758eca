/** From the folders of Maven and Gradle to the application. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { type Application, takeApart } from './application.js';
import { type Artifact, chooseModule, findArtifacts, findQuarkus } from './artifact.js';
import { readClass } from './class-file.js';
import { runGradle } from './gradle.js';
import { gradleScripts } from './gradle-files.js';
import type { Jdk } from './jdk.js';
import type { BuiltJars } from './libraries.js';
import { readClassPath, runMaven } from './maven.js';
import type { JavaFacts } from './plan.js';
import { readPoms } from './pom.js';
import { quarkusApplication } from './quarkus.js';
import type { Tree } from './tree.js';

/** @throws TareError TOOL_MISSING | INSTALL_FAILED | BUILD_FAILED | NO_START | AMBIGUOUS */
export async function packed(facts: JavaFacts, jdk: Jdk, tools: Toolchain): Promise<Application> {
	const { source } = tools;
	const workspace = await tools.workspace();
	if (facts.maven !== undefined) await runMaven(facts.maven, jdk, facts.buildEnv, tools);
	if (facts.gradle !== undefined) await runGradle(facts.gradle, jdk, facts.buildEnv, tools);
	const folders = facts.maven !== undefined ? readPoms(source).map(({ folder }) => folder) : [...new Set(gradleScripts(source).map(({ folder }) => folder))];
	const [target, jars] = facts.maven !== undefined ? ['target', 'target'] : ['build', 'build/libs'];
	const quarkus = findQuarkus(workspace, folders, target);
	if (quarkus.length > 0) return quarkusApplication(join(workspace, chooseModule(quarkus, () => true, facts.module).folder));
	const all = findArtifacts(workspace, folders, jars);
	const chosen = chooseModule(all, isStartable, facts.module);
	const built = new Map(all.filter((one) => one !== chosen).map(({ file }) => [file.slice(file.lastIndexOf('/') + 1), join(workspace, file)]));
	return takeApart({ tree: chosen.tree, built, classPath: classPathOf(chosen, workspace, built), ...(facts.main !== undefined && { main: facts.main }) });
}

function isStartable({ manifest, file, tree }: Artifact): boolean {
	return manifest.has('Start-Class') || manifest.has('Main-Class') || file.endsWith('.war') || tree.names.some((name) => hasMain(tree, name));
}

function hasMain(tree: Tree, name: string): boolean {
	return name.endsWith('.class') && !name.startsWith('META-INF/') && readClass(tree.read(name))?.hasMain === true;
}

/** Libraries beside the jar: as its manifest names them, where they were put there; else as the build tool lists them. */
function classPathOf({ manifest, file, module }: Artifact, workspace: string, built: BuiltJars): readonly string[] {
	const folder = dirname(join(workspace, file));
	const named = (manifest.get('Class-Path') ?? '').split(/\s+/).filter((name) => name.endsWith('.jar'));
	const beside = named.map((name) => join(folder, name));
	if (beside.length > 0 && beside.every((path) => existsSync(path))) return beside.map((path) => built.get(basename(path)) ?? path);
	return readClassPath(workspace, module) ?? [];
}
