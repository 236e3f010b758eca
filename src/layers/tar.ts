/**
 * Entries as a tar (POSIX.1-2017 pax, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13), in blocks of
 * 1 MiB. tar-stream writes the headers; what it would get wrong (large ids, absent or late times, mode 0, bytes in extended headers) is settled
 * here first.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { pack as createPack, type Header, type Pack } from 'tar-stream';
import { errno, TareError } from '../errors.js';
import type { Entry, FileEntry } from './entry.js';
import { normaliseEntries } from './normalise.js';
import { paxRecords } from './pax.js';

export interface TarOptions {
	/** Seconds since the epoch for entries without a time of their own; default 0. */
	readonly mtime?: number;
	readonly signal?: AbortSignal;
	/**
	 * Recycle this many blocks: the caller must be done with a block before it has taken that many more. For pipelines, where fresh
	 * memory for every block would outrun the garbage collector.
	 */
	readonly recycle?: number;
	/** Bytes of file content so far. */
	readonly onProgress?: (bytes: number) => void;
}

export const BLOCK_SIZE = 1 << 20;
/** Bytes of entries that may wait to get into the tar. */
const WINDOW = BLOCK_SIZE;
/** Buffers for reading large files by turns: more than the window lets wait. */
const READ_BUFFERS = 4;
/** Largest id that fits a ustar field of seven octal digits, as tar-stream writes it. */
const USTAR_ID_LIMIT = 0o777777;
const TIME_LIMIT = 2 ** 31 - 1;

/** @throws TareError UNSAFE_PATH | SOURCE_NOT_FOUND when a file changed or vanished while it was read | CANCELLED */
export async function* tarBlocks(entries: Iterable<Entry> | AsyncIterable<Entry>, options: TarOptions = {}): AsyncGenerator<Buffer> {
	const sorted = await normaliseEntries(entries);
	const flow = createFlow();
	const pack = createPack({ highWaterMark: BLOCK_SIZE } as object);
	quiet(pack as never);
	const feeding = feed(pack, sorted, flow, options).catch((error: Error) => {
		pack.destroy(error);
	});
	const fresh = blockSource(options.recycle);
	let block = fresh();
	let length = 0;
	try {
		for await (const chunk of pack as unknown as AsyncIterable<Buffer>) {
			for (let at = 0; at < chunk.length; ) {
				const copied = chunk.copy(block, length, at);
				at += copied;
				length += copied;
				if (length < BLOCK_SIZE) break;
				yield block;
				block = fresh();
				length = 0;
			}
		}
		if (length > 0) yield block.subarray(0, length);
	} finally {
		flow.stop();
		pack.destroy();
		await feeding;
	}
}

function blockSource(recycle: number | undefined): () => Buffer {
	const ring: Buffer[] = [];
	let next = 0;
	return () => {
		if (recycle === undefined) return Buffer.allocUnsafeSlow(BLOCK_SIZE);
		const at = next++ % recycle;
		ring[at] ??= Buffer.allocUnsafeSlow(BLOCK_SIZE);
		return ring[at];
	};
}

/** Bounds what waits to get into the tar, which bounds itself once they are in. */
interface Flow {
	/** Waits for room, then takes it. @returns gives it back, when the entry is in the tar */
	room(bytes: number): Promise<() => void>;
	stop(): void;
	readonly stopped: boolean;
}

function createFlow(): Flow {
	let waiting = 0;
	let stopped = false;
	let wake: (() => void) | undefined;
	return {
		async room(bytes) {
			while (waiting > WINDOW && !stopped) await new Promise<void>((resolve) => (wake = resolve));
			waiting += bytes;
			return () => {
				waiting -= bytes;
				if (waiting <= WINDOW) wake?.();
			};
		},
		stop() {
			stopped = true;
			wake?.();
		},
		get stopped() {
			return stopped;
		},
	};
}

async function feed(pack: Pack, entries: readonly Entry[], flow: Flow, options: TarOptions): Promise<void> {
	let done = 0;
	for (const [at, entry] of entries.entries()) {
		if (flow.stopped) return;
		if (options.signal?.aborted === true) throw new TareError('CANCELLED', 'the build was interrupted');
		const size = entry.type === 'file' ? entry.size : 0;
		const written = await flow.room(512 + Math.min(size, BLOCK_SIZE));
		if (entry.type === 'file') await writeFile(pack, entry, flow, options, written);
		else quiet(pack.entry(header(entry, options), written));
		done += size;
		if (size > 0) options.onProgress?.(done);
		if (at % 256 === 255) await setImmediate();
	}
	pack.finalize();
}

