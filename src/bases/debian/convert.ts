/** A deb becomes entries: once, kept in the store; file contents lie in one blob and entries name their place in it. */
import type { Readable } from 'node:stream';
import { elfFactsOf } from '../../elf/file.js';
import type { SharedLibrary } from '../../elf/types.js';
import { TareError } from '../../errors.js';
import type { Digest } from '../../oci/digest.js';
import type { BlobWriter } from '../../store/contract.js';
import type { LockedDeb } from '../lock.js';
import type { DebianContext } from './context.js';
import { fetchDeb, readDebTar, type TarMember } from './deb.js';
import { isMergedFolder, memberPath, safeTarget } from './member-path.js';
import { isTrimmed } from './trim.js';

/** Grows when the same deb would be converted to something else. */
export const RECIPE = 2;

/** `at`: offset of a file's content in the blob. Times in seconds since the epoch. */
export interface ConvertedMember {
	readonly path: string;
	readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
	readonly mode: number;
	readonly mtime: number;
	readonly size: number;
	readonly at: number;
	readonly target?: string;
}

export interface ConvertedDeb {
	readonly contents: { readonly digest: Digest; readonly size: number };
	readonly members: readonly ConvertedMember[];
	/** The control file, word for word. */
	readonly control: string;
	readonly md5sums: string;
	readonly libraries: readonly SharedLibrary[];
}

const KIND = 'deb';
/** More would be a bomb. */
const UNPACKED_LIMIT = 4 * 2 ** 30;
const CONTROL_LIMIT = 4 * 2 ** 20;

/** @throws TareError BASE_INVALID | BASE_UNAVAILABLE | BASE_UNTRUSTED | OFFLINE */
export async function convertDeb(name: string, deb: LockedDeb, context: DebianContext): Promise<ConvertedDeb> {
	const key = `${RECIPE} ${deb.sha256}`;
	const known = await context.store.record<ConvertedDeb>(KIND, key);
	if (known !== undefined && (await context.store.blob(known.contents.digest))?.size === known.contents.size) return known;
	const made = await convert(name, deb, context);
	await context.store.setRecord(KIND, key, made);
	return made;
}

async function convert(name: string, deb: LockedDeb, context: DebianContext): Promise<ConvertedDeb> {
	const what = `${name} ${deb.version}`;
	const path = await (await fetchDeb(name, deb, context)).verifiedPath();
	const { control, md5sums } = await readControl(path, what);
	const writer = await context.store.writer();
	try {
		const members: ConvertedMember[] = [];
		let at = 0;
		await readDebTar(path, 'data', what, async (header, content) => {
			const member = describe(header, at, what);
			if (member?.type === 'file') at += await append(content, writer, at, what);
			else content.resume();
			if (member !== undefined) members.push(member);
		});
		// An empty blob would have no file behind it on some stores.
		if (at === 0) await writer.write(Buffer.from('\n'));
		const contents = await writer.commit();
		return { contents: { digest: contents.digest, size: contents.size }, members, control, md5sums, libraries: librariesOf(name, members, contents.path) };
	} catch (error) {
		await writer.abort();
		throw error;
	}
}

async function readControl(path: string, what: string): Promise<{ control: string; md5sums: string }> {
	const texts: Record<string, string> = {};
	await readDebTar(path, 'control', what, async (header, content) => {
		const name = header.name.replace(/^\.\//, '');
		if ((name === 'control' || name === 'md5sums') && (header.size ?? 0) <= CONTROL_LIMIT) texts[name] = await readText(content);
		else content.resume();
	});
	if (texts.control === undefined) throw new TareError('BASE_INVALID', `${what} has no control file`);
	return { control: texts.control, md5sums: texts.md5sums ?? '' };
}

async function readText(content: Readable): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of content) parts.push(part as Buffer);
	return Buffer.concat(parts).toString('utf8');
}

async function append(content: Readable, writer: BlobWriter, at: number, what: string): Promise<number> {
	let length = 0;
	for await (const part of content) {
		length += (part as Buffer).length;
		if (at + length > UNPACKED_LIMIT) throw new TareError('BASE_INVALID', `${what} unpacks to more than ${UNPACKED_LIMIT} bytes`);
		await writer.write(part as Buffer);
	}
	return length;
}

/** Undefined for what no image gets. */
function describe(header: TarMember, at: number, what: string): ConvertedMember | undefined {
	const { name, type, mode = 0, size = 0, linkname, mtime } = header;
	if (type === 'block-device' || type === 'character-device' || type === 'fifo') throw new TareError('BASE_INVALID', `${what} has a device: ${name}`);
	const path = memberPath(name, what);
	if (path === undefined || isTrimmed(path) || isMergedFolder(name)) return undefined;
	const common = { path, mode: mode & 0o1777, mtime: Math.max(0, Math.floor((mtime?.getTime() ?? 0) / 1000)), size: 0, at };
	if (type === 'directory') return { ...common, type };
	if (type === 'symlink') return { ...common, type, target: safeTarget(path, linkname ?? '', what) };
	if (type === 'link') return { ...common, type: 'hardlink', target: memberPath(linkname ?? '', what) ?? '' };
	return { ...common, type: 'file', size };
}

function librariesOf(name: string, members: readonly ConvertedMember[], blob: string): readonly SharedLibrary[] {
	return members
		.filter(({ type, path }) => type === 'file' && /\.so(?:\.|$)|ld-linux/.test(path))
		.flatMap((member): SharedLibrary[] => {
			const facts = elfFactsOf(blob, member.at, member.size);
			if (facts === undefined || facts.type !== 'shared') return [];
			const soname = facts.soname ?? member.path.slice(member.path.lastIndexOf('/') + 1);
			return [{ path: `/${member.path}`, soname, architecture: facts.architecture, versions: facts.versionsDefined, package: name }];
		});
}
