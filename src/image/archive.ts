/** Random access to the members of an uncompressed tar: one pass finds where they lie. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { messageOf, TareError } from '../errors.js';
import type { FileSource } from './file-source.js';

interface Span {
	readonly offset: number;
	readonly size: number;
}

const MEMBER_LIMIT = 100_000;
const LINK_LIMIT = 8;

/** @throws TareError IMAGE_INVALID */
export async function archiveFiles(path: string): Promise<FileSource> {
	const spans = await index(path);
	const span = (name: string): Span => {
		const found = spans.get(name);
		if (found === undefined) throw new TareError('IMAGE_INVALID', `${path} has no ${name}`);
		return found;
	};
	return {
		what: path,
		read: (name) => readSpan(path, span(name)),
		stream: (name) => {
			const { offset, size } = span(name);
			return size === 0 ? Readable.from([]) : createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: 1 << 20 });
		},
		size: (name) => spans.get(name)?.size,
	};
}

async function index(path: string): Promise<Map<string, Span>> {
	const spans = new Map<string, Span>();
	const links = new Map<string, string>();
	const tar = extract();
	const file = createReadStream(path, { highWaterMark: 1 << 20 });
	file.once('error', (error) => tar.destroy(error));
	file.pipe(tar as never);
	try {
		for await (const entry of tar) {
			const { name, size = 0, type } = entry.header;
			if (spans.size + links.size > MEMBER_LIMIT) throw new Error('too many members');
			// tar-stream keeps the offset of the content in the header it hands out.
			const { byteOffset } = entry.header as unknown as { readonly byteOffset: number };
			const member = posix.normalize(name);
			if (type === 'file') spans.set(member, { offset: byteOffset, size });
			else if (type === 'symlink') links.set(member, posix.join(posix.dirname(member), entry.header.linkname ?? ''));
			else if (type === 'link') links.set(member, posix.normalize(entry.header.linkname ?? ''));
			entry.resume();
		}
	} catch (cause) {
		throw new TareError('IMAGE_INVALID', `${path} is not a tar of an image: ${messageOf(cause)}`, {
			hint: 'Give an OCI layout folder, an OCI archive or a docker archive (not compressed).',
			cause,
		});
	}
	for (const [name, target] of links) {
		const span = follow(target, spans, links);
		if (span !== undefined) spans.set(name, span);
	}
	return spans;
}

/** Until Docker 25, `docker save` wrote a layer that comes again as a link to the first. */
function follow(target: string, spans: ReadonlyMap<string, Span>, links: ReadonlyMap<string, string>): Span | undefined {
	let name: string | undefined = target;
	for (let step = 0; name !== undefined && step < LINK_LIMIT; step++) {
		const span = spans.get(name);
		if (span !== undefined) return span;
		name = links.get(name);
	}
	return undefined;
}

function readSpan(path: string, { offset, size }: Span): Buffer {
	const fd = openSync(path, 'r');
	try {
		const buffer = Buffer.alloc(size);
		for (let at = 0; at < size; ) {
			const read = readSync(fd, buffer, at, size - at, offset + at);
			if (read === 0) break;
			at += read;
		}
		return buffer;
	} finally {
		closeSync(fd);
	}
}
