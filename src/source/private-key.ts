/** Private keys among the source files: certificates may be shipped, keys may not. */
import { closeSync, lstatSync, readSync } from 'node:fs';
import { openRegular } from '../project-file.js';

const NAMES = /\.(?:pem|key)$/i;
const HEAD = 8192;

/** @param full absolute path of the file */
export function holdsPrivateKey(full: string): boolean {
	if (!NAMES.test(full) || !lstatSync(full).isFile()) return false;
	const fd = openRegular(full);
	if (fd === undefined) return false;
	try {
		const buffer = Buffer.alloc(HEAD);
		return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(buffer.toString('latin1', 0, readSync(fd, buffer, 0, HEAD, 0)));
	} finally {
		closeSync(fd);
	}
}
