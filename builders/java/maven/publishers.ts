/** Maven plugins that build or push images, or deploy: a build of Tare never publishes anything, so each is skipped by its own switch. */
import type { Reason } from '../../../src/builder/contract.js';
import { type Pom, plugins } from './pom.js';

/** By group and artifact; some plugins of one name have switches of their own. */
const SWITCHES: readonly (readonly [plugin: RegExp, switches: readonly string[]])[] = [
	[/^com\.google\.cloud\.tools:jib-maven-plugin$/, ['-Djib.skip=true']],
	[/^org\.springframework\.boot:spring-boot-maven-plugin$/, ['-Dspring-boot.build-image.skip=true', '-Dspring-boot.build-image.publish=false']],
	[/^io\.fabric8:docker-maven-plugin$/, ['-Ddocker.skip=true']],
	[/^com\.spotify:docker-maven-plugin$/, ['-DskipDocker=true']],
	[/^com\.spotify:dockerfile-maven-plugin$/, ['-Ddockerfile.skip=true']],
	[/^io\.fabric8:fabric8-maven-plugin$/, ['-Dfabric8.skip=true']],
	[/^org\.eclipse\.jkube:(?:kubernetes|openshift)-maven-plugin$/, ['-Djkube.skip=true']],
	[/^io\.quarkus(?:\.platform)?:quarkus-maven-plugin$/, ['-Dquarkus.container-image.build=false', '-Dquarkus.container-image.push=false']],
	[/^com\.github\.cloudfoundry:|^org\.cloudfoundry:cf-maven-plugin$/, ['-Dcf.skip=true']],
	[/^org\.sonatype\.central:central-publishing-maven-plugin$/, ['-DskipPublishing=true']],
	[/^org\.sonatype\.plugins:nexus-staging-maven-plugin$/, ['-DskipNexusStagingDeployMojo=true']],
];
/** Always there, and bound to a later phase than ours unless a project moves it. */
const DEPLOY = /^org\.apache\.maven\.plugins:maven-deploy-plugin$/;
/** These do their work for the app, too: only their images are switched off, and that is not worth a line. */
const QUIET = /^(?:org\.springframework\.boot|io\.quarkus(?:\.platform)?):/;

export interface Publishers {
	readonly args: readonly string[];
	readonly reasons: readonly Reason[];
}

export function publishers(poms: readonly Pom[]): Publishers {
	const found = plugins(poms).flatMap(({ group, artifact, file, line }) => {
		const name = `${group}:${artifact}`;
		const switches = DEPLOY.test(name) ? ['-Dmaven.deploy.skip=true'] : SWITCHES.find(([plugin]) => plugin.test(name))?.[1];
		return switches === undefined ? [] : [{ name, switches, file, line }];
	});
	const said = new Map(found.filter(({ name }) => !QUIET.test(name)).map((one) => [one.name, one]));
	return {
		args: [...new Set(found.flatMap(({ switches }) => switches))],
		reasons: [...said.values()].map(({ name, switches, file, line }) => ({
			file,
			...(line !== undefined && { line }),
			says: `${name.slice(name.indexOf(':') + 1)} is skipped (${switches.join(' ')}): a build never pushes or deploys`,
		})),
	};
}
