/** Which framework serves: it decides how the app learns its port. */
import type { GradleScript } from './gradle/files.js';
import { dependsOn, type Pom, plugins } from './maven/pom.js';
import type { Framework } from './port.js';
import { textOf } from './xml.js';

const GROUPS: readonly (readonly [Framework, string])[] = [
	['quarkus', 'io.quarkus'],
	['micronaut', 'io.micronaut'],
	['helidon', 'io.helidon'],
	['spring', 'org.springframework.boot'],
];

export function findFramework(poms: readonly Pom[], scripts: readonly GradleScript[]): Framework | undefined {
	return GROUPS.find(([, group]) => inPoms(poms, group) || scripts.some(({ text }) => new RegExp(`["'(]${group.replaceAll('.', '\\.')}`).test(text)))?.[0];
}

function inPoms(poms: readonly Pom[], group: string): boolean {
	const parents = poms.some(({ xml }) => textOf(xml, 'parent', 'groupId')?.startsWith(group) === true);
	return parents || dependsOn(poms, group) || plugins(poms).some(({ xml }) => textOf(xml, 'groupId')?.startsWith(group) === true);
}

/** By the libraries of what is built already. */
export function frameworkOf(libraries: readonly string[]): Framework | undefined {
	const has = (pattern: RegExp): boolean => libraries.some((name) => pattern.test(name));
	if (has(/^(?:.*\.)?quarkus-core-/)) return 'quarkus';
	if (has(/^micronaut-http-server-/)) return 'micronaut';
	return has(/^spring-boot-\d/) ? 'spring' : undefined;
}
