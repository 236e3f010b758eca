/** The ar container of a deb: https://manpages.debian.org/deb.5 */
import { closeSync, openSync, readSync } from 'node:fs';
import { TareError } from '../../errors.js';

export interface ArMember {
	readonly name: string;
	readonly offset: number;
	/** Bytes. */
	readonly size: number;
}

const MAGIC = '!<arch>\n';
const HEADER_SIZE = 60;
const MEMBER_LIMIT = 16;

/** @throws TareError BASE_INVALID */
export function readAr(path: string, what: string): readonly ArMember[] {
	const fd = openSync(path, 'r');
	try {
		const head = Buffer.alloc(HEADER_SIZE);
		if (readSync(fd, head, 0, MAGIC.length, 0) < MAGIC.length || head.toString('latin1', 0, MAGIC.length) !== MAGIC)
			throw invalid(what, 'it does not start as one');
		const members: ArMember[] = [];
		for (let at = MAGIC.length; readSync(fd, head, 0, HEADER_SIZE, at) === HEADER_SIZE; ) {
			const size = Number(head.toString('latin1', 48, 58).trim());
			if (head.toString('latin1', 58, 60) !== '`\n' || !Number.isInteger(size) || size < 0 || members.length >= MEMBER_LIMIT)
				throw invalid(what, 'a member header is damaged');
			members.push({ name: head.toString('latin1', 0, 16).trim().replace(/\/$/, ''), offset: at + HEADER_SIZE, size });
			at += HEADER_SIZE + size + (size % 2);
		}
		return members;
	} finally {
		closeSync(fd);
	}
}

function invalid(what: string, why: string): TareError {
	return new TareError('BASE_INVALID', `${what} is not a Debian package: ${why}`);
}
