/** Runs the plan: packs the app once, takes apart what was packed, and layers it by how often it changes. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JAVA_LINES } from '../../src/bases/debian/sets.js';
import type { AppContent, BuildPlan, LayerSpec } from '../../src/builder/contract.js';
import { launcherEntry } from '../../src/builder/launcher/launcher.js';
import { runtimeEntries } from '../../src/builder/runtime-files.js';
import { TareError } from '../../src/errors.js';
import { type Entry, type FileEntry, imagePath } from '../../src/layers/entry.js';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { type Application, type Parts, takeApart } from './application.js';
import { ARCHIVE, archiveLayer } from './cds.js';
import { isJavaData } from './files.js';
import { compileSources } from './javac.js';
import { chooseJdk, wishOf } from './jdk.js';
import { type LinkedRuntime, linkRuntime } from './jlink.js';
import { APP_LAYER } from './layers-index.js';
import type { Library, LibraryKind } from './libraries.js';
import { missingClasses } from './linkage.js';
import { parseManifest } from './manifest.js';
import { extraLayer } from './maven/jib-directories.js';
import { checkedApp } from './missing.js';
import { packagesOf } from './packages.js';
import { packed } from './packed.js';
import { CLASS_PATH, commandOf, type JavaFacts, startedBy } from './plan.js';
import { sourceTree } from './prebuilt.js';
import { setFor } from './sets.js';
import { jarTree, readText, type Tree } from './tree.js';
import { needsServer, warApplication } from './war.js';

export async function buildJava(plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<AppContent> {
	const facts = plan.facts as unknown as JavaFacts;
	const made = await tools.once('java:app', () => makeApplication(facts, tools));
	const line = runtimeFor(made, facts);
	const app = facts.cds ? withArchive(made) : made;
	const linked = facts.jlink === undefined ? undefined : await linkRuntime(app, facts, platform, tools);
	const needs = linked === undefined ? neededRuntime(line, facts) : linked.modules.includes('java.desktop') ? (['java-desktop'] as const) : [];
	return {
		layers: [
			...(linked === undefined ? [] : [linked.layer]),
			...layersOf(app, facts, tools),
			...(facts.launch === undefined ? [] : [launcherLayer(platform)]),
			...(facts.extra.length === 0 ? [] : [extraLayer(facts.extra, tools)]),
			...(facts.cds ? [await archiveLayer(await archivedOf(made, linked, plan, tools), facts, platform, tools)] : []),
		],
		config: app.main.namesPort && !facts.hasPort ? { env: { PORT: '8080' }, ExposedPorts: { '8080/tcp': {} } } : {},
		packages: packagesOf(app.libraries),
		command:
			app.jar === undefined
				? commandOf(facts, app.main.name, `/app/${classPathFile(app)}`)
				: startedBy(facts.launch, [...app.flags, ...facts.flags, '-jar', `/app/${app.jar}`, ...facts.args]),
		needs,
	};
}

/** @throws TareError CONFIG_INVALID */
function withArchive(app: Application): Application {
	const folder = app.classPath.find((name) => !name.endsWith('.jar'));
	if (folder === undefined) return { ...app, flags: [...app.flags, `-XX:SharedArchiveFile=/app/${ARCHIVE}`] };
	throw new TareError('CONFIG_INVALID', 'java.cds works with jars only, and this app is started from a folder of classes', {
		hint: 'Leave cds out of tare.yaml, or pack the app as a jar.',
	});
}

async function archivedOf(
	{ own, libraries, classPath, flags, main, jar }: Application,
	linked: LinkedRuntime | undefined,
	{ facts, config }: BuildPlan,
	tools: Toolchain,
) {
	const { flags: asked, args, workdir, ships, outside } = facts as unknown as JavaFacts;
	const start = jar === undefined ? ['-cp', classPath.join(':'), main.name] : ['-jar', jar];
	const isFile = (entry: Entry): entry is FileEntry => entry.type === 'file';
	return {
		jars: [...own, ...libraries.map(libraryEntry)].filter(isFile),
		files: runtimeEntries({ workdir, paths: ships, outside }, isJavaData, tools).filter(isFile),
		command: [...flags, ...asked, ...start, ...args].filter((word) => !/\$/.test(word.replaceAll('$$', ''))),
		env: config.env ?? {},
		...(linked !== undefined && { linked: await linked.folder() }),
	};
}

function launcherLayer(platform: Platform): LayerSpec {
	return { name: 'launcher', purpose: 'runtime', entries: async () => [launcherEntry(platform)] };
}

function neededRuntime(line: number, facts: JavaFacts) {
	return line > facts.line ? [setFor('jre', line)] : [];
}

