/** A Debian package file: fetched, verified, and its tars read member by member. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { messageOf, TareError } from '../../errors.js';
import { digestOfHex } from '../../oci/digest.js';
import type { StoredBlob } from '../../store/contract.js';
import type { LockedDeb } from '../lock.js';
import { type ArMember, readAr } from './ar.js';
import type { DebianContext } from './context.js';
import { archiveOf, fetchFirst, rootsOf } from './fetch.js';
import { decompressXz } from './xz.js';

/** Store first, then each mirror, then the snapshot service. @throws TareError BASE_UNAVAILABLE | BASE_UNTRUSTED | OFFLINE */
export async function fetchDeb(name: string, deb: LockedDeb, context: DebianContext): Promise<StoredBlob> {
	const digest = digestOfHex(deb.sha256);
	const known = await context.store.blob(digest);
	if (known !== undefined) return known;
	const archive = archiveOf(deb.suite);
	const urls = [...rootsOf(context.mirrors, archive), ...snapshotRoots(context)].map((root) => `${root}/${deb.filename}`);
	const what = `${name} ${deb.version}`;
	try {
		return await fetchFirst(what, urls, context, ({ body }) => store(name, deb, body, context));
	} catch (error) {
		if (!(error instanceof TareError) || error.code !== 'BASE_UNAVAILABLE') throw error;
		throw new TareError('BASE_UNAVAILABLE', error.message, {
			hint: `Superseded packages leave the mirrors: run \`tare update\` to move tare.lock to the versions of today, or name a snapshot service under \`mirrors:\` in tare.yaml.`,
			cause: error,
		});
	}
}

/** Snapshot services keep every version under the path it had. */
function snapshotRoots({ mirrors }: DebianContext): readonly string[] {
	return mirrors.flatMap(({ snapshot }) => (snapshot === undefined ? [] : [snapshot.replace(/\/$/, '')]));
}

async function store(name: string, deb: LockedDeb, body: AsyncIterable<Uint8Array>, { store: blobs, emit }: DebianContext): Promise<StoredBlob> {
	const task = `${name} ${deb.version}`;
	let done = 0;
	async function* counted(): AsyncGenerator<Uint8Array> {
		for await (const chunk of body) {
			done += chunk.length;
			if (done > deb.size) break;
			emit({ type: 'progress', task, done, total: deb.size });
			yield chunk;
		}
	}
	try {
		return await blobs.putStream(counted(), { digest: digestOfHex(deb.sha256), size: deb.size });
	} catch (cause) {
		if (!(cause instanceof TareError) || cause.code !== 'STORE_CORRUPT') throw cause;
		throw new TareError('BASE_UNTRUSTED', `${task} is not the file that the signed index names: ${cause.message}`, {
			hint: 'The mirror may be damaged or tampered with: try another one (mirrors: in tare.yaml).',
			cause,
		});
	}
}

export type TarMember = Header & { readonly name: string };

/** Reads `control.tar` or `data.tar`. @param onMember must consume or resume the stream @throws TareError BASE_INVALID */
export async function readDebTar(
	path: string,
	part: 'control' | 'data',
	what: string,
	onMember: (header: TarMember, content: Readable) => Promise<void>,
): Promise<void> {
	const member = readAr(path, what).find(({ name }) => name.startsWith(`${part}.tar`));
	if (member === undefined) throw new TareError('BASE_INVALID', `${what} is not a Debian package: it has no ${part}.tar`);
	const tar = extract();
	const source = Readable.from(decompress(path, member, what));
	source.once('error', (error) => tar.destroy(error));
	source.pipe(tar as never);
	try {
		for await (const entry of tar) await onMember(entry.header as TarMember, entry as unknown as Readable);
	} catch (cause) {
		if (cause instanceof TareError) throw cause;
		throw new TareError('BASE_INVALID', `${what} cannot be unpacked: ${messageOf(cause)}`, { cause });
	} finally {
		source.destroy();
	}
}

function decompress(path: string, { name, offset, size }: ArMember, what: string): AsyncIterable<Buffer> {
	const raw = createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: 1 << 18 });
	if (name.endsWith('.xz')) return decompressXz(raw);
	if (name.endsWith('.gz')) return raw.pipe(createGunzip({ chunkSize: 1 << 18 }));
	if (name.endsWith('.tar')) return raw;
	throw new TareError('BASE_INVALID', `${what} is compressed in a way Tare cannot read (${name})`);
}
