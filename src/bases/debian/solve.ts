/** What a package brings along: its Depends and Pre-Depends, without what no image needs (Debian Policy, chapter 7). */
import { TareError } from '../../errors.js';
import type { Stanza } from './deb822.js';
import { compareVersions } from './version.js';

export interface SolveView {
	find(name: string): Stanza | undefined;
	providers(name: string): readonly string[];
	names(): Iterable<string>;
}

export interface Solution {
	/** Sorted; the asked package is one of them. */
	readonly packages: readonly string[];
	/** Dependencies left out on purpose. */
	readonly excluded: readonly string[];
}

interface Alternative {
	readonly name: string;
	readonly relation?: string;
	readonly version?: string;
}

/**
 * @param present packages the base has anyway @param excluded names never installed
 * @throws TareError PACKAGE_NOT_FOUND
 */
export function solve(asked: string, view: SolveView, present: ReadonlySet<string>, excluded: ReadonlySet<string>): Solution {
	if (view.find(asked) === undefined) throw notFound(asked, view);
	const packages = new Set<string>([asked]);
	const cut = new Set<string>();
	const queue = [asked];
	for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
		const stanza = view.find(name);
		for (const group of dependenciesOf(stanza)) {
			const chosen = choose(group, view, packages, present);
			if (chosen === undefined && group.some(({ name: other }) => excluded.has(other))) cut.add(group[0]?.name ?? '');
			else if (chosen === undefined) throw unsatisfied(name, group);
			else if (excluded.has(chosen)) cut.add(chosen);
			else if (!present.has(chosen) && !packages.has(chosen)) {
				packages.add(chosen);
				queue.push(chosen);
			}
		}
	}
	return { packages: [...packages].sort(), excluded: [...cut].sort() };
}

function dependenciesOf(stanza: Stanza | undefined): readonly (readonly Alternative[])[] {
	const fields = [stanza?.get('pre-depends'), stanza?.get('depends')].filter((field) => field !== undefined && field !== '');
	return fields.flatMap((field) => (field as string).split(',').map((group) => group.split('|').map(parseAlternative)));
}

function parseAlternative(text: string): Alternative {
	const match = /^\s*([a-z0-9][a-z0-9+.-]*)(?::\w+)?\s*(?:\(\s*(<<|<=|=|>=|>>)\s*([^\s)]+)\s*\))?/.exec(text);
	const [, name = text.trim(), relation, version] = match ?? [];
	return { name, ...(relation !== undefined && { relation }), ...(version !== undefined && { version }) };
}

/** The first alternative that is already there, else the first that can be had, else a provider of a virtual one. */
function choose(group: readonly Alternative[], view: SolveView, packages: ReadonlySet<string>, present: ReadonlySet<string>): string | undefined {
	const there = group.find(({ name }) => packages.has(name) || present.has(name));
	if (there !== undefined) return there.name;
	const real = group.find((alternative) => satisfies(view.find(alternative.name), alternative));
	if (real !== undefined) return real.name;
	return group.flatMap(({ name }) => [...view.providers(name)].sort((a, b) => Number(present.has(b)) - Number(present.has(a))))[0];
}

function satisfies(stanza: Stanza | undefined, { relation, version }: Alternative): boolean {
	if (stanza === undefined) return false;
	if (relation === undefined || version === undefined) return true;
	const order = compareVersions(stanza.get('version') ?? '', version);
	const holds: Readonly<Record<string, boolean>> = { '<<': order < 0, '<=': order <= 0, '=': order === 0, '>=': order >= 0, '>>': order > 0 };
	return holds[relation] ?? false;
}

function notFound(asked: string, view: SolveView): TareError {
	const near = nearest(asked, view.names());
	return new TareError('PACKAGE_NOT_FOUND', `there is no Debian package "${asked}"`, {
		hint: near.length === 0 ? 'Search for it at https://packages.debian.org.' : `Did you mean ${near.join(', ')}?`,
		data: { package: asked, near },
	});
}

/** Names that contain the asked one or differ in little. */
function nearest(asked: string, names: Iterable<string>): readonly string[] {
	const stem = asked.replace(/[\d.-]+(?:t64)?$/, '');
	const close = [...new Set(names)].filter((name) => name.includes(asked) || (stem.length >= 4 && name.startsWith(stem)));
	return close.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, 5);
}

function unsatisfied(name: string, group: readonly Alternative[]): TareError {
	const wanted = group.map(({ name: other, relation, version }) => (relation === undefined ? other : `${other} (${relation} ${version})`)).join(' or ');
	return new TareError('PACKAGE_NOT_FOUND', `${name} needs ${wanted}, which is not in the archive`, {
		hint: 'Leave the package out, or run `tare update`.',
		data: { package: name },
	});
}
