/** sha256 of files, many small ones included: one buffer for all, and no hash object for each (they hold memory the collector cannot see). */
import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const READ_SIZE = 1 << 20;

/** @returns hex sha256 of `size` bytes of the file from `offset`, or of what there is */
export type FileHasher = (path: string, offset: number, size: number) => string;

/** Not for use by two pieces of work at once. */
export function createFileHasher(): FileHasher {
	const buffer = Buffer.allocUnsafeSlow(READ_SIZE);
	return (path, offset, size) => {
		const fd = openSync(path, 'r');
		try {
			const first = readSync(fd, buffer, 0, Math.min(READ_SIZE, size), offset);
			if (first < READ_SIZE || size === READ_SIZE) return hash('sha256', buffer.subarray(0, first), 'hex');
			return hashRest(fd, buffer, offset, size);
		} finally {
			closeSync(fd);
		}
	};
}

function hashRest(fd: number, buffer: Buffer, offset: number, size: number): string {
	const whole = createHash('sha256').update(buffer);
	for (let at = READ_SIZE; at < size; ) {
		const length = readSync(fd, buffer, 0, Math.min(READ_SIZE, size - at), offset + at);
		if (length === 0) break;
		whole.update(buffer.subarray(0, length));
		at += length;
	}
	return whole.digest('hex');
}
