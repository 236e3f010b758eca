/** Where a Rust program writes, by the calls of its code. */
import type { WritablePlace } from '../../src/builder/contract.js';
import { type CodeRules, type WritingCall, writtenPlaces } from '../../src/builder/writable/code.js';
import { overlaps, placesOf } from '../../src/builder/writable/places.js';
import type { FileIndex } from '../../src/source/file-index.js';
import type { RustFile } from './sources.js';

const CALLS: readonly WritingCall[] = [
	{ before: /\b(?:create_dir_all|create_dir)\(\s*/, kind: 'folder' },
	{ before: /\b(?:sled::open|rolling::(?:daily|hourly|minutely|never)|DB::open_default)\(\s*/, kind: 'folder' },
	{ before: /\b(?:File::create(?:_new)?|fs::write)\(\s*/, kind: 'file' },
	{ before: /\bOpenOptions::new\(\)[^;]{0,200}?\.(?:write|append|create)\(true\)[^;]{0,200}?\.open\(\s*/, kind: 'file' },
	{ before: /\b(?:Connection::open|SqlitePool::connect|SqliteConnection::(?:establish|connect)|Database::create)\(\s*/, kind: 'file' },
	{ before: /\bSqlitePoolOptions::new\(\)[^;]{0,300}?\.connect\(\s*/, kind: 'file' },
	{ before: /\bSqliteConnectOptions::(?:new\(\)[^;]{0,300}?\.filename|from_str)\(\s*/, kind: 'file' },
];

/** @param files of the packages that the program is made of */
export function writablePlaces(source: FileIndex, files: readonly RustFile[], shipped: readonly string[]): readonly WritablePlace[] {
	const own = new Set(files.map(({ path }) => path));
	const rules: CodeRules = {
		files: /\.rs$/,
		assignment: /\b(?:let(?:\s+mut)?|const|static)\s+(\w+)\s*(?::[^=\n]+)?=\s*/,
		calls: CALLS,
		// sqlx: two slashes, then the path.
		url: /^(?:sqlite|file):(?:\/\/)?/,
		folderOf: () => '',
		isOwn: (path) => own.has(path),
	};
	return placesOf(writtenPlaces(source, rules), '/app', overlaps(shipped));
}
