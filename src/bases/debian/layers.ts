/** Locked packages become layers, grouped so that what changes together lies together. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { SharedLibrary } from '../../elf/types.js';
import { TareError } from '../../errors.js';
import { createGate } from '../../gate.js';
import type { Entry, ImagePath } from '../../layers/entry.js';
import type { LayerSource } from '../../layers/source.js';
import { settled } from '../../settled.js';
import { stableJson } from '../../stable-json.js';
import type { PackageRef } from '../contract.js';
import type { LockedDeb, LockedDebian } from '../lock.js';
import { DEBIAN_ARCHITECTURES, type DebianContext, type DebianRequest } from './context.js';
import { type ConvertedDeb, type ConvertedMember, convertDeb, RECIPE } from './convert.js';
import { keystoreEntry } from './java-keystore.js';
import { alternativeEntries, caBundle, generatedEntries, javaEntries, pythonEntries, statusEntries, WITH_ALTERNATIVES } from './rootfs.js';
import { GROUPS, type Group, javaLine, type Member, membersOf, PYTHON_VERSIONS } from './sets.js';
import { isRareConversion } from './trim.js';

/** Grows when the generated files or the grouping change. */
const LAYOUT = 1;
/** Each has a thread of its own for xz, with up to 64 MiB for its dictionary. */
const SIDE_BY_SIDE = 3;

interface Chosen extends Member {
	readonly deb: LockedDeb;
}

export interface DebianLayers {
	readonly layers: readonly LayerSource[];
	readonly packages: readonly PackageRef[];
	/** Shared libraries of all layers; converts packages where that is not on record. */
	libraries(): Promise<readonly SharedLibrary[]>;
}

/** Pure but for `entries` and `libraries`, which fetch and convert. @param architecture OCI name */
export function debianLayers(request: DebianRequest, locked: LockedDebian, architecture: string, context: DebianContext): DebianLayers {
	const chosen = chooseMembers(request, locked, architecture);
	const groups = GROUPS.map((group) => [group, chosen.filter((member) => member.group === group)] as const).filter(([, members]) => members.length > 0);
	return {
		layers: groups.map(([group, members]) => layerOf(group, members, request, architecture, context)),
		packages: chosen.filter(({ makes }) => makes === undefined).map((member) => packageRef(member, request.release, architecture)),
		libraries: () => librariesOf(chosen, context),
	};
}

/** Recorded for all packages together: whoever has that needs no package. */
async function librariesOf(chosen: readonly Chosen[], context: DebianContext): Promise<readonly SharedLibrary[]> {
	const inputs = [RECIPE, ...chosen.map(({ deb, only }) => [deb.sha256, only?.source ?? ''])];
	const key = createHash('sha256').update(stableJson(inputs)).digest('hex');
	const known = await context.store.record<readonly SharedLibrary[]>('libraries', key);
	if (known !== undefined) return known;
	const converted = await convertAll(chosen, context);
	const all = converted.flatMap(({ libraries }, at) => libraries.filter(({ path }) => chosen[at]?.only?.test(path.slice(1)) ?? true));
	await context.store.setRecord('libraries', key, all);
	return all;
}

/** Some at a time: while one is fetched others are unpacked. */
async function convertAll(members: readonly Chosen[], context: DebianContext): Promise<readonly ConvertedDeb[]> {
	const gate = createGate(SIDE_BY_SIDE);
	const made = new Map<string, Promise<ConvertedDeb>>();
	const convert = ({ package: name, deb }: Chosen): Promise<ConvertedDeb> => {
		const known = made.get(deb.sha256) ?? gate(() => convertDeb(name, deb, context));
		made.set(deb.sha256, known);
		return known;
	};
	return settled(members.map(convert));
}

function chooseMembers(request: DebianRequest, locked: LockedDebian, architecture: string): readonly Chosen[] {
	const curated = membersOf(request.release, request.sets);
	const names = new Set(curated.filter(({ only }) => only === undefined).map((member) => member.package));
	const added = [...new Set(request.packages.flatMap((name) => locked.closures?.[name] ?? [name]))].filter((name) => !names.has(name)).sort();
	return [...curated, ...added.map((name): Member => ({ package: name, group: 'packages' }))].map((member) => ({
		...member,
		deb: debOf(member.package, locked, architecture),
	}));
}

function debOf(name: string, locked: LockedDebian, architecture: string): LockedDeb {
	const entry = locked.packages[name];
	const deb = entry?.[DEBIAN_ARCHITECTURES[architecture] ?? architecture] ?? entry?.all;
	if (deb === undefined) throw new TareError('LOCK_INVALID', `tare.lock has no ${name} for ${architecture}`, { hint: 'Run `tare update`.' });
	return deb;
}

function layerOf(group: Group, members: readonly Chosen[], request: DebianRequest, architecture: string, context: DebianContext): LayerSource {
	const inputs = {
		layout: LAYOUT,
		recipe: RECIPE,
		group,
		architecture,
		slim: request.slim,
		debs: members.map(({ deb, only, except, makes }) => [
			deb.sha256,
			only?.source ?? '',
			...(except === undefined && makes === undefined ? [] : [except?.source ?? '', makes ?? '']),
		]),
		...(members.some((member) => WITH_ALTERNATIVES.has(member.package)) && { alternatives: 1 }),
	};
	return {
		name: group,
		purpose: group === 'python' || group === 'java' ? 'runtime' : 'os',
		key: `debian ${createHash('sha256').update(stableJson(inputs)).digest('hex')}`,
		history: `debian ${request.release}: ${members.map(({ package: name, deb }) => `${name} ${deb.version}`).join(', ')}`,
		entries: () => entriesOf(group, members, request, architecture, context),
	};
}