async function makeApplication(facts: JavaFacts, tools: Toolchain): Promise<Application> {
	const main = facts.main === undefined ? {} : { main: facts.main };
	const none = { built: [], classPath: [] };
	switch (facts.kind) {
		case 'jar':
			return finishedJar(facts, { built: none.built, ...main }, tools);
		case 'exploded':
			return takeApart({ tree: shippedTree(tools), ...none, ...main, exploded: true });
		case 'source': {
			const { tree, libraries } = await compileSources(facts, chooseJdk(wishOf(facts), tools), tools);
			const app = takeApart({ tree, built: none.built, classPath: libraries, ...main });
			return checkedApp(
				app,
				missingClasses(app, () => true),
				tools,
			);
		}
		default:
			return packed(facts, tools);
	}
}

async function finishedJar(facts: JavaFacts, parts: Omit<Parts, 'tree' | 'classPath'>, tools: Toolchain): Promise<Application> {
	const { root } = tools.source;
	const tree = jarTree(join(root, facts.file), facts.file);
	if (!needsServer(tree)) {
		const app = takeApart({ tree, classPath: besideJar(tree, root), ...parts });
		const own = app.main.name.replaceAll('.', '/').replace(/[^/]*$/, '');
		return checkedApp(
			app,
			missingClasses(app, (file) => file.startsWith(own)),
			tools,
		);
	}
	await tools.workspace();
	return warApplication(
		{ tree, built: parts.built, jdk: chooseJdk(wishOf(facts), tools), env: facts.buildEnv, ...(facts.tomcat !== undefined && { tomcat: facts.tomcat }) },
		tools,
	);
}

/** Libraries that the jar's manifest names, relative to the jar. */
function besideJar(tree: Tree, root: string): readonly string[] {
	const names = (parseManifest(readText(tree, 'META-INF/MANIFEST.MF') ?? '').get('Class-Path') ?? '').split(/\s+/).filter((name) => name.endsWith('.jar'));
	const paths = names.map((name) => join(root, dirname(tree.file), name));
	return paths.filter((path) => path.startsWith(`${root}/`) && existsSync(path));
}

function shippedTree({ source, rules }: Toolchain) {
	const all = sourceTree(source);
	return { ...all, names: all.names.filter((name) => !rules.unshipped(name)) };
}

/** A newer runtime of the same release where the classes need it. @throws TareError VERSION_UNSATISFIABLE */
function runtimeFor({ main }: Application, { line, release, because, jlink }: JavaFacts): number {
	if (main.java <= line) return line;
	// What is linked was chosen before anything was compiled.
	const newer = jlink !== undefined ? undefined : JAVA_LINES[release as keyof typeof JAVA_LINES].find((other) => other >= main.java);
	if (newer !== undefined) return newer;
	throw new TareError('VERSION_UNSATISFIABLE', `${main.name} was compiled for Java ${main.java}, and the image has Java ${line} (${because.says})`, {
		hint: `Compile for Java ${line} or older (maven.compiler.release, or the toolchain of Gradle), or say that the project is for ${main.java}: a file .java-version with "${main.java}".`,
		data: { needs: main.java, has: line },
	});
}

/** Where the project does not say more. */
const LIBRARIES: Readonly<Record<LibraryKind, string>> = { released: 'dependencies', snapshot: 'snapshots', module: 'modules' };

/** Bottom-up, the project's own where its jar has an index of them. */
function libraryLayers({ libraries, layers = [] }: Application): readonly LayerSpec[] {
	const layerOf = ({ layer, kind }: Library): string => layer ?? LIBRARIES[kind];
	const names = new Set([...layers.filter((name) => name !== APP_LAYER), ...Object.values(LIBRARIES)]);
	return [...names].map((name) => ({
		name,
		purpose: 'dependencies',
		entries: async () => libraries.filter((library) => layerOf(library) === name).map(libraryEntry),
	}));
}

function layersOf(app: Application, facts: JavaFacts, tools: Toolchain): readonly LayerSpec[] {
	const ships = { workdir: facts.workdir, paths: facts.ships, outside: facts.outside };
	return [
		...libraryLayers(app),
		{ name: 'files', purpose: 'assets', entries: async () => runtimeEntries(ships, isJavaData, tools) },
		{ name: 'app', purpose: 'app', entries: async () => [...app.own, ...(app.jar === undefined ? [classPathEntry(app)] : [])] },
	];
}

function libraryEntry({ name, size, content }: Library): Entry {
	return { type: 'file', path: imagePath(`app/${name}`), mode: 0o644, size, content };
}

/** A server of a war gives out what lies beside WEB-INF. */
function classPathFile({ classPath }: Application): string {
	return classPath[0]?.startsWith('WEB-INF/') === true ? `WEB-INF/${CLASS_PATH}` : CLASS_PATH;
}

/** https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html#java-command-line-argument-files: as long as it needs to be. */
function classPathEntry(app: Application): Entry {
	const path = app.classPath.map((name) => (name === '.' ? '/app' : `/app/${name}`)).join(':');
	const bytes = Buffer.from([...app.flags, '-cp', `"${path.replace(/["\\]/g, '\\$&')}"`, ''].join('\n'));
	return { type: 'file', path: imagePath(`app/${classPathFile(app)}`), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}
