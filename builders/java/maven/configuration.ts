/** What a plugin is told in the end: the poms of the lineage, profiles and management merged as Maven does (https://maven.apache.org/pom.html#Plugins). */
import { childOf, childrenOf, type Element, textOf } from '../xml.js';
import type { Pom } from './pom.js';

export interface Configuration {
	readonly xml: Element;
	/** Where most of it is. */
	readonly file: string;
	readonly line: number;
	/** Further executions that are told something else: their names. */
	readonly others: readonly string[];
}

interface Piece {
	readonly plugin: Element;
	readonly file: string;
}

/** @param own the module's pom and its parents; undefined where none has the plugin */
export function configurationOf(own: readonly Pom[], artifact: string): Configuration | undefined {
	const pieces = [...piecesIn(own, artifact, ['build', 'plugins']), ...piecesIn(own, artifact, ['build', 'pluginManagement', 'plugins'])];
	const [first] = pieces;
	if (first === undefined) return undefined;
	const executions = pieces
		.flatMap(({ plugin }) => childrenOf(childOf(plugin, 'executions'), 'execution'))
		.filter((one) => childOf(one, 'configuration') !== undefined);
	const [execution] = executions;
	const told = [execution, ...pieces.map(({ plugin }) => plugin)].flatMap((owner) => childOf(owner, 'configuration') ?? []);
	const place = pieces.find(({ plugin }) => childOf(plugin, 'configuration') !== undefined) ?? first;
	const empty: Element = { name: 'configuration', text: '', attributes: {}, children: [], line: first.plugin.line };
	const idOf = (one: Element): string => textOf(one, 'id') ?? 'default';
	return {
		xml: told.reduce(merged, empty),
		file: place.file,
		line: place.plugin.line,
		others: [...new Set(executions.map(idOf))].filter((id) => execution !== undefined && id !== idOf(execution)),
	};
}

/** Nearest first; a profile comes before the pom that has it. */
function piecesIn(own: readonly Pom[], artifact: string, path: readonly string[]): readonly Piece[] {
	return own.flatMap(({ xml, file, active }) =>
		[...[...active].reverse(), xml]
			.flatMap((owner) => childrenOf(childOf(owner, ...path), 'plugin'))
			.filter((plugin) => textOf(plugin, 'artifactId') === artifact && isInherited(plugin, file, own))
			.map((plugin) => ({ plugin, file })),
	);
}

function isInherited(plugin: Element, file: string, [pom]: readonly Pom[]): boolean {
	return file === pom?.file || textOf(plugin, 'inherited') !== 'false';
}

/** https://codehaus-plexus.github.io/plexus-utils/apidocs/org/codehaus/plexus/util/xml/Xpp3DomUtils.html */
function merged(dominant: Element, recessive: Element): Element {
	if (dominant.attributes['combine.self'] === 'override') return dominant;
	const text = dominant.text.trim() === '' && dominant.children.length === 0 ? recessive.text : dominant.text;
	if (dominant.attributes['combine.children'] === 'append') return { ...dominant, text, children: [...recessive.children, ...dominant.children] };
	const counts = new Map<string, number>();
	const partners = new Map<Element, Element>();
	const added: Element[] = [];
	for (const child of recessive.children) {
		const count = counts.get(child.name) ?? 0;
		counts.set(child.name, count + 1);
		const same = dominant.children.filter(({ name }) => name === child.name);
		if (same.length === 0) added.push(child);
		else if (same[count] !== undefined) partners.set(same[count], child);
	}
	const children = dominant.children.map((child) => {
		const partner = partners.get(child);
		return partner === undefined ? child : merged(child, partner);
	});
	return { ...dominant, text, children: [...children, ...added] };
}
