/** What the packages of an app need of the system: Debian packages to add, and what is left to say. */
import { posix } from 'node:path';
import type { BaseRequest, PackageRef } from '../../bases/contract.js';
import type { Listener } from '../../events.js';
import type { AppContent } from '../contract.js';
import { DEBIAN_FILES, type Release } from './debian.js';
import { APART, type Ecosystem, MORE, NEEDS, type Need } from './needs.js';

/** One library or program that a package needs. */
export interface Wanted {
	/** Name of the app's package. */
	readonly by: string;
	/** Soname or program. */
	readonly file: string;
	/** Debian's packages; none where the release has nothing that would do. */
	readonly debian: readonly string[];
	/** The app fails without it. */
	readonly certain: boolean;
}

/** @param names of the ecosystem's packages in the image @param loads those that the start imports */
export function wantedBy(ecosystem: Ecosystem, names: readonly string[], loads: readonly string[], release: Release): readonly Wanted[] {
	const there = new Set(names);
	return [...there].sort().flatMap((by) => {
		const need: Need | undefined = Object.hasOwn(NEEDS[ecosystem], by) ? NEEDS[ecosystem][by] : undefined;
		if (need === undefined) return [];
		const loaded = need.atLoad === true && loads.includes(by);
		if (!loaded && need.notWith?.some((other) => there.has(other)) === true) return [];
		const certain = need.always === true || loaded;
		return [...(need.libraries ?? []).map((file) => found(by, file, true, release)), ...(need.programs ?? []).map((file) => found(by, file, certain, release))];
	});
}

function found(by: string, file: string, certain: boolean, release: Release): Wanted {
	const debian = APART[file] === undefined ? DEBIAN_FILES[file]?.[release] : undefined;
	return { by, file, certain, debian: debian === undefined ? [] : [debian, ...(MORE[file]?.[release] ?? [])] };
}

/** Debian packages of what an app cannot do without. */
export function certainPackages(ecosystem: Ecosystem, names: readonly string[], release: Release): readonly string[] {
	const debian = wantedBy(ecosystem, names, [], release).flatMap(({ certain, debian: packages }) => (certain ? packages : []));
	return [...new Set(debian)].sort();
}

export interface SystemQuestion {
	readonly content: AppContent;
	/** Binaries among the app's files. */
	readonly binaries: readonly { readonly path: string }[];
	/** The user asks for `--fix`. */
	readonly fix: boolean;
	readonly base: BaseRequest;
	/** Packages that the base has. */
	readonly present: readonly PackageRef[];
}

/** Says what the image lacks. @returns Debian packages to add: libraries always, programs where `--fix` asks for them */
export function systemPackages({ content, binaries, fix, base, present }: SystemQuestion, emit: Listener): readonly string[] {
	if (base.kind !== 'debian') return [];
	const { release } = base;
	const has = new Set(present.map(({ name }) => name));
	const brings = new Set(binaries.map(({ path }) => posix.basename(path)));
	const wanted = ecosystems(content.packages).flatMap(([ecosystem, names]) => wantedBy(ecosystem, names, content.loads ?? [], release));
	const lacking = wanted.filter(({ file, debian }) => !brings.has(file) && (debian.length === 0 || !debian.every((name) => has.has(name))));
	const add = lacking.filter(({ certain, debian }) => debian.length > 0 && (certain || fix));
	for (const one of lacking.filter((other) => !add.includes(other))) emit({ type: 'warning', says: lacks(one), hint: wayOut(one, release) });
	for (const { by, debian } of add) emit({ type: 'note', says: `${by} needs what Debian has in ${debian.join(', ')}: added to the base` });
	return [...new Set(add.flatMap(({ debian }) => debian))].sort();
}

function ecosystems(packages: readonly PackageRef[]): readonly (readonly [Ecosystem, readonly string[]])[] {
	return (['pypi', 'npm'] as const).map((ecosystem) => [ecosystem, packages.filter(({ type }) => type === ecosystem).map(({ name }) => name)]);
}

function lacks({ by, file }: Wanted): string {
	return `${by} uses ${file.replace('|', ' or ')}, which the image does not have`;
}

function wayOut({ file, debian }: Wanted, release: Release): string {
	const apart = APART[file];
	if (apart !== undefined) return apart;
	if (debian.length > 0) return `Debian has it: add --fix, or "packages: [${debian.join(', ')}]" to tare.yaml. It does not matter unless the app uses it.`;
	const other = (Object.keys(DEBIAN_FILES[file] ?? {}) as Release[]).find((one) => one !== release);
	const there = other === undefined ? '' : ` Debian ${other} has it (--debian ${other} --fix).`;
	return `Debian ${release} does not have it.${there} Else start from a base that does: --base IMAGE.`;
}
