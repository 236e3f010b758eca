/** Extended headers whose values are bytes, which tar-stream would write as UTF-8: extended attributes, as Go's archive/tar, GNU tar and star have them. */
import type { FileEntry } from './entry.js';

const XATTR = 'SCHILY.xattr.';

/**
 * The records of an entry with extended attributes. Its path is one of them, so that its other header needs none.
 * @param records further ones, by keyword
 */
export function paxRecords({ path, xattrs = {} }: FileEntry, records: Readonly<Record<string, string>>): Buffer {
	const texts = Object.entries({ path, ...records }).map(([keyword, value]) => record(keyword, Buffer.from(value)));
	const names = Object.keys(xattrs).sort();
	return Buffer.concat([...texts, ...names.map((name) => record(XATTR + name, xattrs[name] ?? Buffer.alloc(0)))]);
}

/** `LENGTH KEYWORD=VALUE\n`, where the length is that of the whole, its own digits included. */
function record(keyword: string, value: Uint8Array): Buffer {
	const rest = Buffer.concat([Buffer.from(` ${keyword}=`), value, Buffer.from('\n')]);
	let length = rest.length;
	while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
	return Buffer.concat([Buffer.from(String(length)), rest]);
}
