/** Where a Go program writes, by the calls of its code. */
import type { WritablePlace } from '../../src/builder/contract.js';
import { type CodeRules, type WritingCall, writtenPlaces } from '../../src/builder/writable/code.js';
import { overlaps, placesOf } from '../../src/builder/writable/places.js';
import type { FileIndex } from '../../src/source/file-index.js';
import type { GoFile } from './files.js';

const CALLS: readonly WritingCall[] = [
	{ before: /\bos\.(?:MkdirAll|Mkdir)\(\s*/, kind: 'folder' },
	{ before: /\b(?:badger\.DefaultOptions|leveldb\.OpenFile|pebble\.Open|bleve\.New|diskv\.New)\(\s*/, kind: 'folder' },
	{ before: /\b(?:os\.(?:Create|WriteFile)|ioutil\.WriteFile)\(\s*/, kind: 'file' },
	{ before: /\bos\.OpenFile\(\s*/, kind: 'file', when: /\bO_(?:CREATE|WRONLY|RDWR|APPEND)\b/ },
	{ before: /\bsqlx?\.(?:Open|Connect|MustOpen|MustConnect)\(\s*"(?:sqlite3?|libsql)"\s*,\s*/, kind: 'file' },
	{ before: /\b(?:sqlite|bolt|bbolt|buntdb|nutsdb)\.Open\(\s*/, kind: 'file' },
	{ before: /\blumberjack\.Logger\{[^}]{0,200}?\bFilename:\s*/, kind: 'file' },
];

/** @param files that the program is made of */
export function writablePlaces(source: FileIndex, files: readonly GoFile[], shipped: readonly string[]): readonly WritablePlace[] {
	const own = new Set(files.map(({ path }) => path));
	const rules: CodeRules = {
		files: /\.go$/,
		assignment: /\b(\w+)(?:\s+string)?\s*:?=\s*/,
		calls: CALLS,
		folderOf: () => '',
		isOwn: (path) => own.has(path),
	};
	return placesOf(writtenPlaces(source, rules), '/app', overlaps(shipped));
}
