/** Packages indexes: fetched by hash, kept unpacked in the store, read by offset so that only the stanzas that are asked for are parsed. */
import { closeSync, createReadStream, createWriteStream, openSync, readSync } from 'node:fs';
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

/** @throws TareError BASE_UNTRUSTED | BASE_UNAVAILABLE | BASE_INVALID | OFFLINE */
export async function fetchPackages(release: Release, architecture: string, context: DebianContext): Promise<PackageIndex> {
	const base = `main/binary-${architecture}/Packages`;
	const file = release.files.get(`${base}.gz`) ?? release.files.get(`${base}.xz`);
	if (file === undefined)
		throw new TareError('BASE_INVALID', `${release.suite} has no packages for ${architecture}`, {
			hint: 'Choose another platform, or another mirror (mirrors: in tare.yaml).',
		});
	const folder = await context.store.tree('packages', file.sha256, async (dir) => {
		const blob = (await context.store.blob(digestOfHex(file.sha256))) ?? (await download(release, file.path, file.sha256, file.size, context));
		await pipeline(Readable.from(bounded(inflate(blob, file.path), file.path)), createWriteStream(join(dir, FILE)));
	});
	return openIndex(release.suite, join(folder, FILE));
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

/** @param path of the unpacked text, which stays in the file: only names and offsets are held */
async function openIndex(suite: string, path: string): Promise<PackageIndex> {
	const offsets = new Map<string, number[]>();
	const provided = new Map<string, string[]>();
	for await (const { at, name, provides } of stanzaHeads(path)) {
		offsets.set(name, [...(offsets.get(name) ?? []), at]);
		for (const virtual of provides) provided.set(virtual, [...(provided.get(virtual) ?? []), name]);
	}
	return {
		suite,
		find: (name) => (offsets.get(name) ?? []).map((at) => readStanza(path, at)),
		names: () => offsets.keys(),
		providers: (name) => provided.get(name) ?? [],
	};
}

interface StanzaHead {
	/** Offset in the file. */
	readonly at: number;
	readonly name: string;
	/** Virtual packages. */
	readonly provides: readonly string[];
}

/** Stanzas are cut out of the stream with two searches each; nothing else of them is looked at. */
async function* stanzaHeads(path: string): AsyncGenerator<StanzaHead> {
	let rest = Buffer.alloc(0);
	let offset = 0;
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
		const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		let from = 0;
		for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', from)) {
			yield* headOf(text.subarray(from, end), offset + from);
			from = end + 2;
		}
		rest = Buffer.from(text.subarray(from));
		offset += from;
	}
	yield* headOf(rest, offset);
}

function* headOf(stanza: Buffer, at: number): Generator<StanzaHead> {
	const name = field(stanza, 'Package: ');
	if (name === undefined) return;
	const provides =
		field(stanza, '\nProvides: ')
			?.split(',')
			.map((item) => item.trim().split(/[\s(]/, 1)[0] ?? '') ?? [];
	yield { at, name, provides };
}

function field(stanza: Buffer, label: string): string | undefined {
	const at = label.startsWith('\n') ? stanza.indexOf(label) : stanza.subarray(0, label.length).equals(Buffer.from(label)) ? 0 : -1;
	if (at < 0) return undefined;
	const end = stanza.indexOf('\n', at + label.length);
	return stanza.toString('utf8', at + label.length, end < 0 ? stanza.length : end);
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
