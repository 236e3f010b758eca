/** Reads a layer: what is in it, without writing anything. */
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { messageOf, TareError } from '../errors.js';

export interface LayerMember {
	readonly path: string;
	readonly type: string;
	/** Bytes. */
	readonly size: number;
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	/** Seconds since the epoch. */
	readonly mtime: number;
	readonly link?: string;
}

/** More would be a bomb: no honest image has layers like that. */
const SIZE_LIMIT = 64 * 2 ** 30;
const MEMBER_LIMIT = 5_000_000;

/**
 * Reads members in order; content that `visit` does not read is skipped.
 * @throws TareError IMAGE_INVALID, and what `visit` throws
 */
export async function walkLayer(
	compressed: Readable,
	mediaType: string,
	visit: (member: LayerMember, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
	let members = 0;
	let bytes = 0;
	const tar = extract();
	const source = compressed.pipe((await decompressor(mediaType)) as never) as unknown as Readable;
	compressed.once('error', (error) => source.destroy(error));
	source.once('error', (error) => tar.destroy(error));
	source.pipe(tar as never);
	try {
		for await (const entry of tar) {
			const member = toMember(entry.header);
			members++;
			bytes += member.size;
			if (members > MEMBER_LIMIT || bytes > SIZE_LIMIT) throw new TareError('IMAGE_INVALID', 'a layer is larger than any honest layer');
			await visit(member, entry as unknown as AsyncIterable<Buffer>);
			entry.resume();
		}
	} catch (cause) {
		if (cause instanceof TareError) throw cause;
		throw new TareError('IMAGE_INVALID', `a layer cannot be read: ${messageOf(cause)}`, { cause });
	}
}

function toMember({ name, type, size = 0, mode = 0, uid = 0, gid = 0, mtime, linkname }: Header): LayerMember {
	return {
		path: name.replace(/^\.?\//, '').replace(/\/$/, ''),
		type: type ?? 'file',
		size,
		mode,
		uid,
		gid,
		mtime: (mtime?.getTime() ?? 0) / 1000,
		...(linkname != null && { link: linkname }),
	};
}

/**
 * @param onMember gets each member; returns true to be given its content (bounded by `contentLimit`)
 * @throws TareError IMAGE_INVALID
 */
export function readLayer(
	compressed: Readable,
	mediaType: string,
	onMember: (member: LayerMember) => boolean,
	onContent: (member: LayerMember, content: Buffer) => void = () => undefined,
	contentLimit = 1 << 20,
): Promise<void> {
	return walkLayer(compressed, mediaType, async (member, content) => {
		if (onMember(member) && member.size <= contentLimit) onContent(member, await collect(content));
	});
}

async function collect(entry: AsyncIterable<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of entry) parts.push(part);
	return Buffer.concat(parts);
}

/** OCI and Docker types: plain, gzip, zstd. */
async function decompressor(mediaType: string): Promise<NodeJS.ReadWriteStream> {
	if (/[.+]tar$/.test(mediaType)) return new PassThrough();
	if (!/[.+]zstd$/.test(mediaType)) return createGunzip({ chunkSize: 1 << 20 });
	return (await import('./zstd.js')).zstdDecompressor();
}
