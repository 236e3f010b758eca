/** The archive's keys, ready to verify with. */
import { DEBIAN_KEYS } from './keys.js';
import { type PublicKey, readPublicKey } from './openpgp.js';

export function debianKeys(): readonly PublicKey[] {
	return DEBIAN_KEYS.map(({ packet }) => readPublicKey(Buffer.from(packet, 'base64')));
}
