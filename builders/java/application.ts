/** What was built is taken apart: libraries in class path order, the application's own classes, the class to start. */
import { TareError } from '../../src/errors.js';
import type { Entry } from '../../src/layers/entry.js';
import { imagePath } from '../../src/layers/entry.js';
import { APP_LAYER, type LayersIndex, readLayersIndex } from './layers-index.js';
import { type BuiltJars, type Library, librariesAt, libraryIn } from './libraries.js';
import { findMain, type MainClass } from './main-class.js';
import { type Manifest, parseManifest, thinManifest } from './manifest.js';
import { bytesOf } from './references.js';
import { settledFiles } from './settle.js';
import { placedBytes, readText, type Tree } from './tree.js';
import { type JarFile, openZip, writeJar } from './zip.js';

export interface Application {
	readonly main: MainClass;
	readonly libraries: readonly Library[];
	/** Files below /app that are the application's own. */
	readonly own: readonly Entry[];
	/** Class path below /app, in order. */
	readonly classPath: readonly string[];
	/** Flags for java that the jar's manifest stands for. */
	readonly flags: readonly string[];
	/** The project's own layers, bottom-up; libraries name theirs. */
	readonly layers?: readonly string[];
	/** The program is started as this jar, which names all others itself. */
	readonly jar?: string;
}

export interface Parts {
	readonly tree: Tree;
	readonly built: BuiltJars;
	/** Jars on disk that the tree needs and does not hold. */
	readonly classPath: readonly string[];
	/** Jars on disk that belong to the app wherever its others are. */
	readonly system?: readonly string[];
	/** The class to start, where the project names it. */
	readonly main?: string;
	/** The files stay a folder: they were one before. */
	readonly exploded?: boolean;
}

const MANIFEST = 'META-INF/MANIFEST.MF';
const LIB = 'lib';
export const APP_JAR = 'app.jar';

/** @throws TareError NO_START | AMBIGUOUS | START_UNSUPPORTED | MANIFEST_INVALID */
export function takeApart(parts: Parts): Application {
	const text = readText(parts.tree, MANIFEST) ?? '';
	const manifest = parseManifest(text);
	const start = manifest.get('Start-Class');
	if (start !== undefined && parts.tree.names.some((name) => name.startsWith('WEB-INF/'))) return springWar(parts, parts.main ?? start);
	if (start !== undefined) return springBoot(parts, text, manifest, parts.main ?? start);
	if (parts.tree.names.some((name) => name.startsWith('WEB-INF/')) && manifest.get('Main-Class') === undefined) throw plainWar(parts.tree);
	return plain(parts, text, manifest);
}

/** https://docs.spring.io/spring-boot/specification/executable-jar/nested-jars.html; the loader is left out: a plain class path starts sooner. */
function springBoot({ tree, built, main, system = [] }: Parts, text: string, manifest: Manifest, start: string): Application {
	const folder = manifest.get('Spring-Boot-Classes') ?? 'BOOT-INF/classes/';
	const lib = manifest.get('Spring-Boot-Lib') ?? 'BOOT-INF/lib/';
	const inside = (name: string): string | undefined => {
		if (name.startsWith(folder)) return name.slice(folder.length);
		return name.startsWith('BOOT-INF/') || isLoader(name) ? undefined : name;
	};
	const index = readLayersIndex(readText(tree, manifest.get('Spring-Boot-Layers-Index') ?? 'BOOT-INF/layers.idx'));
	const packed = springLibraries(tree, lib, manifest.get('Spring-Boot-Classpath-Index')).map((path) =>
		inLayer(libraryIn(tree, path, built), index?.layerOf(path)),
	);
	const libraries = [...packed, ...librariesAt(system, built).filter((library) => !packed.some((one) => isCopy(one, library)))];
	const thin = (file: JarFile): JarFile => (file.name === MANIFEST ? { ...file, bytes: Buffer.from(thinManifest(text, start)) } : file);
	const groups = layeredFiles(tree, inside, index).map(({ layer, files }) => ({ layer, files: files.map(thin) }));
	const all = groups.flatMap(({ files }) => files);
	const own = groups.find(({ layer }) => layer === APP_LAYER)?.files ?? [];
	const others = groups.filter(({ layer }) => layer !== APP_LAYER);
	const beside = others.map(({ layer, files }): Library => ({ name: `${layer}.jar`, kind: 'module', layer, ...placedBytes(writeJar(files)) }));
	const app = jarApplication(own, [...beside, ...libraries], findMain(classesOf(all), main ?? start, tree.file), manifest);
	return { ...app, ...(index !== undefined && { layers: index.names }) };
}

/** Spring Boot's plugin may be told to take them along, under a name of its own. */
function isCopy(one: Library, other: Library): boolean {
	return one.size === other.size && bytesOf(one).equals(bytesOf(other));
}

/** Libraries among the application's own classes are modules of the project. */
function inLayer(library: Library, layer: string | undefined): Library {
	return { ...library, ...(layer !== undefined && { layer: layer === APP_LAYER ? 'modules' : layer }) };
}

interface LayerFiles {
	readonly layer: string;
	readonly files: readonly JarFile[];
}