async function entriesOf(
	group: Group,
	members: readonly Chosen[],
	request: DebianRequest,
	architecture: string,
	context: DebianContext,
): Promise<readonly Entry[]> {
	const entries = new Map<string, Entry>();
	if (group === 'static') for (const entry of generatedEntries(architecture)) entries.set(entry.path, entry);
	if (group === 'python') for (const entry of pythonEntries(PYTHON_VERSIONS[request.release])) entries.set(entry.path, entry);
	const line = javaLine(request.sets);
	if (group === 'java' && line !== undefined)
		for (const entry of javaEntries(`java-${line}-openjdk-${DEBIAN_ARCHITECTURES[architecture]}`)) entries.set(entry.path, entry);
	const all = await convertAll(members, context);
	for (const [at, member] of members.entries()) {
		const converted = all[at] as ConvertedDeb;
		for (const entry of await packageEntries(member, converted, request.slim, context)) addEntry(entries, entry, member.package);
	}
	return [...entries.values(), ...alternativeEntries(entries.keys())];
}

/** What the base itself generates stands; two packages never own one file. */
function addEntry(entries: Map<string, Entry>, entry: Entry, name: string): void {
	const there = entries.get(entry.path);
	if (there === undefined) entries.set(entry.path, entry);
	else if (there.type !== 'directory' && entry.type !== 'directory' && there.type !== 'symlink')
		throw new TareError('BASE_INVALID', `${name} wants /${entry.path}, which another package has`);
}

async function packageEntries(member: Chosen, converted: ConvertedDeb, slim: boolean, { store }: DebianContext): Promise<readonly Entry[]> {
	const blob = await store.blob(converted.contents.digest);
	if (blob === undefined)
		throw new TareError('STORE_CORRUPT', `the contents of ${member.package} left the store during the build`, { hint: 'Run the command again.' });
	const path = await blob.verifiedPath();
	const isCopyright = (name: string): boolean => name === `usr/share/doc/${member.package}/copyright`;
	const wanted = converted.members.filter(({ path: name, type }) => {
		if (slim && isRareConversion(name)) return false;
		if (member.except?.test(name) === true) return false;
		if (member.only !== undefined) return type !== 'directory' && (member.only.test(name) || isCopyright(name));
		// Empty folders are kept of the package whose work they are.
		return type !== 'directory' || member.package === 'base-files';
	});
	if (member.makes === 'java-keystore') return [keystoreEntry(certificatesOf(wanted, path))];
	if (member.package === 'ca-certificates') return bundleEntries(member, converted, wanted, path);
	const paths = new Set(wanted.map((item) => item.path));
	return [
		...wanted.map((item) => toEntry(item, path, converted.members, paths)),
		...statusEntries(member.package, converted.control, converted.md5sums, paths),
	];
}

function bundleEntries(member: Chosen, converted: ConvertedDeb, wanted: readonly ConvertedMember[], blob: string): readonly Entry[] {
	const certificates = certificatesOf(wanted, blob);
	const copyright = wanted.filter(({ path }) => !path.endsWith('.crt') && path.startsWith('usr/share/doc/'));
	const paths = new Set(copyright.map(({ path }) => path));
	return [
		caBundle(certificates),
		...copyright.map((item) => toEntry(item, blob, converted.members, paths)),
		...statusEntries(member.package, converted.control, converted.md5sums, paths),
	];
}

function certificatesOf(wanted: readonly ConvertedMember[], blob: string): readonly { readonly path: string; readonly text: string }[] {
	return wanted.filter(({ path }) => path.endsWith('.crt')).map(({ path, at, size }) => ({ path, text: readSlice(blob, at, size) }));
}

function toEntry(member: ConvertedMember, blob: string, all: readonly ConvertedMember[], shipped: ReadonlySet<string>): Entry {
	const { type, mtime, at, size, target = '' } = member;
	const path = member.path as ImagePath;
	if (type === 'directory') return { type, path, mode: member.mode };
	if (type === 'symlink') return { type, path, mode: 0o777, mtime, target };
	const mode = member.mode & 0o111 ? 0o755 : 0o644;
	if (type === 'file') return { type, path, mode, mtime, size, content: { kind: 'disk', path: blob, offset: at } };
	if (shipped.has(target)) return { type, path, mode, mtime, target: target as ImagePath };
	// The file it was linked to is left out: the link becomes the file.
	const original = all.find(({ path: other }) => other === target);
	if (original === undefined) throw new TareError('BASE_INVALID', `/${path} is a hard link to /${target}, which its package does not have`);
	return { type: 'file', path, mode, mtime, size: original.size, content: { kind: 'disk', path: blob, offset: original.at } };
}

function readSlice(path: string, offset: number, size: number): string {
	const fd = openSync(path, 'r');
	try {
		const buffer = Buffer.alloc(size);
		return buffer.toString('utf8', 0, readSync(fd, buffer, 0, size, offset));
	} finally {
		closeSync(fd);
	}
}

/** https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst#deb */
function packageRef({ package: name, deb }: Chosen, release: DebianRequest['release'], architecture: string): PackageRef {
	const distro = release === 'trixie' ? 'debian-13' : 'debian-12';
	const upstream = deb.source === undefined ? '' : `&upstream=${encodeURIComponent(deb.source)}`;
	const version = encodeURIComponent(deb.version);
	return {
		type: 'deb',
		name,
		version: deb.version,
		architecture,
		purl: `pkg:deb/debian/${encodeURIComponent(name)}@${version}?arch=${architecture}&distro=${distro}${upstream}`,
	};
}
