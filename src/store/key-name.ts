/** A file name for any key. */
import { createHash } from 'node:crypto';

export function keyName(key: string): string {
	return createHash('sha256').update(key).digest('hex');
}