/** Classes and resources are one jar, unless the project puts some of them into layers of their own. */
function layeredFiles(tree: Tree, inside: (name: string) => string | undefined, index: LayersIndex | undefined): readonly LayerFiles[] {
	const layerOf = (name: string): string => {
		const layer = name.startsWith('META-INF/') ? undefined : index?.layerOf(name);
		return layer === undefined || layer === 'spring-boot-loader' ? APP_LAYER : layer;
	};
	const names = new Set([APP_LAYER, ...tree.names.filter((name) => inside(name) !== undefined).map(layerOf)]);
	return [...names].map((layer) => ({ layer, files: settledFiles(tree, (name) => (layerOf(name) === layer ? inside(name) : undefined)) }));
}

const isLoader = (name: string): boolean => name.startsWith('org/springframework/boot/loader/');

/** The index has the order that the project was tested with; jars that it does not name come after. */
function springLibraries(tree: Tree, lib: string, index = 'BOOT-INF/classpath.idx'): readonly string[] {
	const there = tree.names.filter((name) => name.startsWith(lib) && name.endsWith('.jar'));
	const listed = [...(readText(tree, index) ?? '').matchAll(/^- "?([^"\n]+?)"?\s*$/gm)].map((match) => (match[1] as string).replace(/^(?!.*\/)/, lib));
	return [...new Set([...listed.filter((name) => tree.has(name)), ...there])];
}

/** A web application that starts itself stays a folder: its server looks for pages beside the classes. */
function springWar({ tree, built }: Parts, start: string): Application {
	const isJar = (name: string): boolean => /^WEB-INF\/lib(?:-provided)?\/[^/]+\.jar$/.test(name);
	const jars = [...tree.names.filter(isJar)].sort((a, b) => Number(a.includes('-provided/')) - Number(b.includes('-provided/')));
	const files = settledFiles(tree, (name) => (isJar(name) || isLoader(name) ? undefined : name));
	const classes = files
		.filter(({ name }) => name.startsWith('WEB-INF/classes/'))
		.map((file) => ({ ...file, name: file.name.slice('WEB-INF/classes/'.length) }));
	return {
		main: findMain(classesOf(classes), start, tree.file),
		libraries: jars.map((path) => ({ ...libraryIn(tree, path, built), name: path })),
		own: files.map(toEntry),
		classPath: ['WEB-INF/classes', ...jars],
		flags: [],
	};
}

/** A jar with everything in it, or one that needs others beside it. */
function plain({ tree, built, classPath, system = [], main, exploded = false }: Parts, text: string, manifest: Manifest): Application {
	const files = settledFiles(tree);
	const found = findMain(classesOf(files), main ?? manifest.get('Main-Class'), tree.file);
	const libraries = librariesAt([...withoutHeld(classPath, tree), ...system], built);
	if (!exploded) return jarApplication(text === '' ? [...files, emptyManifest()] : files, libraries, found, manifest);
	const jars = (manifest.get('Class-Path') ?? '').split(/\s+/).filter((name) => tree.has(name));
	return { main: found, libraries, own: files.map(toEntry), classPath: ['.', ...jars], flags: flagsOf(manifest) };
}

/** A jar with everything in it has the classes of its libraries already. */
function withoutHeld(paths: readonly string[], tree: Tree): readonly string[] {
	return paths.filter((path) => {
		const classes = openZip(path).members.filter(({ name }) => name.endsWith('.class') && !/^META-INF\/|module-info\.class$/.test(name));
		return classes.length === 0 || !classes.every(({ name }) => tree.has(name));
	});
}

function jarApplication(files: readonly JarFile[], libraries: readonly Library[], main: MainClass, manifest: Manifest): Application {
	const bytes = writeJar(files);
	const own: Entry = { type: 'file', path: imagePath(`app/${APP_JAR}`), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
	const named = libraries.map((library) => ({ ...library, name: `${LIB}/${library.name}` }));
	return { main, libraries: named, own: [own], classPath: [APP_JAR, ...named.map(({ name }) => name)], flags: flagsOf(manifest) };
}

function emptyManifest(): JarFile {
	return { name: MANIFEST, bytes: Buffer.from('Manifest-Version: 1.0\n\n') };
}

/** What `java -jar` reads in the manifest and `java -cp` does not. */
function flagsOf(manifest: Manifest): readonly string[] {
	const words = (name: string): readonly string[] => (manifest.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
	return [
		...words('Add-Exports').map((word) => `--add-exports=${word}=ALL-UNNAMED`),
		...words('Add-Opens').map((word) => `--add-opens=${word}=ALL-UNNAMED`),
		...words('Enable-Native-Access').map((word) => `--enable-native-access=${word}`),
	];
}

function toEntry({ name, bytes }: JarFile): Entry {
	return { type: 'file', path: imagePath(`app/${name}`), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}

function classesOf(files: readonly JarFile[]): readonly JarFile[] {
	return files.filter(({ name }) => name.endsWith('.class') && !name.startsWith('META-INF/') && !name.endsWith('module-info.class'));
}

function plainWar({ file }: Tree): TareError {
	return new TareError('START_UNSUPPORTED', `${file} is a web application for a server such as Tomcat, and starts nothing by itself`, {
		hint: 'Let it bring its server: with Spring Boot, or as a jar with embedded Tomcat or Jetty and a main class.',
		at: { file },
	});
}
