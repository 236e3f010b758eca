/** What goes wrong when an image is written to disk, in words. */
import { errno, messageOf, TareError } from '../errors.js';

export function outputFailure(cause: unknown, path: string): TareError {
	if (cause instanceof TareError) return cause;
	if (errno(cause) === 'ENOSPC' || errno(cause) === 'EDQUOT')
		return new TareError('NO_SPACE', `no space left to write ${path}`, { hint: 'Free some space, or write elsewhere.', cause });
	return new TareError('OUTPUT_UNWRITABLE', `cannot write ${path}: ${messageOf(cause)}`, { hint: 'Check the path and the permissions of its folder.', cause });
}
