/**
 * Java's trust store, made of the certificates of the CA bundle, as ca-certificates-java would make it on an installed system: a
 * keystore in the JKS format, version 2, under the password that is every installation's.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { type Entry, imagePath } from '../../layers/entry.js';

const PATH = 'etc/ssl/certs/java/cacerts';
const PASSWORD = 'changeit';
const MAGIC = 0xfeedfeed;
const TRUSTED = 2;

/** @param certificates in PEM */
export function keystoreEntry(certificates: readonly { readonly text: string }[]): Entry {
	const bytes = javaKeystore(certificates.map(({ text }) => text));
	return { type: 'file', path: imagePath(PATH), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}

/** By fingerprint, and dated with the certificate's own begin: the same certificates give the same bytes. */
export function javaKeystore(certificates: readonly string[]): Buffer {
	const items = certificates.map((pem) => describe(new X509Certificate(pem))).sort((a, b) => (a.alias < b.alias ? -1 : 1));
	const body = Buffer.concat([word(MAGIC), word(2), word(items.length), ...items.flatMap(entryOf)]);
	const seal = createHash('sha1').update(Buffer.from(PASSWORD, 'utf16le').swap16()).update('Mighty Aphrodite').update(body).digest();
	return Buffer.concat([body, seal]);
}

interface Trusted {
	readonly alias: string;
	/** Milliseconds since the epoch. */
	readonly from: number;
	readonly raw: Buffer;
}

function describe({ raw, validFrom }: X509Certificate): Trusted {
	return { alias: createHash('sha256').update(raw).digest('hex'), from: Date.parse(validFrom), raw };
}

function entryOf({ alias, from, raw }: Trusted): readonly Buffer[] {
	const time = Buffer.alloc(8);
	time.writeBigInt64BE(BigInt(from));
	return [word(TRUSTED), text(alias), time, text('X.509'), word(raw.length), raw];
}

function word(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}

function text(value: string): Buffer {
	const length = Buffer.alloc(2);
	length.writeUInt16BE(value.length);
	return Buffer.concat([length, Buffer.from(value, 'latin1')]);
}
