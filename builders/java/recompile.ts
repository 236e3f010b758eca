/**
 * Where nothing but Java sources has changed since Maven packed the project, javac alone compiles them, with the options that Maven gave it;
 * the rest of the jar is the kept one. Only after a run whose every goal is known to do nothing else with classes.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { Parts } from './application.js';
import { findArtifacts } from './artifact.js';
import { runTool, SHORT_RUN } from './build-tool.js';
import { readClass } from './class-file.js';
import type { Jdk } from './jdk.js';
import { type MavenLog, splitOptions } from './maven/log.js';
import { type MavenFacts, readClassPath } from './maven/maven.js';
import type { JavaFacts } from './plan.js';
import { filesBelow, folderTree, jarTree, type Tree } from './tree.js';

interface Kept {
	/** Of javac, with `WORKSPACE` in the place of the folder. */
	readonly options: readonly (readonly string[])[];
	/** Name of the jar below the workspace, and where in it the classes are. */
	readonly file: string;
	readonly folder: string;
	/** Jars on disk that the app needs beside its own. */
	readonly classPath: readonly string[];
	/** Names of the classes that can be started: what Maven may have chosen among. */
	readonly mains: readonly string[];
}

type Recompiled = Pick<Parts, 'tree' | 'classPath'>;

const KIND = 'java-packed';
const JAR = 'app.jar';
const SOURCES = 'src/main/java/';
const RESOURCES = 'src/main/resources/';
const WORKSPACE = '\0workspace';
const GOALS = new Set([
	...['resources:resources', 'compiler:compile', 'resources:testResources', 'compiler:testCompile', 'surefire:test', 'jar:jar'],
	...['spring-boot:repackage', 'dependency:build-classpath'],
]);

/** What an earlier build of the same project packed, but for its sources. */
export interface PackedBefore {
	readonly jdk: Jdk;
	/** @returns undefined where Maven has to run */
	recompile(): Promise<Recompiled | undefined>;
	/** After Maven has packed. */
	remember(log: MavenLog): Promise<void>;
}

export function openPacked(facts: JavaFacts, maven: MavenFacts, jdk: Jdk, tools: Toolchain): PackedBefore {
	if (!isPlain(facts, maven)) return { jdk, recompile: async () => undefined, remember: async () => undefined };
	const key = keyOf(facts, jdk, tools);
	return { jdk, recompile: async () => (tools.fresh ? undefined : recompile(key, jdk, tools)), remember: (log) => remember(key, log, tools) };
}

async function recompile(key: string, jdk: Jdk, tools: Toolchain): Promise<Recompiled | undefined> {
	const [kept, packed] = [await tools.store.record<Kept>(KIND, key), await tools.store.findTree(KIND, key)];
	if (kept === undefined || packed === undefined || !allThere(kept)) return undefined;
	const classes = await compile(kept, jdk, tools);
	if (classes === undefined || mainsOf(classes, '').join() !== kept.mains.join()) return undefined;
	tools.emit({ type: 'note', says: 'only Java sources have changed since Maven packed the project: compiled by javac alone, with the same options' });
	return { tree: withClasses(jarTree(join(packed, JAR), kept.file), classes, kept.folder), classPath: kept.classPath };
}

async function remember(key: string, log: MavenLog, tools: Toolchain): Promise<void> {
	const workspace = await tools.workspace();
	const goals = log.goals() ?? ['unknown'];
	if (!goals.every((goal) => GOALS.has(goal)) || log.options().length !== 1) return;
	const options = splitOptions(log.options()[0] as string);
	const [artifact, ...others] = findArtifacts(workspace, [''], 'target');
	if (options === undefined || artifact === undefined || others.length > 0) return;
	const { tree, file, manifest } = artifact;
	const folder = manifest.get('Spring-Boot-Classes') ?? (manifest.has('Start-Class') ? 'BOOT-INF/classes/' : '');
	const classPath = readClassPath(workspace, '') ?? [];
	const kept: Kept = {
		options: options.map((words) => words.map((word) => word.replaceAll(workspace, WORKSPACE))),
		file,
		folder,
		classPath,
		mains: mainsOf(tree, folder),
	};
	if (!isUnderstood(kept, workspace, tree, tools)) return;
	await tools.store.tree(KIND, key, async (dir) => copyFileSync(join(workspace, file), join(dir, JAR)));
	await tools.store.setRecord(KIND, key, kept);
}

/** One module in the root. */
function isPlain({ module }: JavaFacts, { module: asked, folder }: MavenFacts): boolean {
	return module === undefined && asked === '' && folder === undefined;
}

