/** What Maven is asked to do for a project, decided from its poms. */
import type { PlanRequest } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { DEFAULT_JAVA } from './java-version.js';
import type { MavenFacts } from './maven.js';
import { type Pom, pluginSettings, plugins, property } from './pom.js';
import { textOf } from './xml.js';

/** These put the libraries into the jar, or into a folder beside it. */
const PACKERS = /^(?:spring-boot|quarkus|micronaut|helidon|vertx|wildfly-jar)-maven-plugin$|^maven-(?:shade|assembly)-plugin$|^really-executable/;
/** Jars are made anew from what is in them, so that the time is none of the project's: any that a zip can say. */
const TIME = '1980-02-01T00:00:00Z';

export function planMaven(source: FileIndex, poms: readonly Pom[], { app, main, source: { has } }: PlanRequest, level: number | undefined): MavenFacts {
	const used = plugins(poms).map(({ artifact }) => artifact);
	const module = main ?? app;
	const isModule = module !== '' && poms.some(({ folder }) => folder === module);
	return {
		wrapper: source.has('mvnw') && has('.mvn/wrapper/maven-wrapper.properties'),
		module: isModule ? module : '',
		args: [
			// In a project of several modules one may need another's tests.
			...(poms.length === 1 ? ['-Dmaven.test.skip=true'] : []),
			...(property(poms, 'project.build.outputTimestamp') === undefined ? [`-Dproject.build.outputTimestamp=${TIME}`] : []),
			// The history is no part of the source that is built.
			...(used.some((name) => /^git-commit-id(?:-maven)?-plugin$/.test(name)) ? ['-Dmaven.gitcommitid.skip=true'] : []),
			...(poms.some(({ foreignParent }) => foreignParent !== undefined) ? [] : levelArguments(poms, level)),
		],
		needsClassPath: !plugins(isModule ? withParents(poms, module) : poms).some(({ artifact }) => PACKERS.test(artifact)),
	};
}

/** A module's pom and those that it inherits from; its neighbours in the project may be packed otherwise. */
function withParents(poms: readonly Pom[], module: string): readonly Pom[] {
	const chain: Pom[] = [];
	for (let pom = poms.find(({ folder }) => folder === module); pom !== undefined && !chain.includes(pom); ) {
		chain.push(pom);
		const parent = textOf(pom.xml, 'parent', 'artifactId');
		pom = poms.find(({ artifact }) => artifact === parent);
	}
	return chain;
}

/** An old Maven knows no `release`, and without a level takes one that javac has given up. */
function levelArguments(poms: readonly Pom[], level = Math.min(17, DEFAULT_JAVA)): readonly string[] {
	const missing = ['source', 'target'].filter((name) => property(poms, `maven.compiler.${name}`) === undefined);
	return missing.map((name) => `-Dmaven.compiler.${name}=${level}`);
}

/** The class that the project names: for a jar that cannot be started by itself. */
export function mainOf(poms: readonly Pom[], module: string | undefined): string | undefined {
	const own = module === undefined ? poms : poms.filter(({ folder }) => folder === module || folder === '');
	const settings = ['exec-maven-plugin', 'maven-jar-plugin', 'maven-shade-plugin', 'maven-assembly-plugin', 'spring-boot-maven-plugin'].map((name) =>
		pluginSettings(own, name, 'mainClass'),
	);
	const named = [property(own, 'start-class'), ...settings, property(own, 'exec.mainClass'), property(own, 'mainClass'), property(own, 'main.class')];
	const names = named.map((value) => value?.text).filter((text) => text !== undefined && /^[\w$.]+$/.test(text));
	// Modules may name several: then the module decides.
	return new Set(names).size > 1 && module === undefined && own.length > 1 ? undefined : names[0];
}
