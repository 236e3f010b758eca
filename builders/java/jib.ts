/** What a project says to Jib about its container (https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage): read, or reported. */
import type { Reason } from '../../src/builder/contract.js';
import { type Pom, plugins } from './pom.js';
import { childOf, type Element, textOf } from './xml.js';

export interface JibSettings {
	readonly main?: string;
	readonly flags: readonly string[];
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** `8080/tcp` */
	readonly ports: readonly string[];
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

const READ = new Set(['mainClass', 'jvmFlags', 'args', 'environment', 'ports', 'creationTime', 'filesModificationTime', 'format']);
const NONE: JibSettings = { flags: [], args: [], env: {}, ports: [], reasons: [], warnings: [] };

export function readJib(poms: readonly Pom[]): JibSettings {
	const plugin = plugins(poms).find(({ artifact }) => artifact === 'jib-maven-plugin');
	const configuration = childOf(plugin?.xml, 'configuration');
	const container = childOf(configuration, 'container');
	if (plugin === undefined || container === undefined) return NONE;
	const { file, line } = plugin;
	const main = textOf(container, 'mainClass');
	const left = [
		...container.children.filter(({ name }) => !READ.has(name)).map(({ name }) => `container.${name}`),
		...(textOf(configuration, 'from', 'image') === undefined ? [] : ['from.image']),
		...(childOf(configuration, 'extraDirectories') === undefined ? [] : ['extraDirectories']),
	];
	return {
		...(main !== undefined && !main.includes('$') && { main }),
		flags: wordsOf(childOf(container, 'jvmFlags')),
		args: wordsOf(childOf(container, 'args')),
		env: Object.fromEntries((childOf(container, 'environment')?.children ?? []).map(({ name, text }) => [name, text.trim()])),
		ports: wordsOf(childOf(container, 'ports'))
			.filter((port) => /^\d+(?:\/(?:tcp|udp))?$/.test(port))
			.map((port) => (port.includes('/') ? port : `${port}/tcp`)),
		reasons: [{ file, line, says: 'container settings of jib-maven-plugin are read' }],
		warnings: left.length === 0 ? [] : [{ file, line, says: `of jib-maven-plugin these settings are not read: ${left.join(', ')}; say them in tare.yaml` }],
	};
}

function wordsOf(list: Element | undefined): readonly string[] {
	return (list?.children ?? []).map(({ text }) => text.trim()).filter((word) => word !== '');
}
