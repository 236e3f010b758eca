/** A plain Gradle project as a pom, for machines where no Gradle can be had. */
import type { GradleDependency, GradleModel } from './model.js';

const COMPILER = '3.13.0';
const JAR = '3.4.2';
const RESOURCES = '3.3.1';

/** @param level of the sources */
export function pomOf({ group, name, version, plugins, versions, dependencies }: GradleModel, level: number): string {
	const boot = plugins.get('org.springframework.boot');
	const boms = dependencies.filter(({ scope }) => scope === 'bom');
	const processors = dependencies.filter(({ scope }) => scope === 'processor');
	const used = dependencies.filter(({ scope }) => scope !== 'bom' && scope !== 'processor');
	const paths = processors.length === 0 ? '' : element('annotationProcessorPaths', processors.map((one) => element('path', coordinates(one))).join(''));
	return element(
		'project',
		[
			tag('modelVersion', '4.0.0'),
			...[tag('groupId', group), tag('artifactId', name.replace(/[^\w.-]/g, '-')), tag('version', version)],
			// As a parent, so that the project's own versions replace those of Spring's list.
			boot === undefined
				? ''
				: element('parent', coordinates({ group: 'org.springframework.boot', name: 'spring-boot-dependencies', version: boot }) + tag('relativePath', '')),
			element(
				'properties',
				[...versions].map(([property, value]) => tag(property, value)).join('') +
					tag('maven.compiler.release', String(level)) +
					tag('project.build.sourceEncoding', 'UTF-8'),
			),
			element('dependencyManagement', element('dependencies', boms.map(bom).join(''))),
			element('dependencies', used.map(dependency).join('')),
			element(
				'build',
				element(
					'plugins',
					plugin('maven-compiler-plugin', COMPILER, tag('parameters', 'true') + paths) +
						plugin('maven-jar-plugin', JAR, '') +
						plugin('maven-resources-plugin', RESOURCES, ''),
				),
			),
		].join('\n'),
	);
}

function dependency({ scope, ...one }: GradleDependency): string {
	return element('dependency', coordinates(one) + tag('scope', scope));
}

function bom(one: Pick<GradleDependency, 'group' | 'name' | 'version'>): string {
	return element('dependency', coordinates(one) + tag('type', 'pom') + tag('scope', 'import'));
}

function coordinates({ group, name, version }: Pick<GradleDependency, 'group' | 'name' | 'version'>): string {
	return tag('groupId', group) + tag('artifactId', name) + (version === undefined ? '' : tag('version', version));
}

function plugin(name: string, version: string, configuration: string): string {
	return element('plugin', tag('artifactId', name) + tag('version', version) + (configuration === '' ? '' : element('configuration', configuration)));
}

function tag(name: string, text: string): string {
	return element(name, text.replace(/&/g, '&amp;').replace(/</g, '&lt;'));
}

function element(name: string, inside: string): string {
	return `<${name}>${inside}</${name}>`;
}
