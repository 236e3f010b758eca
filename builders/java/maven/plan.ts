/** What Maven is asked to do for a project, decided from its poms. */
import { parseCommandLine } from '../../../src/builder/command-line.js';
import type { PlanRequest, Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { DEFAULT_JAVA } from '../java-version.js';
import { settingsOf } from '../settings.js';
import { textOf } from '../xml.js';
import { gitProperties } from './git-properties.js';
import type { MavenFacts } from './maven.js';
import { type Pom, pluginSettings, plugins, property } from './pom.js';
import { publishers } from './publishers.js';

/** These put the libraries into the jar, or into a folder beside it. */
const PACKERS = /^(?:spring-boot|quarkus|micronaut|helidon|vertx|wildfly-jar)-maven-plugin$|^maven-(?:shade|assembly)-plugin$|^really-executable/;
/** Jars are made anew from what is in them, so that the time is none of the project's: any that a zip can say. */
const TIME = '1980-02-01T00:00:00Z';

export interface MavenPlan {
	readonly facts: MavenFacts;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

export function planMaven(source: FileIndex, poms: readonly Pom[], request: PlanRequest, level: number | undefined): MavenPlan {
	const { app, main, commit, buildEnv } = request;
	const git = gitProperties(poms, commit);
	const published = publishers(poms);
	const { profiles = [], arguments: own = [] } = settingsOf(request);
	const asked = [...(profiles.length === 0 ? [] : [`-P${profiles.join(',')}`]), ...own, ...argumentsOf(buildEnv.MAVEN_ARGS)];
	const facts = factsOf(source, poms, main ?? app, level, [...git.args, ...published.args, ...asked]);
	return {
		facts: { ...facts, ...(git.files.length > 0 && { files: git.files }) },
		reasons: [
			...git.reasons,
			...published.reasons,
			...configured(source),
			...(asked.length === 0 ? [] : [{ says: `Maven gets ${asked.join(' ')}, as asked for` }]),
		],
		warnings: git.warnings,
	};
}

/** Maven reads the file itself: https://maven.apache.org/configure.html#mvn-maven-config-file */
function configured(source: FileIndex): readonly Reason[] {
	const file = '.mvn/maven.config';
	const words =
		source
			.text(file)
			?.trim()
			.split(/\s+/)
			.filter((word) => word !== '') ?? [];
	return words.length === 0 ? [] : [{ file, line: 1, says: `Maven gets ${words.join(' ')}` }];
}

/** Maven reads the variable from 3.9 on; an older one would ignore it. @throws TareError CONFIG_INVALID */
function argumentsOf(text = ''): readonly string[] {
	const parsed = parseCommandLine(text);
	if (parsed.kind === 'commands' && parsed.commands.length <= 1) return parsed.commands[0]?.words ?? [];
	throw new TareError('CONFIG_INVALID', `MAVEN_ARGS "${text}" is not a list of arguments`, { hint: 'Write them as on a command line: MAVEN_ARGS=-Pprod.' });
}

function factsOf(source: FileIndex, poms: readonly Pom[], module: string, level: number | undefined, more: readonly string[]): MavenFacts {
	const isModule = module !== '' && poms.some(({ folder }) => folder === module);
	return {
		wrapper: source.has('mvnw') && source.has('.mvn/wrapper/maven-wrapper.properties'),
		module: isModule ? module : '',
		args: [
			// In a project of several modules one may need another's tests.
			...(poms.length === 1 ? ['-Dmaven.test.skip=true'] : []),
			...(property(poms, 'project.build.outputTimestamp') === undefined ? [`-Dproject.build.outputTimestamp=${TIME}`] : []),
			...(poms.some(({ foreignParent }) => foreignParent !== undefined) ? [] : levelArguments(poms, level)),
			...more,
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
