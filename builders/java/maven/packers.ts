/** Does Maven put the libraries into the app's jar? A plugin that is only named does nothing: it needs an execution. */
import { childOf, childrenOf, type Element, textOf } from '../xml.js';
import { managedPlugins, type Plugin, type Pom, runPlugins } from './pom.js';

/** Goals that pack, by plugin; those without any pack by themselves. */
const GOALS: Readonly<Record<string, RegExp | undefined>> = {
	'spring-boot-maven-plugin': /^repackage$/,
	'quarkus-maven-plugin': /^build$/,
	'maven-shade-plugin': /^shade$/,
	'maven-assembly-plugin': /^(?:single|assembly|attached)$/,
	'really-executable-jar-maven-plugin': undefined,
	'micronaut-maven-plugin': undefined,
	'helidon-maven-plugin': undefined,
	'vertx-maven-plugin': undefined,
	'wildfly-jar-maven-plugin': undefined,
	'onejar-maven-plugin': undefined,
};
/** @param own the app's pom and its parents */
export function packsLibraries(own: readonly Pom[]): boolean {
	const managed = managedPlugins(own);
	// A parent that is not here may have the execution.
	const isOpen = own.some(({ foreignParent }) => foreignParent !== undefined);
	return runPlugins(own).some((plugin) => {
		if (!Object.hasOwn(GOALS, plugin.artifact)) return false;
		const goal = GOALS[plugin.artifact];
		if (goal === undefined || textOf(plugin.xml, 'extensions') === 'true') return true;
		const executions = [plugin, ...managed.filter(({ artifact }) => artifact === plugin.artifact)].flatMap(executionsOf);
		const fitting = executions.filter((one) => goalsOf(one).some((name) => goal.test(name)) && textOf(one, 'phase') !== 'none');
		if (fitting.length === 0) return isOpen && plugin.artifact !== 'maven-assembly-plugin';
		return plugin.artifact !== 'maven-assembly-plugin' || [plugin.xml, ...fitting].some(isWhole);
	});
}

function executionsOf({ xml }: Plugin): readonly Element[] {
	return childrenOf(childOf(xml, 'executions'), 'execution');
}

function goalsOf(execution: Element): readonly string[] {
	return childrenOf(childOf(execution, 'goals'), 'goal').map(({ text }) => text.trim());
}

/** Other descriptors make archives that hold the jar and its libraries. */
function isWhole(owner: Element): boolean {
	const configuration = childOf(owner, 'configuration');
	const names = [...childrenOf(childOf(configuration, 'descriptorRefs'), 'descriptorRef'), ...childrenOf(configuration, 'descriptorRef')];
	return names.some(({ text }) => text.trim() === 'jar-with-dependencies');
}
