/** Which versions a base is made of: those of the lock, and for what the lock does not have, the archive's newest. */
import { TareError } from '../../errors.js';
import type { LockedDeb, LockedDebian } from '../lock.js';
import { type ArchiveView, lockedDeb, openArchive } from './archive.js';
import { DEBIAN_ARCHITECTURES, type DebianContext, type DebianRequest } from './context.js';
import { EXCLUDED, membersOf } from './sets.js';
import { type SolveView, solve } from './solve.js';

/**
 * With a lock that has everything, no network is used. @param architectures OCI names
 * @throws TareError BASE_* | PACKAGE_NOT_FOUND | OFFLINE | PLATFORM_INVALID
 */
export async function resolveDebian(
	request: DebianRequest,
	architectures: readonly string[],
	locked: LockedDebian | undefined,
	context: DebianContext,
): Promise<LockedDebian> {
	const debian = architectures.map(debianArchitecture);
	const known = locked?.release === request.release ? locked : undefined;
	if (known !== undefined && covers(known, request, debian)) return known;
	if (context.offline)
		throw new TareError('OFFLINE', 'tare.lock does not have every package of the base, and --offline forbids looking them up', {
			hint: 'Build once without --offline.',
		});
	const view = await openArchive(request.release, debian, known?.sources ?? {}, context);
	return lockAll(request, debian, view, known, context);
}

export function debianArchitecture(architecture: string): string {
	const name = DEBIAN_ARCHITECTURES[architecture];
	if (name !== undefined) return name;
	throw new TareError('PLATFORM_INVALID', `there is no Debian base for ${architecture}`, {
		hint: `Platforms: ${Object.keys(DEBIAN_ARCHITECTURES)
			.map((known) => `linux/${known}`)
			.join(', ')}.`,
	});
}

function covers(locked: LockedDebian, request: DebianRequest, architectures: readonly string[]): boolean {
	const closures = request.packages.map((name) => locked.closures?.[name]);
	const names = [...membersOf(request.release, request.sets).map((member) => member.package), ...closures.flatMap((closure) => closure ?? [])];
	const has = (name: string, architecture: string): boolean => (locked.packages[name]?.[architecture] ?? locked.packages[name]?.all) !== undefined;
	return closures.every((closure) => closure !== undefined) && names.every((name) => architectures.every((architecture) => has(name, architecture)));
}

/** @param known its versions are kept; undefined to take the newest of everything */
export function lockAll(
	request: DebianRequest,
	architectures: readonly string[],
	view: ArchiveView,
	known: LockedDebian | undefined,
	context: DebianContext,
): LockedDebian {
	const curated = membersOf(request.release, request.sets).map((member) => member.package);
	const closures = Object.fromEntries(
		request.packages.map((name) => [name, known?.closures?.[name] ?? closureOf(name, curated, architectures, view, context)]),
	);
	const names = [...curated, ...Object.values(closures).flat()];
	const packages: Record<string, Record<string, LockedDeb>> = {};
	for (const name of new Set(names)) packages[name] = { ...known?.packages[name], ...newestOf(name, architectures, view, known) };
	return {
		release: request.release,
		sources: view.sources,
		packages: { ...known?.packages, ...packages },
		...((known?.closures !== undefined || Object.keys(closures).length > 0) && { closures: { ...known?.closures, ...closures } }),
	};
}

function closureOf(name: string, curated: readonly string[], architectures: readonly string[], view: ArchiveView, context: DebianContext): readonly string[] {
	const all = new Set<string>();
	for (const architecture of architectures) {
		const solveView: SolveView = {
			find: (other) => view.newest(other, architecture)?.stanza,
			providers: (other) => view.providers(other, architecture),
			names: () => view.names(architecture),
		};
		const { packages, excluded } = solve(name, solveView, new Set(curated), EXCLUDED);
		for (const one of packages) all.add(one);
		if (excluded.length > 0) context.emit({ type: 'note', says: `${name}: without ${excluded.join(', ')}, which an image does not need` });
	}
	return [...all].sort();
}

function newestOf(name: string, architectures: readonly string[], view: ArchiveView, known: LockedDebian | undefined): Record<string, LockedDeb> {
	const out: Record<string, LockedDeb> = {};
	for (const architecture of architectures) {
		if ((known?.packages[name]?.[architecture] ?? known?.packages[name]?.all) !== undefined) continue;
		const found = view.newest(name, architecture);
		if (found === undefined)
			throw new TareError('PACKAGE_NOT_FOUND', `the archive has no ${name} for ${architecture}`, {
				hint: 'Choose another platform, or leave the package out.',
			});
		out[found.stanza.get('architecture') === 'all' ? 'all' : architecture] = lockedDeb(found);
	}
	return out;
}
