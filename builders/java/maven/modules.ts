/** Modules of a Maven project, as the choice of the app sees them. */
import type { Reason } from '../../../src/builder/contract.js';
import type { Module } from '../apps.js';
import { childOf, textOf } from '../xml.js';
import { dependencies, type Pom, plugins, property } from './pom.js';
import { type MavenProject, modulesBelow } from './project.js';

/** Those of the folder that is built. */
export function mavenModules(project: MavenProject): readonly Module[] {
	return modulesBelow(project, project.own).map((pom) => ({
		folder: pom.folder,
		names: [pom.artifact, `${pom.group}:${pom.artifact}`, `:${pom.artifact}`],
		needs: neededPoms(pom, project).map(({ folder }) => folder),
		packs: !/^(?:pom|maven-plugin|maven-archetype|ear)$/.test(packaging(pom)),
		...saysOf(pom),
	}));
}

/** Modules of the project that a pom depends on. */
function neededPoms(pom: Pom, { reactor }: MavenProject): readonly Pom[] {
	const wanted = dependencies(pom).filter(({ scope }) => scope !== 'test');
	return reactor.filter((other) => other !== pom && wanted.some(({ group, artifact }) => artifact === other.artifact && group === other.group));
}

/** What decides about the app: its pom, those it depends on, and the parents of them all. */
export function pomsOf(folder: string | undefined, project: MavenProject): readonly Pom[] {
	const pom = folder === undefined ? undefined : project.reactor.find((one) => one.folder === folder);
	if (pom === undefined) return project.poms;
	const found = new Set([pom]);
	for (const one of found) for (const next of [one.parent, ...neededPoms(one, project)]) if (next !== undefined) found.add(next);
	return [...found];
}

function packaging({ xml }: Pom): string {
	return textOf(xml, 'packaging') ?? 'jar';
}

const STARTERS = /^(?:spring-boot|quarkus|micronaut|helidon|vertx|wildfly-jar|payara-micro|liberty|tomee)-maven-plugin$/;
const PACKERS = /^maven-(?:shade|assembly|jar)-plugin$|^exec-maven-plugin$/;
const CLASSES = ['start-class', 'mainClass', 'main.class', 'exec.mainClass'];

/** A parent may have these for all modules: only what a module says itself counts. */
function saysOf(pom: Pom): { readonly says?: Reason } {
	const { file, xml } = pom;
	const place = { file, line: xml.line };
	if (packaging(pom) === 'war') return { says: { ...place, says: `${file} packs a war` } };
	const starter = plugins([pom]).find(({ artifact, xml: plugin }) => STARTERS.test(artifact) && textOf(plugin, 'configuration', 'skip') !== 'true');
	if (starter !== undefined) return { says: { file, line: starter.line, says: `${file} has ${starter.artifact}` } };
	const packer = plugins([pom]).find((plugin) => PACKERS.test(plugin.artifact) && JSON.stringify(plugin.xml.children).includes('"mainClass"'));
	if (packer !== undefined) return { says: { file, line: packer.line, says: `${file} names a class to start` } };
	const named = CLASSES.map((name) => childOf(xml, 'properties', name)).find((element) => element !== undefined);
	return named === undefined || property([pom], named.name) === undefined ? {} : { says: { file, line: named.line, says: `${file} names a class to start` } };
}
