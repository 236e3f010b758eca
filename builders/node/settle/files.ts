/** Reading and rewriting what a build made. */
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Files in which an id can stand as text. */
const TEXT = /\.(?:[cm]?js|json|html|rsc|txt|map|css|body|meta|nft\.json)$|(?:^|\/)BUILD_ID$/;
const TEXT_LIMIT = 64 * 2 ** 20;

export function textFilesBelow(folder: string): readonly string[] {
	return filesBelow(folder).filter((path) => TEXT.test(path) && statSync(path).size <= TEXT_LIMIT);
}

/** Installed packages and caches are not the build's. */
export function filesBelow(folder: string): readonly string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'cache' ? [] : filesBelow(path);
		return entry.isFile() ? [path] : [];
	});
}

/** Byte for byte but for what `change` does: latin1 keeps what is not text. */
export function rewrite(path: string, change: (text: string) => string): void {
	const text = readFileSync(path, 'latin1');
	const changed = change(text);
	if (changed !== text) writeFileSync(path, changed, 'latin1');
}

/** In texts and in names; both of one length, so that nothing moves. */
export function replaceId(folder: string, from: string, to: string): void {
	for (const path of textFilesBelow(folder)) rewrite(path, (text) => text.replaceAll(from, to));
	for (const path of namesBelow(folder)) if (basename(path).includes(from)) renameSync(path, join(dirname(path), basename(path).replaceAll(from, to)));
}

/** Deepest first, so that a folder is renamed after what is in it. */
function namesBelow(folder: string): readonly string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() && entry.name !== 'node_modules' ? [...namesBelow(path), path] : [path];
	});
}