/** Everything but the sources themselves. */
function keyOf(facts: JavaFacts, jdk: Jdk, tools: Toolchain): string {
	const { HOME = '', PATH = '', ...passed } = tools.passed(['HOME', 'PATH', 'MAVEN_*', 'MVNW_*', 'M2_HOME', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS']);
	const hash = createHash('sha256').update(JSON.stringify([tools.source.root, facts, jdk, passed, HOME]));
	for (const { path, executable } of tools.source.files) if (!isSource(path)) hash.update(`${path}\0${executable}\0${tools.contentHash(path)}\n`);
	const mvn = PATH.split(delimiter)
		.map((folder) => join(folder, 'mvn'))
		.find((path) => existsSync(path));
	const files = [join(jdk.home, 'release'), join(HOME, '.m2/settings.xml'), join(HOME, '.mavenrc'), ...(mvn === undefined ? [] : [mvn])];
	for (const file of files) hash.update(`${identityOf(file)}\n`);
	return hash.digest('hex');
}

function isSource(path: string): boolean {
	return path.startsWith(SOURCES) && path.endsWith('.java');
}

function identityOf(path: string): string {
	const stat = statSync(path, { throwIfNoEntry: false });
	return stat === undefined ? 'none' : `${stat.size} ${stat.mtimeMs}`;
}

/** The jar's classes are the compiler's, and what else is in its folder of classes are the project's resources. */
function isUnderstood({ options, folder, classPath }: Kept, workspace: string, tree: Tree, tools: Toolchain): boolean {
	const value = (...names: readonly string[]): string => options.find(([name = '']) => names.includes(name))?.[1] ?? '';
	const output = `${WORKSPACE}/target/classes`;
	const roots = value('-sourcepath', '--source-path')
		.split(':')
		.filter((root) => root !== '' && !root.startsWith(`${WORKSPACE}/target/`));
	const paths = [...value('-classpath', '-cp', '--class-path').split(':'), ...classPath].filter((path) => path !== '' && path !== output);
	const made = filesBelow(join(workspace, 'target/classes'));
	const inJar = tree.names.filter((name) => name.startsWith(folder) && name.endsWith('.class')).map((name) => name.slice(folder.length));
	const sources = tools.source.files.map(({ path }) => path).filter(isSource);
	return (
		value('-d') === output &&
		roots.join() === `${WORKSPACE}/${SOURCES.slice(0, -1)}` &&
		// A snapshot may be another one under the same name.
		paths.every((path) => !path.startsWith(WORKSPACE) && !path.startsWith(workspace) && !path.includes('SNAPSHOT')) &&
		same(
			compiledFiles(workspace),
			sources.map((path) => join(workspace, path)),
		) &&
		same(
			inJar,
			made.filter((name) => name.endsWith('.class')),
		) &&
		made.every((name) => name.endsWith('.class') !== tools.source.has(`${RESOURCES}${name}`))
	);
}

function same(one: readonly string[], other: readonly string[]): boolean {
	return [...one].sort().join('\n') === [...other].sort().join('\n');
}

/** What the compiler plugin lists as its input. */
function compiledFiles(workspace: string): readonly string[] {
	const status = join(workspace, 'target/maven-status/maven-compiler-plugin/compile/default-compile/inputFiles.lst');
	return existsSync(status)
		? readFileSync(status, 'utf8')
				.split('\n')
				.filter((line) => line !== '')
		: [];
}

function allThere({ options, classPath }: Kept): boolean {
	const jars = options.filter(([name = '']) => /^(?:-classpath|-cp|--class-path)$/.test(name)).flatMap(([, value = '']) => value.split(':'));
	return [...jars, ...classPath].every((path) => path === '' || path.startsWith(WORKSPACE) || existsSync(path));
}

/** The folder of compiled classes; undefined where javac fails, for Maven says why in its own words, or writes anything else. */
async function compile({ options }: Kept, jdk: Jdk, tools: Toolchain): Promise<Tree | undefined> {
	const [cwd, output, generated, scratch] = [await tools.workspace(), ...(await Promise.all(['classes', 'generated', 'javac'].map(tools.scratch)))] as string[];
	const placed = options.map(([name = '', value]) =>
		value === undefined ? [name] : [name, name === '-d' ? output : name === '-s' ? generated : value],
	) as string[][];
	const files = tools.source.files.map(({ path }) => path).filter(isSource);
	const words = [...placed.flat().map((word) => word.replaceAll(WORKSPACE, cwd as string)), ...files];
	const list = join(scratch as string, 'arguments');
	writeFileSync(list, words.map((word) => `"${word.replace(/["\\]/g, '\\$&')}"`).join('\n'));
	const result = await runTool(
		{ step: 'compile', argv: ['javac', ...SHORT_RUN.map((flag) => `-J${flag}`), `@${list}`], cwd: cwd as string, jdk, env: {} },
		tools,
	);
	if (result?.exitCode !== 0) return undefined;
	const names = filesBelow(output as string);
	return names.every((name) => name.endsWith('.class')) ? folderTree(output as string, names, 'classes') : undefined;
}

function mainsOf(tree: Tree, folder: string): readonly string[] {
	const classes = tree.names.filter((name) => name.startsWith(folder) && name.endsWith('.class'));
	return classes.flatMap((name) => (readClass(tree.read(name))?.hasMain === true ? [name.slice(folder.length)] : [])).sort();
}

function withClasses(jar: Tree, classes: Tree, folder: string): Tree {
	const replaced = (name: string): boolean => name.startsWith(folder) && name.endsWith('.class');
	const from = (name: string): readonly [Tree, string] => (replaced(name) ? [classes, name.slice(folder.length)] : [jar, name]);
	return {
		file: jar.file,
		names: [...jar.names.filter((name) => !replaced(name)), ...classes.names.map((name) => `${folder}${name}`)],
		has: (name) => {
			const [tree, at] = from(name);
			return tree.has(at);
		},
		read: (name) => {
			const [tree, at] = from(name);
			return tree.read(at);
		},
		content: (name) => {
			const [tree, at] = from(name);
			return tree.content(at);
		},
	};
}
