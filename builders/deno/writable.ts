/** Where a Deno app writes, by the calls of its code. */
import { posix } from 'node:path';
import type { WritablePlace } from '../../src/builder/contract.js';
import { type CodeRules, type WritingCall, writtenPlaces } from '../../src/builder/writable/code.js';
import { JAVASCRIPT_ASSIGNMENT, JAVASCRIPT_CALLS } from '../../src/builder/writable/javascript.js';
import { placesOf } from '../../src/builder/writable/places.js';
import type { FileIndex } from '../../src/source/file-index.js';

const CALLS: readonly WritingCall[] = [
	{ before: /\bDeno\.(?:mkdir|mkdirSync)\s*\(\s*/, kind: 'folder' },
	{ before: /\bDeno\.(?:writeTextFile|writeTextFileSync|writeFile|writeFileSync|create|createSync)\s*\(\s*/, kind: 'file' },
	{ before: /\bDeno\.(?:open|openSync)\s*\(\s*/, kind: 'file', when: /\b(?:write|append|create)\s*:\s*true/ },
	{ before: /\bDeno\.openKv\s*\(\s*(?=['"`\w])/, kind: 'file' },
	{ before: /\bnew\s+DB\s*\(\s*(?=['"`\w])/, kind: 'file' },
	...JAVASCRIPT_CALLS,
];
const NOT_LOADED = /(?:^|\/)(?:tests?|scripts?|tools?|bench|examples?|\.[\w-]+)\/|[._](?:test|bench)\.[jt]sx?$/;

export function writablePlaces(source: FileIndex): readonly WritablePlace[] {
	const rules: CodeRules = {
		files: /\.m?[jt]sx?$/,
		assignment: JAVASCRIPT_ASSIGNMENT,
		calls: CALLS,
		folderOf: posix.dirname,
		isOwn: (path) => !NOT_LOADED.test(path),
	};
	return placesOf(writtenPlaces(source, rules), '/app', (path) => source.files.some((file) => file.path === path || file.path.startsWith(`${path}/`)));
}
