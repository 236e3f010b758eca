/** As much of OpenPGP as signed Release files need: v4 keys and signatures, RSA and Ed25519 (RFC 9580 and, for key type 22, RFC 4880bis). */
import { createHash, createPublicKey, createVerify, type KeyObject, verify } from 'node:crypto';
import { TareError } from '../../errors.js';

export interface PublicKey {
	/** 40 upper-case hex digits. */
	readonly fingerprint: string;
	readonly algorithm: 'rsa' | 'ed25519';
	readonly key: KeyObject;
}

export interface Signature {
	/** 16 upper-case hex digits of the issuer, when it says so. */
	readonly issuer: string | undefined;
	readonly algorithm: 'rsa' | 'ed25519';
	readonly hash: 'sha256' | 'sha384' | 'sha512';
	/** 0 binary, 1 canonical text. */
	readonly type: number;
	/** The part of the packet that is signed along with the text. */
	readonly hashed: Buffer;
	readonly integers: readonly Buffer[];
}

const ALGORITHMS: Readonly<Record<number, PublicKey['algorithm']>> = { 1: 'rsa', 3: 'rsa', 22: 'ed25519' };
/** SHA-1 and MD5 are left out: a signature by them proves nothing. */
const HASHES: Readonly<Record<number, Signature['hash']>> = { 8: 'sha256', 9: 'sha384', 10: 'sha512' };
const ED25519_OID = Buffer.from('2b06010401da470f01', 'hex');

class Reader {
	private at = 0;
	private readonly bytes: Buffer;
	constructor(bytes: Buffer) {
		this.bytes = bytes;
	}
	take(length: number): Buffer {
		if (this.at + length > this.bytes.length) throw malformed();
		this.at += length;
		return this.bytes.subarray(this.at - length, this.at);
	}
	number(length: number): number {
		return this.take(length).readUIntBE(0, length);
	}
	/** A multiprecision integer: bit count, then bytes (RFC 9580, 3.2). */
	integer(): Buffer {
		return this.take((this.number(2) + 7) >> 3);
	}
	get done(): boolean {
		return this.at >= this.bytes.length;
	}
	get position(): number {
		return this.at;
	}
}

/** @param packet body of a public key or subkey packet @throws TareError BASE_UNTRUSTED */
export function readPublicKey(packet: Buffer): PublicKey {
	const reader = new Reader(packet);
	if (reader.number(1) !== 4) throw malformed();
	reader.take(4);
	const algorithm = ALGORITHMS[reader.number(1)];
	const fingerprint = createHash('sha1')
		.update(Buffer.from([0x99, packet.length >> 8, packet.length & 0xff]))
		.update(packet)
		.digest('hex')
		.toUpperCase();
	if (algorithm === 'rsa') {
		const [n, e] = [reader.integer(), reader.integer()];
		return { fingerprint, algorithm, key: createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') } }) };
	}
	if (algorithm === undefined || !reader.take(reader.number(1)).equals(ED25519_OID)) throw malformed();
	// A leading 0x40 marks a native point.
	const x = reader.integer().subarray(1);
	return { fingerprint, algorithm, key: createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') } }) };
}

/** Packets of one kind in a stream of packets (RFC 9580, 4.2). */
export function packetsOf(bytes: Buffer, tags: readonly number[]): readonly Buffer[] {
	const reader = new Reader(bytes);
	const found: Buffer[] = [];
	while (!reader.done) {
		const head = reader.number(1);
		if ((head & 0x80) === 0) throw malformed();
		const isNew = (head & 0x40) !== 0;
		const tag = isNew ? head & 0x3f : (head >> 2) & 0x0f;
		const body = reader.take(isNew ? newLength(reader) : oldLength(reader, head & 3));
		if (tags.includes(tag)) found.push(body);
	}
	return found;
}

function newLength(reader: Reader): number {
	const first = reader.number(1);
	if (first < 192) return first;
	if (first < 224) return ((first - 192) << 8) + reader.number(1) + 192;
	if (first === 255) return reader.number(4);
	throw malformed();
}

function oldLength(reader: Reader, kind: number): number {
	if (kind === 3) throw malformed();
	return reader.number(1 << kind);
}

export const TAG = { signature: 2, publicKey: 6, publicSubkey: 14 } as const;

/** Undefined for signatures of kinds that are not accepted. @throws TareError BASE_UNTRUSTED when malformed */
export function readSignature(packet: Buffer): Signature | undefined {
	const reader = new Reader(packet);
	if (reader.number(1) !== 4) return undefined;
	const type = reader.number(1);
	const algorithm = ALGORITHMS[reader.number(1)];
	const hash = HASHES[reader.number(1)];
	const hashedPart = reader.take(reader.number(2));
	const hashed = packet.subarray(0, reader.position);
	const unhashedPart = reader.take(reader.number(2));
	reader.take(2);
	if (algorithm === undefined || hash === undefined || type > 1) return undefined;
	const integers = algorithm === 'rsa' ? [reader.integer()] : [reader.integer(), reader.integer()];
	return { issuer: issuerOf(hashedPart) ?? issuerOf(unhashedPart), algorithm, hash, type, hashed, integers };
}

/** Subpackets 33 (issuer fingerprint) and 16 (issuer key id), RFC 9580, 5.2.3. */
function issuerOf(area: Buffer): string | undefined {
	const reader = new Reader(area);
	let keyId: string | undefined;
	while (!reader.done) {
		const body = reader.take(newLength(reader));
		const kind = (body[0] ?? 0) & 0x7f;
		if (kind === 33) return body.subarray(2).toString('hex').toUpperCase().slice(-16);
		if (kind === 16) keyId = body.subarray(1).toString('hex').toUpperCase();
	}
	return keyId;
}

/** @param text what was signed, in canonical form for type 1 */
export function verifySignature(text: Buffer, signature: Signature, key: PublicKey): boolean {
	if (signature.algorithm !== key.algorithm) return false;
	const length = Buffer.alloc(4);
	length.writeUInt32BE(signature.hashed.length);
	const data = Buffer.concat([text, signature.hashed, Buffer.from([4, 0xff]), length]);
	const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = signature.integers;
	if (key.algorithm === 'rsa') {
		const modulus = (key.key.asymmetricKeyDetails?.modulusLength ?? 0) >> 3;
		return first.length <= modulus && createVerify(signature.hash).update(data).verify(key.key, padded(first, modulus));
	}
	const digest = createHash(signature.hash).update(data).digest();
	return first.length <= 32 && second.length <= 32 && verify(null, digest, key.key, Buffer.concat([padded(first, 32), padded(second, 32)]));
}

/** Integers lose their leading zeros on the wire. */
function padded(integer: Buffer, length: number): Buffer {
	return Buffer.concat([Buffer.alloc(length - integer.length), integer]);
}

function malformed(): TareError {
	return new TareError('BASE_UNTRUSTED', 'a signature or key is malformed', { hint: 'The mirror may be damaged: try another one (mirrors: in tare.yaml).' });
}