async function writeFile(pack: Pack, entry: FileEntry, flow: Flow, options: TarOptions, written: () => void): Promise<void> {
	const { content, size } = entry;
	if (entry.xattrs !== undefined) writeRecords(pack, entry, options);
	if (content.kind === 'bytes') {
		quiet(pack.entry(header(entry, options), Buffer.from(content.bytes), written));
	} else if (size === 0 && content.offset !== undefined) {
		quiet(pack.entry(header(entry, options), Buffer.alloc(0), written));
	} else {
		const fd = openFile(content.path);
		try {
			if (content.offset === undefined && fstatSync(fd).size > size) throw changed(content.path, 'became longer');
			if (size <= BLOCK_SIZE) quiet(pack.entry(header(entry, options), readExactly(fd, size, content.offset ?? 0, content), written));
			else {
				await writeLarge(pack, entry, fd, content, flow, options);
				written();
			}
		} finally {
			closeSync(fd);
		}
	}
}

/** The extended header goes before the entry, as one of its own. */
function writeRecords(pack: Pack, entry: FileEntry, options: TarOptions): void {
	const records = paxRecords(entry, largeIds(entry));
	const extended = { ...header(entry, options), mode: 0o644, size: records.length };
	quiet(pack.entry(extended, records));
	// tar-stream takes a body for files alone, and looks at the type again when it writes the header, which is later.
	(extended as { type: string }).type = 'pax-header';
}

/** Whoever reads the tar gets the error; a part of it must not raise it once more. */
function quiet(part: { on(event: 'error', listener: () => void): unknown }): void {
	part.on('error', () => undefined);
}

type DiskContent = Extract<FileEntry['content'], { kind: 'disk' }>;

async function writeLarge(pack: Pack, entry: FileEntry, fd: number, content: DiskContent, flow: Flow, options: TarOptions): Promise<void> {
	let failure: Error | undefined;
	let wake: (() => void) | undefined;
	const sink = pack.entry(header(entry, options), (error) => {
		failure = error ?? undefined;
	});
	for (const event of ['drain', 'finish', 'close'] as const) sink.on(event, () => wake?.());
	quiet(sink);
	const start = content.offset ?? 0;
	const buffers = blockSource(READ_BUFFERS);
	for (let at = 0; at < entry.size; at += BLOCK_SIZE) {
		const length = Math.min(BLOCK_SIZE, entry.size - at);
		// A reader that leaves closes the entry before the flow is stopped; nothing would wake us then.
		if (flow.stopped || sink.destroyed) return;
		if (options.signal?.aborted === true) throw new TareError('CANCELLED', 'the build was interrupted');
		const chunk = readExactly(fd, length, start + at, content, buffers());
		if (!sink.write(chunk)) await new Promise<void>((resolve) => (wake = resolve));
	}
	if (sink.destroyed) return;
	await new Promise<void>((resolve) => {
		wake = resolve;
		(sink as unknown as { end(): void }).end();
	});
	if (failure !== undefined) throw failure;
}

function openFile(path: string): number {
	try {
		return openSync(path, 'r');
	} catch (cause) {
		throw changed(path, errno(cause) === 'ENOENT' ? 'was removed' : 'cannot be read', cause);
	}
}

function readExactly(fd: number, length: number, position: number, content: DiskContent, into: Buffer = Buffer.allocUnsafe(length)): Buffer {
	const buffer = into.subarray(0, length);
	for (let at = 0; at < length; ) {
		const read = readSync(fd, buffer, at, length - at, position + at);
		if (read === 0) throw changed(content.path, 'became shorter');
		at += read;
	}
	return buffer;
}

function changed(path: string, what: string, cause?: unknown): TareError {
	return new TareError('SOURCE_NOT_FOUND', `${path} ${what} while it was packed`, { hint: 'Build again when nothing else writes to the folder.', cause });
}

function largeIds({ uid = 0, gid = 0 }: Entry): Record<string, string> {
	return { ...(uid > USTAR_ID_LIMIT && { uid: String(uid) }), ...(gid > USTAR_ID_LIMIT && { gid: String(gid) }) };
}

/** What stands for the name where an extended header has it; tar-stream's own word. */
const NAME_IN_PAX = 'PaxHeader';

function header(entry: Entry, options: TarOptions): Partial<Header> & { name: string } {
	const mtime = Math.min(TIME_LIMIT, Math.max(0, entry.mtime ?? options.mtime ?? 0));
	const { uid = 0, gid = 0 } = entry;
	const extended = entry.type === 'file' && entry.xattrs !== undefined;
	const pax = extended ? {} : largeIds(entry);
	return {
		name: extended ? NAME_IN_PAX : entry.type === 'directory' ? `${entry.path}/` : entry.path,
		type: entry.type === 'hardlink' ? 'link' : entry.type,
		mode: entry.mode & 0o7777,
		mtime: new Date(mtime * 1000),
		uid: Math.min(uid, USTAR_ID_LIMIT),
		gid: Math.min(gid, USTAR_ID_LIMIT),
		uname: '',
		gname: '',
		...(entry.type === 'file' && { size: entry.size }),
		...((entry.type === 'symlink' || entry.type === 'hardlink') && { linkname: entry.target }),
		...(Object.keys(pax).length > 0 && { pax }),
	};
}
