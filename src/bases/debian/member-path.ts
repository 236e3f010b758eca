/** Names of tar members made safe: inside the root, and on a merged /usr. */
import { posix } from 'node:path';
import { TareError } from '../../errors.js';
import { type ImagePath, imagePath } from '../../layers/entry.js';

const MERGED = /^(bin|sbin|lib|lib32|lib64|libx32)(?=\/|$)/;

/** Undefined for the root itself. @throws TareError BASE_INVALID for absolute names and `..` */
export function memberPath(name: string, what: string): ImagePath | undefined {
	if (name.startsWith('/') || name.split('/').includes('..') || name.includes('\0'))
		throw new TareError('BASE_INVALID', `${what} has a file outside its root: ${JSON.stringify(name)}`);
	const path = name.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
	return path === '' || path === '.' ? undefined : imagePath(path.replace(MERGED, 'usr/$1'));
}

/** True for the top-level folders that are links into /usr. */
export function isMergedFolder(name: string): boolean {
	return /^(?:\.\/)?(?:bin|sbin|lib|lib32|lib64|libx32)\/?$/.test(name);
}

/** The link as it must be written; relative links out of the root are refused. @throws TareError BASE_INVALID */
export function safeTarget(path: ImagePath, target: string, what: string): string {
	if (target.startsWith('/')) return target.replace(/^\/(bin|sbin|lib|lib32|lib64|libx32)(?=\/)/, '/usr/$1');
	if (target === '' || posix.join('/root', posix.dirname(path), target).split('/')[1] !== 'root') {
		throw new TareError('BASE_INVALID', `${what} has a link out of its root: ${path} -> ${target}`);
	}
	return target;
}
