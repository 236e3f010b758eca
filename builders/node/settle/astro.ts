/** Astro: the key that encrypts the properties of server islands, where there is no island. */
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { codeThat, settledKey, sourceDigest } from './identity.js';

/** https://docs.astro.build/en/guides/server-islands/#reusing-the-encryption-key */
export function astroVariables(tools: Toolchain): Readonly<Record<string, string>> {
	const islands = codeThat(/\bserver:defer\b/, tools);
	if (islands === undefined) return { ASTRO_KEY: settledKey(sourceDigest(tools), 'server islands').toString('base64') };
	tools.emit({ type: 'note', says: `${islands.path} has server islands: give a key with --secret id=ASTRO_KEY, or the digest differs from build to build` });
	return {};
}
