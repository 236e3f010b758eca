/** `--base scratch`: nothing at all, for programs that need nothing. */
import type { Platform } from '../oci/types.js';
import type { Base } from './contract.js';

export function scratchBase(platform: Platform): Base {
	return { platform, layers: [], config: {}, name: 'scratch', packages: [], libraries: [] };
}
