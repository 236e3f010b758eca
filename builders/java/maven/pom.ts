/** pom.xml files of a project, as far as the plan needs them; Maven itself reads the rest (https://maven.apache.org/pom.html). */
import { posix } from 'node:path';
import type { FileIndex } from '../../../src/source/file-index.js';
import { childOf, childrenOf, type Element, parseXml, textOf } from '../xml.js';

export interface Pom {
	readonly file: string;
	/** '' for the root. */
	readonly folder: string;
	readonly xml: Element;
	readonly artifact: string;
	/** Folders of its modules. */
	readonly modules: readonly string[];
	/** Its parent, where that is no pom of this project. */
	readonly foreignParent?: { readonly artifact: string; readonly version: string };
}

/** The pom of a folder and all of its modules, parents first. @throws TareError MANIFEST_INVALID */
export function readPoms(source: FileIndex, file = 'pom.xml', seen = new Set<string>()): readonly Pom[] {
	const text = seen.has(file) ? undefined : source.text(file);
	if (text === undefined) return [];
	seen.add(file);
	const pom = readPom(source, parseXml(text, file), file);
	return [pom, ...pom.modules.flatMap((module) => readPoms(source, posix.join(pom.folder, module.endsWith('.xml') ? module : `${module}/pom.xml`), seen))];
}

function readPom(source: FileIndex, xml: Element, file: string): Pom {
	const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
	const profiles = childrenOf(childOf(xml, 'profiles'), 'profile');
	const modules = [xml, ...profiles].flatMap((owner) => childrenOf(childOf(owner, 'modules'), 'module')).map(({ text }) => text.trim());
	const parent = childOf(xml, 'parent');
	const near = posix.join(folder, textOf(parent, 'relativePath') ?? '../pom.xml');
	const foreign = parent !== undefined && (childOf(parent, 'relativePath')?.text.trim() === '' || !(source.has(near) || source.has(`${near}/pom.xml`)));
	return {
		file,
		folder,
		xml,
		artifact: textOf(xml, 'artifactId') ?? '',
		modules: [...new Set(modules)],
		...(foreign && { foreignParent: { artifact: textOf(parent, 'artifactId') ?? '', version: textOf(parent, 'version') ?? '' } }),
	};
}

export interface Value {
	readonly text: string;
	readonly file: string;
	readonly line: number;
}

/** A property by its name, references resolved. */
export function property(poms: readonly Pom[], name: string, depth = 0): Value | undefined {
	for (const { xml, file } of poms) {
		const element = childOf(xml, 'properties')?.children.find((child) => child.name === name);
		if (element === undefined) continue;
		const text = element.text
			.trim()
			.replace(/\$\{([^}]+)\}/g, (whole, other: string) => (depth > 8 ? whole : (property(poms, other, depth + 1)?.text ?? whole)));
		return { text, file, line: element.line };
	}
	return undefined;
}

export interface Plugin extends Value {
	readonly artifact: string;
	readonly group: string;
	readonly xml: Element;
}

/** Plugins of builds and of profiles; those that are only managed are not used. */
export function plugins(poms: readonly Pom[]): readonly Plugin[] {
	return poms.flatMap(({ xml, file }) =>
		[xml, ...childrenOf(childOf(xml, 'profiles'), 'profile')].flatMap((owner) =>
			childrenOf(childOf(owner, 'build', 'plugins'), 'plugin').map((plugin) => {
				const artifact = textOf(plugin, 'artifactId') ?? '';
				const group = textOf(plugin, 'groupId') ?? 'org.apache.maven.plugins';
				return { artifact, group, text: artifact, xml: plugin, file, line: plugin.line };
			}),
		),
	);
}

/** Managed plugins, too: their configuration counts wherever they are used. */
export function pluginSettings(poms: readonly Pom[], artifact: string, setting: string): Value | undefined {
	const managed = poms.flatMap(({ xml, file }) =>
		childrenOf(childOf(xml, 'build', 'pluginManagement', 'plugins'), 'plugin').map((plugin) => ({ plugin, file })),
	);
	const used = plugins(poms).map(({ xml, file }) => ({ plugin: xml, file }));
	for (const { plugin, file } of [...used, ...managed]) {
		if (textOf(plugin, 'artifactId') !== artifact) continue;
		const owners = [plugin, ...childrenOf(childOf(plugin, 'executions'), 'execution')];
		const element = owners.map((owner) => find(childOf(owner, 'configuration'), setting)).find((found) => found !== undefined);
		if (element !== undefined) return { text: resolvedIn(element.text.trim(), poms), file, line: element.line };
	}
	return undefined;
}

function find(element: Element | undefined, name: string): Element | undefined {
	for (const child of element?.children ?? []) {
		const found = child.name === name && child.children.length === 0 ? child : find(child, name);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** References to properties and to the project's own coordinates, as far as the poms here tell them. */
export function resolvedIn(text: string, poms: readonly Pom[]): string {
	return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => property(poms, name)?.text ?? coordinate(name, poms) ?? whole);
}

function coordinate(name: string, [pom]: readonly Pom[]): string | undefined {
	const part = /^(?:project|pom)\.(groupId|artifactId|version|name)$/.exec(name)?.[1];
	return part === undefined ? undefined : (textOf(pom?.xml, part) ?? textOf(pom?.xml, 'parent', part));
}

/** Is the dependency, or one of its group that starts so, named anywhere? */
export function dependsOn(poms: readonly Pom[], group: string): boolean {
	return poms.some(({ xml }) =>
		[childOf(xml, 'dependencies'), childOf(xml, 'dependencyManagement', 'dependencies')].some((list) =>
			childrenOf(list, 'dependency').some((dependency) => textOf(dependency, 'groupId')?.startsWith(group) === true),
		),
	);
}
