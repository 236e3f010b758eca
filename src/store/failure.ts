/** What goes wrong with a disk, in words. */
import { errno, messageOf, TareError } from '../errors.js';

export function storeFailure(cause: unknown, path: string): TareError {
	if (cause instanceof TareError) return cause;
	if (errno(cause) === 'ENOSPC' || errno(cause) === 'EDQUOT') {
		return new TareError('NO_SPACE', `no space left for Tare's store (${path})`, {
			hint: 'Free some with `tare cache prune --max-size 1GB`, or put the store elsewhere with TARE_CACHE_DIR.',
			cause,
		});
	}
	return new TareError('STORE_UNUSABLE', `Tare's store cannot be used (${path}): ${messageOf(cause)}`, {
		hint: 'Check the permissions of the folder, or choose another with TARE_CACHE_DIR.',
		cause,
	});
}
