/** One pom as far as the plan needs it, and what it says with the poms it inherits from; Maven itself reads the rest (https://maven.apache.org/pom.html). */
import { childOf, childrenOf, type Element, textOf } from '../xml.js';

export interface Pom {
	readonly file: string;
	/** '' for the root. */
	readonly folder: string;
	readonly xml: Element;
	readonly artifact: string;
	/** Its own or its parent's. */
	readonly group: string;
	readonly version: string;
	/** Files of its modules' poms. */
	readonly modules: readonly string[];
	/** Its parent, where that is a pom of this repository. */
	readonly parent?: Pom;
	/** Its parent, where that is none. */
	readonly foreignParent?: ForeignParent;
	/** Profiles that take part: those asked for, else those that are active by default. */
	readonly active: readonly Element[];
}

export interface ForeignParent {
	readonly group: string;
	readonly artifact: string;
	readonly version: string;
	/** Where Maven looks first; undefined where the pom says to look in repositories only. */
	readonly place?: string;
	readonly line: number;
}

export interface Value {
	readonly text: string;
	readonly file: string;
	readonly line: number;
}

/** A pom and those that it inherits from, nearest first. */
export function lineage(pom: Pom): readonly Pom[] {
	const out: Pom[] = [];
	for (let at: Pom | undefined = pom; at !== undefined && !out.includes(at); at = at.parent) out.push(at);
	return out;
}

/** The poms with all that they inherit from, each once. */
export function withParents(poms: readonly Pom[]): readonly Pom[] {
	return [...new Set(poms.flatMap(lineage))];
}

const DEEPEST = 8;

/** A property by its name, references resolved: the first pom that has it decides. */
export function property(poms: readonly Pom[], name: string, depth = 0): Value | undefined {
	for (const { xml, file, active } of poms) {
		const owners = [...active].reverse().concat(xml);
		const element = owners.map((owner) => childOf(owner, 'properties', name)).find((found) => found !== undefined);
		if (element === undefined) continue;
		return { text: depth > DEEPEST ? element.text.trim() : resolvedIn(element.text.trim(), poms, depth + 1), file, line: element.line };
	}
	return undefined;
}

/** References to properties and to the project's own coordinates, as far as the poms tell them; the first is the project. */
export function resolvedIn(text: string, poms: readonly Pom[], depth = 0): string {
	return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => property(poms, name, depth)?.text ?? coordinate(name, poms, depth) ?? whole);
}

function coordinate(name: string, poms: readonly Pom[], depth: number): string | undefined {
	const [pom] = poms;
	const [, above, part] = /^(?:project|pom)\.(parent\.)?(groupId|artifactId|version|name)$/.exec(name) ?? [];
	if (pom === undefined || part === undefined || depth > DEEPEST) return undefined;
	const text = above === undefined ? (textOf(pom.xml, part) ?? textOf(pom.xml, 'parent', part)) : textOf(pom.xml, 'parent', part);
	return text === undefined ? undefined : resolvedIn(text, poms, depth + 1);
}

export interface Plugin extends Value {
	readonly artifact: string;
	readonly group: string;
	readonly xml: Element;
}

/** Plugins of builds and of profiles; those that are only managed are not used. */
export function plugins(poms: readonly Pom[]): readonly Plugin[] {
	return poms.flatMap(({ xml, file }) =>
		[xml, ...childrenOf(childOf(xml, 'profiles'), 'profile')].flatMap((owner) => pluginsIn(childOf(owner, 'build', 'plugins'), file)),
	);
}

/** Without those of profiles that only a command line turns on, and ours does not. */
export function runPlugins(poms: readonly Pom[]): readonly Plugin[] {
	return poms.flatMap(({ xml, file, active }) => {
		const byThemselves = childrenOf(childOf(xml, 'profiles'), 'profile').filter((profile) => !active.includes(profile) && isActivated(profile));
		return [xml, ...active, ...byThemselves].flatMap((owner) => pluginsIn(childOf(owner, 'build', 'plugins'), file));
	});
}

/** By the JDK, the system, a file or a property: Maven knows. */
function isActivated(profile: Element): boolean {
	return (childOf(profile, 'activation')?.children ?? []).some(({ name }) => name !== 'activeByDefault');
}

/** Their configuration counts wherever they are used. */
export function managedPlugins(poms: readonly Pom[]): readonly Plugin[] {
	return poms.flatMap(({ xml, file, active }) => [...active, xml].flatMap((owner) => pluginsIn(childOf(owner, 'build', 'pluginManagement', 'plugins'), file)));
}

function pluginsIn(list: Element | undefined, file: string): readonly Plugin[] {
	return childrenOf(list, 'plugin').map((xml) => {
		const artifact = textOf(xml, 'artifactId') ?? '';
		return { artifact, group: textOf(xml, 'groupId') ?? 'org.apache.maven.plugins', text: artifact, xml, file, line: xml.line };
	});
}

export function pluginSettings(poms: readonly Pom[], artifact: string, setting: string): Value | undefined {
	for (const { xml, file, artifact: name } of [...plugins(poms), ...managedPlugins(poms)]) {
		if (name !== artifact) continue;
		const owners = [xml, ...childrenOf(childOf(xml, 'executions'), 'execution')];
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

export interface Dependency {
	readonly group: string;
	readonly artifact: string;
	readonly version?: string;
	readonly scope: string;
	readonly systemPath?: string;
	readonly file: string;
	readonly line: number;
}

/** What a pom and its parents depend on, with references resolved and scopes that a parent manages. */
export function dependencies(pom: Pom): readonly Dependency[] {
	const poms = lineage(pom);
	const managed = poms.flatMap(({ xml }) => childrenOf(childOf(xml, 'dependencyManagement', 'dependencies'), 'dependency'));
	return poms.flatMap(({ xml, file, active }) =>
		[xml, ...active].flatMap((owner) =>
			childrenOf(childOf(owner, 'dependencies'), 'dependency').map((one): Dependency => {
				const value = (from: Element, name: string): string | undefined => {
					const text = textOf(from, name);
					return text === undefined ? undefined : resolvedIn(text, poms);
				};
				const [group = '', artifact = ''] = [value(one, 'groupId'), value(one, 'artifactId')];
				const rule = managed.find((other) => value(other, 'artifactId') === artifact && value(other, 'groupId') === group);
				const setting = (name: string) => value(one, name) ?? (rule === undefined ? undefined : value(rule, name));
				const [version, systemPath] = [setting('version'), setting('systemPath')];
				return {
					...{ group, artifact, scope: setting('scope') ?? 'compile', file, line: one.line },
					...(version !== undefined && { version }),
					...(systemPath !== undefined && { systemPath }),
				};
			}),
		),
	);
}

/** Is the dependency, or one of its group that starts so, named anywhere? */
export function dependsOn(poms: readonly Pom[], group: string): boolean {
	return poms.some(({ xml }) =>
		[childOf(xml, 'dependencies'), childOf(xml, 'dependencyManagement', 'dependencies')].some((list) =>
			childrenOf(list, 'dependency').some((dependency) => textOf(dependency, 'groupId')?.startsWith(group) === true),
		),
	);
}
