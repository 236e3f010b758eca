/** Where a Java app writes: calls of its code, databases in files, settings of frameworks for logs and uploads. */

import { posix } from 'node:path';
import type { PlanRequest, WritablePlace } from '../../../src/builder/contract.js';
import { type CodeRules, type WritingCall, writtenPlaces } from '../../../src/builder/writable/code.js';
import { type FoundPlace, placesOf } from '../../../src/builder/writable/places.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { boundedPattern } from '../../../src/source/pattern.js';
import type { Layout } from '../layout.js';
import type { JavaFacts } from '../plan.js';
import { isLogFile, logPlaces } from './logs.js';
import { databaseAt, fieldPlaces, isSettingsFile, settingsPlaces } from './settings.js';

const NEW = String.raw`(?:\bnew\s+)?\b(?:java\.io\.)?`;

/** Literals, and paths made of them; a constant of the class counts, too. */
const CALLS: readonly WritingCall[] = [
	{ before: /\b(?:Files\.)?createDirector(?:y|ies)\s*\(\s*/, kind: 'folder' },
	{ before: /\b(?:FileUtils\.)?(?:forceMkdir|mkdirs?)\s*\(\s*(?=[\w"(])/, kind: 'folder' },
	{ before: /\bFiles\.(?:write|writeString|newBufferedWriter|createFile)\s*\(\s*/, kind: 'file' },
	{ before: /\bFiles\.newOutputStream\s*\(\s*/, kind: 'file' },
	{ before: new RegExp(String.raw`${NEW}(?:FileWriter|FileOutputStream|PrintWriter|FileHandler)\s*\(\s*(?=["\w])`), kind: 'file' },
	{ before: new RegExp(String.raw`${NEW}RandomAccessFile\s*\(\s*(?=["\w])`), kind: 'file', when: /,\s*"rw/ },
	{ before: /\bFileUtils\.(?:writeStringToFile|touch)\s*\(\s*/, kind: 'file' },
];
/** `new File("data").mkdirs()`, `File("x").writeText(...)`: what is done stands after the path. */
const AFTER =
	/\b(?:new\s+)?(?:java\.io\.)?(?:File|Paths\.get|Path\.of|Path)\s*\(\s*"([^"\\\n]+)"\s*(?:,\s*"([^"\\\n]+)"\s*)?\)\s*(?:\.\s*(?:toFile|getAbsoluteFile|toAbsolutePath)\s*\(\s*\)\s*)?\.\s*(mkdirs?|createDirectories|createDirectory|createNewFile|writeText|writeBytes|appendText|writer|outputStream|bufferedWriter|printWriter)\s*\(/g;
/** `File dir = new File("data"); ... dir.mkdirs()` */
const NAMED = /\b(?:File|Path|val|var)\s+(\w+)\s*=\s*(?:new\s+)?(?:java\.io\.)?(?:File|Paths\.get|Path\.of|Path)\s*\(\s*"([^"\\\n]+)"\s*\)/g;
const URL = /"(jdbc:(?:h2|sqlite|hsqldb|derby|duckdb):[^"\n]+)"/g;
const CODE = /\.(?:java|kt|groovy|scala)$/;
const NOT_LOADED = /(?:^|\/)(?:src\/(?:test|it|integrationTest|testFixtures)|buildSrc|examples?|docs?|bench(?:marks?)?)\//;
const LIMIT = 256 * 1024;

export function javaPlaces(
	{ owns }: Pick<Layout, 'owns'>,
	{ source }: PlanRequest,
	{ ships, workdir }: JavaFacts,
	workingDir = '/app',
): readonly WritablePlace[] {
	const files = source.files.filter(({ path, type, size }) => type === 'file' && size <= LIMIT && owns(path) && !NOT_LOADED.test(path)).map(({ path }) => path);
	const code = files.filter((path) => CODE.test(path));
	const rules: CodeRules = {
		files: CODE,
		assignment: /\b(?:String|File|Path|val|var)\s+(\w+)\s*(?::\s*\w+\s*)?=\s*/,
		calls: CALLS,
		folderOf: () => '',
		isOwn: (path) => owns(path) && !NOT_LOADED.test(path),
	};
	const found = [
		...writtenPlaces(source, rules),
		...code.flatMap((path) => inCode(path, source.text(path) ?? '')),
		...files.filter(isSettingsFile).flatMap((path) => settingsPlaces(path, source)),
		...files.filter(isLogFile).flatMap((path) => logPlaces(path, source.text(path) ?? '')),
	];
	const shipped = (path: string): boolean =>
		ships.some((one) => path === one || one.startsWith(`${path}/`) || path.startsWith(`${one}/`)) && isInSource(posix.join(workdir, path), source);
	return placesOf(
		found.filter(({ path }) => !isTemporary(path)),
		workingDir,
		shipped,
	);
}

function inCode(file: string, text: string): readonly FoundPlace[] {
	const lineAt = (at: number): number => text.slice(0, at).split('\n').length;
	const place = (path: string, kind: FoundPlace['kind'], at: number): FoundPlace => ({
		path,
		kind,
		reason: { file, line: lineAt(at), says: `${file} ${kind === 'folder' ? 'makes' : 'writes'} ${path}` },
	});
	const direct = [...text.matchAll(AFTER)].map((match) => {
		const [, first = '', second, call = ''] = match;
		return place(second === undefined ? first : posix.join(first, second), isFolderCall(call) ? 'folder' : 'file', match.index);
	});
	const named = [...text.matchAll(NAMED)].flatMap((match) => {
		const [, name = '', path = ''] = match;
		const use = boundedPattern(
			String.raw`\b${name}\s*(?:\.\s*toFile\s*\(\s*\)\s*)?\.\s*(mkdirs?|createDirectories|createNewFile|writeText|appendText|writer|outputStream)\s*\(`,
		).exec(text);
		return use === null ? [] : [place(path, isFolderCall(use[1] ?? '') ? 'folder' : 'file', match.index)];
	});
	const databases = [...text.matchAll(URL)].flatMap((match) => databaseAt(match[1] ?? '', { file, line: lineAt(match.index) }));
	return [...direct, ...named, ...databases, ...fieldPlaces(file, text)];
}

function isFolderCall(call: string): boolean {
	return /^(?:mkdirs?|createDirector)/.test(call);
}

/** A home that the app's user does not have, or the place for such files anyway. */
function isTemporary(path: string): boolean {
	return /^~|java\.io\.tmpdir/.test(path);
}

function isInSource(path: string, source: FileIndex): boolean {
	return source.files.some((file) => (file.path === path || file.path.startsWith(`${path}/`)) && !/(?:^|\/)\.(?:git)?(?:keep|ignore)$/.test(file.path));
}
