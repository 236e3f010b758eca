/** Cleartext signatures (RFC 9580, section 7): one strict shape, and only the signed text is ever used. */
import { TareError } from '../../errors.js';
import { type PublicKey, packetsOf, readSignature, TAG, verifySignature } from './openpgp.js';

export interface SignedText {
	/** Exactly what was signed, with \n line ends. */
	readonly text: string;
	/** Key ids (16 hex digits) of the valid signatures. */
	readonly signedBy: readonly string[];
}

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----';
const END = '-----END PGP SIGNATURE-----';

/** At least one key must have signed, as apt asks. @param what names the file in errors @throws TareError BASE_UNTRUSTED */
export function verifyClearsigned(message: string, keys: readonly PublicKey[], what: string): SignedText {
	const { body, armor } = scan(message, what);
	const text = Buffer.from(body.map((line) => line.replace(/[ \t\r]+$/, '')).join('\r\n'));
	const signedBy: string[] = [];
	for (const packet of packetsOf(armor, [TAG.signature])) {
		const signature = readSignature(packet);
		const key = signature === undefined ? undefined : keys.find(({ fingerprint }) => fingerprint.endsWith(signature.issuer ?? '-'));
		if (signature === undefined || key === undefined) continue;
		if (!verifySignature(text, signature, key)) throw untrusted(what, `the signature of ${key.fingerprint.slice(-16)} does not match the text`);
		signedBy.push(key.fingerprint.slice(-16));
	}
	if (signedBy.length === 0) throw untrusted(what, 'no known key has signed it');
	return { text: `${body.join('\n')}\n`, signedBy };
}

/** Nothing before, between or after the parts; dash-escapes removed. */
function scan(message: string, what: string): { body: string[]; armor: Buffer } {
	const lines = message.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n');
	const blank = lines.indexOf('');
	const headers = lines.slice(1, blank);
	const signature = lines.indexOf(SIGNATURE);
	const wellFormed = lines[0] === BEGIN && blank > 0 && headers.every((line) => /^Hash: [\w, -]+$/.test(line)) && signature > blank && lines.at(-1) === END;
	if (!wellFormed) throw untrusted(what, 'it is not one cleartext-signed message');
	const body = lines.slice(blank + 1, signature).map((line) => {
		if (!line.startsWith('-')) return line;
		if (!line.startsWith('- ')) throw untrusted(what, 'it is not one cleartext-signed message');
		return line.slice(2);
	});
	return { body, armor: dearmor(lines.slice(signature + 1, -1), what) };
}

/** Base64 between the armor's blank line and its checksum (RFC 9580, 6.2). */
function dearmor(lines: readonly string[], what: string): Buffer {
	const start = lines.indexOf('') + 1;
	const data = lines.slice(start).filter((line) => !/^=[A-Za-z0-9+/]{4}$/.test(line));
	if (data.some((line) => !/^[A-Za-z0-9+/]+={0,2}$/.test(line))) throw untrusted(what, 'its signature is not base64');
	return Buffer.from(data.join(''), 'base64');
}

function untrusted(what: string, why: string): TareError {
	return new TareError('BASE_UNTRUSTED', `${what} is not trusted: ${why}`, {
		hint: 'The mirror may be damaged or tampered with: try another one (mirrors: in tare.yaml).',
	});
}
