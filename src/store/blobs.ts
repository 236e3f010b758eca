/** Blobs by digest: written aside, renamed into place, verified whenever they are read. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline, Readable, Transform } from 'node:stream';
import { errno, TareError } from '../errors.js';
import { type Digest, digestOfHex, hexOf, sha256 } from '../oci/digest.js';
import { SMALL_BLOB } from '../oci/small-blob.js';
import type { BlobWriter, Store, StoredBlob } from './contract.js';
import { storeFailure } from './failure.js';
import type { Scratches } from './scratch.js';

type Blobs = Pick<Store, 'blob' | 'writer' | 'putBytes' | 'putStream' | 'verify'>;
type Expected = { readonly digest?: Digest; readonly size?: number };

const READ_SIZE = 1 << 18;
/** A blob's times say when it was last used; finer steps would only cost writes. Well below the hour for which pruning spares what is used. */
const TOUCH_AFTER_MS = 600_000;

export function createBlobs(home: string, scratches: Scratches): Blobs {
	const pathOf = (digest: Digest): string => join(home, 'blobs', 'sha256', hexOf(digest).slice(0, 2), hexOf(digest));
	const writer = async (): Promise<BlobWriter> => createWriter(scratches.name('blob'), pathOf);
	const putStream: Blobs['putStream'] = async (stream, expected) => {
		const out = await writer();
		try {
			for await (const chunk of stream) await out.write(chunk);
			return await out.commit(expected);
		} catch (error) {
			await out.abort();
			throw error;
		}
	};
	return {
		writer,
		putStream,
		putBytes: async (bytes) => {
			const digest = digestOfHex(createHash('sha256').update(bytes).digest('hex'));
			const there = await find(pathOf(digest), digest);
			return there?.size === bytes.length ? there : putStream([bytes] as unknown as AsyncIterable<Uint8Array>, { digest });
		},
		blob: (digest) => find(pathOf(digest), digest),
		verify: () => verifyAll(join(home, 'blobs', 'sha256')),
	};
}

async function find(path: string, digest: Digest): Promise<StoredBlob | undefined> {
	try {
		const { size, mtimeMs } = await stat(path);
		const now = Date.now();
		// A store that may only be read still serves.
		if (now - mtimeMs > TOUCH_AFTER_MS) await utimes(path, now / 1000, now / 1000).catch(() => undefined);
		return stored(path, digest, size);
	} catch (cause) {
		if (errno(cause) === 'ENOENT') return undefined;
		throw storeFailure(cause, path);
	}
}

function stored(path: string, digest: Digest, size: number): StoredBlob {
	return {
		digest,
		size,
		path,
		open: () => (size <= SMALL_BLOB ? Readable.from(whole(path, digest), { objectMode: false }) : verified(path, digest)),
		verifiedPath: async () => {
			for await (const _ of verified(path, digest)) {
				// Reading to the end is what verifies.
			}
			return path;
		},
	};
}

async function verifyAll(folder: string): Promise<void> {
	for (const name of (await readdir(folder, { recursive: true }).catch(() => [])).filter((path) => path.length > 64)) {
		await stored(join(folder, name), digestOfHex(name.slice(-64)), 0)
			.verifiedPath()
			.catch((error: unknown) => {
				if (!(error instanceof TareError) || error.code !== 'STORE_CORRUPT') throw error;
			});
	}
}

/** Streams a blob; the last step compares the digest and sets a damaged blob aside. */
function verified(path: string, digest: Digest): Readable {
	const hash = createHash('sha256');
	const check = new Transform({
		highWaterMark: READ_SIZE,
		transform(chunk: Buffer, _encoding, done) {
			hash.update(chunk);
			done(null, chunk);
		},
		flush(done) {
			if (hash.digest('hex') === hexOf(digest)) done();
			else setAside(path).then(() => done(corrupt(path, digest)), done);
		},
	});
	// The callback only keeps a destroyed stream from being an uncaught error: readers see it on the transform.
	return pipeline(createReadStream(path, { highWaterMark: READ_SIZE }), check, () => undefined);
}

async function* whole(path: string, digest: Digest): AsyncGenerator<Buffer> {
	const bytes = readFileSync(path);
	if (sha256(bytes) === digest) yield bytes;
	else {
		await setAside(path);
		throw corrupt(path, digest);
	}
}

async function setAside(path: string): Promise<void> {
	await rm(path, { force: true });
}

function corrupt(path: string, digest: Digest): TareError {
	return new TareError('STORE_CORRUPT', `a cached blob did not match its digest and was removed (${path})`, {
		hint: 'Run the command again: what was damaged is made anew.',
		data: { digest },
	});
}

function createWriter(temporary: string, pathOf: (digest: Digest) => string): BlobWriter {
	const hash: Hash = createHash('sha256');
	let size = 0;
	let file: FileHandle | undefined;
	const close = async (): Promise<void> => {
		await file?.close();
		file = undefined;
	};
	const guard = async <T>(work: () => Promise<T>): Promise<T> => {
		try {
			return await work();
		} catch (cause) {
			throw storeFailure(cause, temporary);
		}
	};
	return {
		write: (chunk) =>
			guard(async () => {
				file ??= await open(temporary, 'wx', 0o644);
				hash.update(chunk);
				size += chunk.length;
				await writeAll(file, chunk);
			}),
		commit: (expected) =>
			guard(async () => {
				file ??= await open(temporary, 'wx', 0o644);
				const digest = digestOfHex(hash.digest('hex'));
				refuseMismatch(expected, digest, size);
				await close();
				const path = pathOf(digest);
				await mkdir(dirname(path), { recursive: true });
				await rename(temporary, path);
				return stored(path, digest, size);
			}),
		abort: async () => {
			await close();
			await rm(temporary, { force: true });
		},
	};
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
	for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
}

function refuseMismatch(expected: Expected | undefined, digest: Digest, size: number): void {
	if (expected?.digest !== undefined && expected.digest !== digest)
		throw new TareError('STORE_CORRUPT', `received ${digest} where ${expected.digest} was asked for`, { data: { expected: expected.digest, digest } });
	if (expected?.size !== undefined && expected.size !== size)
		throw new TareError('STORE_CORRUPT', `received ${size} bytes where ${expected.size} were announced`, { data: { digest } });
}
