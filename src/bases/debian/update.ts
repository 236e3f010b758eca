/** Moves a lock to the newest versions, and says from the packages' own changelogs which security issues that settles. */
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { LockedDeb, LockedDebian } from '../lock.js';
import { openArchive } from './archive.js';
import type { DebianContext, DebianRequest } from './context.js';
import { fetchDeb, readDebTar } from './deb.js';
import { debianArchitecture, lockAll } from './resolve.js';
import { compareVersions } from './version.js';

export interface PackageChange {
	readonly name: string;
	readonly from?: string;
	readonly to: string;
	/** Sorted; those named in the changelog between the two versions. */
	readonly cves: readonly string[];
	readonly security: boolean;
}

const CHANGELOG_LIMIT = 16 * 2 ** 20;

/** @param architectures OCI names @throws TareError BASE_* | PACKAGE_NOT_FOUND | OFFLINE */
export async function updateDebian(
	request: DebianRequest,
	locked: LockedDebian | undefined,
	architectures: readonly string[],
	context: DebianContext,
): Promise<{ readonly locked: LockedDebian; readonly changes: readonly PackageChange[] }> {
	const names = architectures.map(debianArchitecture);
	const view = await openArchive(request.release, names, locked?.release === request.release ? locked.sources : {}, context);
	const next = lockAll(request, names, view, undefined, context);
	const changes: PackageChange[] = [];
	for (const [name, byArchitecture] of Object.entries(next.packages)) {
		const [architecture = 'all', deb] = Object.entries(byArchitecture)[0] ?? [];
		const before = locked?.packages[name]?.[architecture];
		if (deb !== undefined && deb.version !== before?.version) changes.push(await describeChange(name, before, deb, context));
	}
	return { locked: next, changes };
}

/** Takes over only the changes that fix a security issue. */
export function securityOnly(locked: LockedDebian, next: LockedDebian, changes: readonly PackageChange[]): LockedDebian {
	const kept = new Set(changes.filter(({ security }) => !security).map(({ name }) => name));
	const packages = Object.fromEntries(Object.entries(next.packages).map(([name, debs]) => [name, kept.has(name) ? (locked.packages[name] ?? debs) : debs]));
	return { ...next, packages };
}

async function describeChange(name: string, before: LockedDeb | undefined, deb: LockedDeb, context: DebianContext): Promise<PackageChange> {
	if (before === undefined) return { name, to: deb.version, cves: [], security: false };
	const cves = cvesBetween(await changelogOf(name, deb, context), before.version, deb.version);
	return { name, from: before.version, to: deb.version, cves, security: cves.length > 0 || deb.suite.endsWith('-security') };
}

async function changelogOf(name: string, deb: LockedDeb, context: DebianContext): Promise<string> {
	const path = await (await fetchDeb(name, deb, context)).verifiedPath();
	let text = '';
	await readDebTar(path, 'data', `${name} ${deb.version}`, async (header, content) => {
		const wanted =
			text === '' &&
			/^\.?\/?usr\/share\/doc\/[^/]+\/changelog(?:\.Debian)?\.gz$/.test(header.name) &&
			(header.size ?? 0) <= CHANGELOG_LIMIT &&
			header.type === 'file';
		if (wanted) text = gunzipSync(await collect(content), { maxOutputLength: CHANGELOG_LIMIT }).toString('utf8');
		else content.resume();
	});
	return text;
}

async function collect(content: Readable): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of content) parts.push(part as Buffer);
	return Buffer.concat(parts);
}

/** Entries start with `name (version) suites; urgency=...` (Debian Policy, section 4.4). */
export function cvesBetween(changelog: string, from: string, to: string): readonly string[] {
	const cves = new Set<string>();
	let counts = false;
	for (const line of changelog.split('\n')) {
		const version = /^\S+ \(([^)]+)\) /.exec(line)?.[1];
		if (version !== undefined) counts = compareVersions(version, from) > 0 && compareVersions(version, to) <= 0;
		else if (counts) for (const cve of line.match(/CVE-\d{4}-\d{4,}/g) ?? []) cves.add(cve);
	}
	return [...cves].sort();
}
