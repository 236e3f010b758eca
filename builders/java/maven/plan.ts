/** What Maven is asked to do for a project, decided from its poms. */
import { posix } from 'node:path';
import type { PlanRequest, Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { DEFAULT_JAVA } from '../java-version.js';
import type { Layout } from '../layout.js';
import { planFrontend } from './frontend.js';
import { gitProperties } from './git-properties.js';
import type { MavenFacts } from './maven.js';
import { packsLibraries } from './packers.js';
import { POMS } from './polyglot.js';
import { lineage, type Pom, pluginSettings, property } from './pom.js';
import { askedArguments, configFile, configuredArguments } from './profiles.js';
import { folderOf, type MavenProject } from './project.js';
import { publishers } from './publishers.js';
import { systemJars } from './system-jars.js';

/** Jars are made anew from what is in them, so that the time is none of the project's: any that a zip can say. */
const TIME = '1980-02-01T00:00:00Z';

export interface MavenPlan {
	readonly facts: MavenFacts;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

export function planMaven(layout: Layout, maven: MavenProject, request: PlanRequest, level: number | undefined): MavenPlan {
	const { source, commit } = request;
	const git = gitProperties(maven.poms, commit);
	const published = publishers(maven.poms);
	const asked = askedArguments(request);
	const facts = factsOf(source, layout, maven, level, [...git.args, ...published.args, ...asked]);
	const configured = configuredArguments(request);
	const system = systemJars(layout, maven, source);
	const node = planFrontend(maven.reactor, source);
	return {
		facts: {
			...facts,
			...(git.files.length > 0 && { files: git.files }),
			...(system.jars.length > 0 && { system: system.jars }),
			...(node.frontend !== undefined && { frontend: node.frontend }),
		},
		reasons: [
			...git.reasons,
			...published.reasons,
			...system.reasons,
			...node.reasons,
			...(configured.length === 0 ? [] : [{ file: configFile(request) ?? '', line: 1, says: `Maven gets ${configured.join(' ')}` }]),
			...(asked.length === 0 ? [] : [{ says: `Maven gets ${asked.join(' ')}, as asked for` }]),
		],
		warnings: [...git.warnings, ...system.warnings, ...node.warnings],
	};
}

function factsOf(source: FileIndex, { module, named, own }: Layout, maven: MavenProject, level: number | undefined, more: readonly string[]): MavenFacts {
	const { entry, reactor, poms } = maven;
	const wrapper = wrapperFor(source, entry.folder);
	const alone = named && module !== undefined && module !== entry.folder ? posix.relative(entry.folder, module) : '';
	const file = posix.basename(entry.file);
	return {
		...(wrapper !== undefined && { wrapper }),
		module: alone,
		...(entry.folder !== '' && { folder: entry.folder }),
		modules: reactor.map(({ folder }) => folder),
		args: [
			...(POMS.includes(file) ? [] : ['-f', file]),
			// In a project of several modules one may need another's tests.
			...(reactor.length === 1 ? ['-Dmaven.test.skip=true'] : []),
			...(property(poms, 'project.build.outputTimestamp') === undefined ? [`-Dproject.build.outputTimestamp=${TIME}`] : []),
			...(poms.some(({ foreignParent }) => foreignParent !== undefined) ? [] : levelArguments(poms, level)),
			...more,
		],
		needsClassPath: !packsLibraries(own.length > 0 ? own : poms),
	};
}

/** Relative to the folder that Maven runs in: the wrapper of the nearest folder that has one. */
function wrapperFor(source: FileIndex, folder: string): string | undefined {
	for (let at = folder; ; at = folderOf(at)) {
		if (source.has(posix.join(at, 'mvnw')) && source.has(posix.join(at, '.mvn/wrapper/maven-wrapper.properties')))
			return posix.join(posix.relative(folder, at), 'mvnw').replace(/^(?!\.)/, './');
		if (at === '') return undefined;
	}
}

/** An old Maven knows no `release`, and without a level takes one that javac has given up. */
function levelArguments(poms: readonly Pom[], level = Math.min(17, DEFAULT_JAVA)): readonly string[] {
	const missing = ['source', 'target'].filter((name) => property(poms, `maven.compiler.${name}`) === undefined);
	return missing.map((name) => `-Dmaven.compiler.${name}=${level}`);
}

const STARTING = ['exec-maven-plugin', 'maven-jar-plugin', 'maven-shade-plugin', 'maven-assembly-plugin', 'spring-boot-maven-plugin'];

/** The class that the project names: for a jar that cannot be started by itself. */
export function mainOf({ own, poms }: Pick<Layout, 'own' | 'poms'>): string | undefined {
	if (own.length > 0) return namedIn(own);
	// Modules may name several: then the module decides.
	const all = new Set(poms.map((pom) => namedIn(lineage(pom))).filter((name) => name !== undefined));
	return all.size === 1 ? [...all][0] : undefined;
}

function namedIn(own: readonly Pom[]): string | undefined {
	const settings = STARTING.map((name) => pluginSettings(own, name, 'mainClass'));
	const named = [property(own, 'start-class'), ...settings, property(own, 'exec.mainClass'), property(own, 'mainClass'), property(own, 'main.class')];
	return named.map((value) => value?.text).find((text) => text !== undefined && /^[\w$.]+$/.test(text));
}
