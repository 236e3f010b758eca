/** Packages indexes: fetched by hash, kept in the store, read by offset so that only the stanzas that are asked for are parsed. */
import { pipeline } from 'node:stream';
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

/** @throws TareError BASE_UNTRUSTED | BASE_UNAVAILABLE | BASE_INVALID | OFFLINE */
export async function fetchPackages(release: Release, architecture: string, context: DebianContext): Promise<PackageIndex> {
	const base = `main/binary-${architecture}/Packages`;
	const file = release.files.get(`${base}.gz`) ?? release.files.get(`${base}.xz`);
	if (file === undefined)
		throw new TareError('BASE_INVALID', `${release.suite} has no packages for ${architecture}`, {
			hint: 'Choose another platform, or another mirror (mirrors: in tare.yaml).',
		});
	const digest = digestOfHex(file.sha256);
	const blob = (await context.store.blob(digest)) ?? (await download(release, file.path, file.sha256, file.size, context));
	return openIndex(release.suite, await inflate(blob, file.path));
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

async function inflate(blob: StoredBlob, path: string): Promise<Buffer> {
	const parts: Buffer[] = [];
	let length = 0;
	const source: AsyncIterable<Buffer> = path.endsWith('.gz')
		? pipeline(blob.open(), createGunzip({ chunkSize: 1 << 20 }), () => undefined)
		: decompressXz(blob.open());
	for await (const part of source) {
		length += part.length;
		if (length > TEXT_LIMIT) throw new TareError('BASE_INVALID', `${path} is larger than ${TEXT_LIMIT} bytes`);
		parts.push(part);
	}
	return Buffer.concat(parts, length);
}

const PACKAGE_FIELD = Buffer.from('Package: ');
const PROVIDES_FIELD = Buffer.from('\nProvides: ');

function openIndex(suite: string, text: Buffer): PackageIndex {
	const offsets = new Map<string, number[]>();
	for (let at = 0; at < text.length; ) {
		const end = stanzaEnd(text, at);
		if (text.subarray(at, at + PACKAGE_FIELD.length).equals(PACKAGE_FIELD)) {
			const name = text.toString('latin1', at + PACKAGE_FIELD.length, text.indexOf(10, at));
			const known = offsets.get(name);
			if (known === undefined) offsets.set(name, [at]);
			else known.push(at);
		}
		at = end + 2;
	}
	const read = (at: number): Stanza => parseStanza(text.toString('utf8', at, stanzaEnd(text, at)));
	let provided: Map<string, string[]> | undefined;
	return {
		suite,
		find: (name) => (offsets.get(name) ?? []).map(read),
		names: () => offsets.keys(),
		providers: (name) => {
			provided ??= providersOf(text, read);
			return provided.get(name) ?? [];
		},
	};
}

function stanzaEnd(text: Buffer, from: number): number {
	const at = text.indexOf('\n\n', from);
	return at < 0 ? text.length : at;
}

/** Built when first asked: only user-added packages lead to virtual ones. */
function providersOf(text: Buffer, read: (at: number) => Stanza): Map<string, string[]> {
	const out = new Map<string, string[]>();
	for (let at = text.indexOf(PROVIDES_FIELD); at >= 0; at = text.indexOf(PROVIDES_FIELD, at + 1)) {
		const start = text.lastIndexOf('\n\n', at);
		const stanza = read(start < 0 ? 0 : start + 2);
		for (const item of (stanza.get('provides') ?? '').split(',')) {
			const name = /^\s*([^\s(]+)/.exec(item)?.[1];
			if (name !== undefined) out.set(name, [...(out.get(name) ?? []), stanza.get('package') ?? '']);
		}
	}
	return out;
}
