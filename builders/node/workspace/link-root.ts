/** The smallest folder that holds an app and the folders that it links to, where they are in one repository. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { readIfFile } from '../../../src/project-file.js';
import { type Manifest, readManifest } from '../manifest.js';
import { isOutside, linksOf } from './links.js';

/** @returns undefined where the app links to nothing outside its folder, or no repository holds both */
export function findLinkRoot(dir: string): string | undefined {
	const seen = new Set<string>();
	const open = [dir];
	let root = dir;
	for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
		if (seen.has(folder)) continue;
		seen.add(folder);
		while (!isBelow(folder, root)) root = dirname(root);
		const manifest = manifestAt(folder);
		if (manifest !== undefined) open.push(...linksOf(manifest, '').flatMap(({ path }) => (/^[~/]/.test(path) ? [] : [join(folder, path)])));
	}
	return root !== dir && isInRepository(root) ? root : undefined;
}

function isBelow(folder: string, root: string): boolean {
	return !isOutside(relative(root, folder).split(sep).join('/'));
}

function manifestAt(folder: string): Manifest | undefined {
	const text = readIfFile(join(folder, 'package.json'));
	return text === undefined ? undefined : readManifest({ text: () => text });
}

/** A folder that is nobody's repository (a home folder, the file system's root) is not taken whole. */
function isInRepository(root: string): boolean {
	for (let folder = root; folder !== dirname(folder); folder = dirname(folder)) if (existsSync(join(folder, '.git'))) return true;
	return false;
}
