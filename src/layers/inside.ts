/** Paths of an image on this machine: links on the way are followed as in the image, and so never lead out of it. */
import { lstatSync, readlinkSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { TareError } from '../errors.js';

/** As the kernel has it: a longer chain is a circle. */
const LINK_LIMIT = 40;

/**
 * What has a path below `root`, whether it is there or not.
 * @param last what a link at the path's end means: itself, or what it leads to
 * @throws TareError IMAGE_INVALID for links in a circle and paths through a file
 */
export function pathInside(root: string, path: string, last: 'itself' | 'target'): string {
	let at: string[] = [];
	let links = 0;
	const rest = path.split('/').reverse();
	while (rest.length > 0) {
		const name = rest.pop() as string;
		if (name === '' || name === '.') continue;
		if (name === '..') {
			at.pop();
			continue;
		}
		const full = join(root, ...at, name);
		const target = last === 'itself' && rest.length === 0 ? undefined : linkAt(full, path);
		if (target === undefined) {
			at.push(name);
			continue;
		}
		if (++links > LINK_LIMIT) throw unusable(path, 'its links lead in a circle');
		if (isAbsolute(target)) at = [];
		rest.push(...target.split('/').reverse());
	}
	return join(root, ...at);
}

function linkAt(full: string, path: string): string | undefined {
	try {
		return lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(full) : undefined;
	} catch (cause) {
		throw unusable(path, 'it leads through a file', cause);
	}
}

function unusable(path: string, why: string, cause?: unknown): TareError {
	return new TareError('IMAGE_INVALID', `the image's path /${path.replace(/^\/+/, '')} cannot be used: ${why}`, { cause });
}
