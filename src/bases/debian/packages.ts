/** Packages indexes: fetched by hash, kept unpacked in the store, read by offset so that only the stanzas that are asked for are parsed. */
import { closeSync, createWriteStream, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline as pipe, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TareError } from '../../errors.js';
import { digestOfHex } from '../../oci/digest.js';
import type { StoredBlob } from '../../store/contract.js';
import type { DebianContext } from './context.js';
import { parseStanza, type Stanza } from './deb822.js';
import { archiveOf, fetchFirst, rootsOf } from './fetch.js';
import { type PackageHeads, readHeads, writeHeads } from './package-heads.js';
import type { Release } from './release.js';
import { decompressXz } from './xz.js';

export interface PackageIndex {
	readonly suite: string;
	/** All versions of a binary package. */
	find(name: string): readonly Stanza[];
	/** Names of packages that provide a virtual one. */
	providers(name: string): readonly string[];
	names(): Iterable<string>;
}

/** Debian's largest index is 57 MB. */
const TEXT_LIMIT = 256 * 2 ** 20;
const FILE = 'Packages';
const HEADS = 'Packages.heads';

/** @throws TareError BASE_UNTRUSTED | BASE_UNAVAILABLE | BASE_INVALID | OFFLINE */
export async function fetchPackages(release: Release, architecture: string, context: DebianContext): Promise<PackageIndex> {
	const base = `main/binary-${architecture}/Packages`;
	const file = release.files.get(`${base}.gz`) ?? release.files.get(`${base}.xz`);
	if (file === undefined)
		throw new TareError('BASE_INVALID', `${release.suite} has no packages for ${architecture}`, {
			hint: 'Choose another platform, or another mirror (mirrors: in tare.yaml).',
		});
	const folder = await context.store.tree('package-list', file.sha256, async (dir) => {
		const blob = (await context.store.blob(digestOfHex(file.sha256))) ?? (await download(release, file.path, file.sha256, file.size, context));
		await pipeline(Readable.from(bounded(inflate(blob, file.path), file.path)), createWriteStream(join(dir, FILE)));
		await writeHeads(join(dir, FILE), join(dir, HEADS));
	});
	return openIndex(release.suite, join(folder, FILE), readHeads(join(folder, HEADS)));
}

function download(release: Release, path: string, sha256: string, size: number, context: DebianContext): Promise<StoredBlob> {
	const folder = path.slice(0, path.lastIndexOf('/'));
	const roots = rootsOf(context.mirrors, archiveOf(release.suite)).map((root) => `${root}/dists/${release.suite}`);
	const urls = roots.flatMap((root) => [`${root}/${folder}/by-hash/SHA256/${sha256}`, `${root}/${path}`]);
	return fetchFirst(`the package list of ${release.suite}`, urls, context, async ({ body }) => {
		try {
			return await context.store.putStream(body, { digest: digestOfHex(sha256), size });
		} catch (cause) {
			if (!(cause instanceof TareError) || cause.code !== 'STORE_CORRUPT') throw cause;
			throw new TareError('BASE_UNTRUSTED', `the package list of ${release.suite} does not match the signed index: ${cause.message}`, {
				hint: 'The mirror may be damaged or tampered with: try another one (mirrors: in tare.yaml).',
				cause,
			});
		}
	});
}

function inflate(blob: StoredBlob, path: string): AsyncIterable<Buffer> {
	return path.endsWith('.gz') ? pipe(blob.open(), createGunzip({ chunkSize: 1 << 20 }), () => undefined) : decompressXz(blob.open());
}

async function* bounded(source: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
	let length = 0;
	for await (const part of source) {
		length += part.length;
		if (length > TEXT_LIMIT) throw new TareError('BASE_INVALID', `${path} is larger than ${TEXT_LIMIT} bytes`);
		yield part;
	}
}

const STANZA_LIMIT = 1 << 20;

/** @param path of the unpacked text, which stays in the file */
function openIndex(suite: string, path: string, { offsets, names, providers }: PackageHeads): PackageIndex {
	return { suite, find: (name) => offsets(name).map((at) => readStanza(path, at)), names, providers };
}

function readStanza(path: string, at: number): Stanza {
	const fd = openSync(path, 'r');
	try {
		for (let size = 1 << 13; ; size *= 2) {
			const buffer = Buffer.alloc(size);
			const length = readSync(fd, buffer, 0, size, at);
			const end = buffer.subarray(0, length).indexOf('\n\n');
			if (end >= 0 || length < size || size >= STANZA_LIMIT) return parseStanza(buffer.toString('utf8', 0, end < 0 ? length : end));
		}
	} finally {
		closeSync(fd);
	}
}
