/** pathlib: the path stands before the call, as in `Path("data").mkdir()` or `(BASE / "x.txt").write_text(...)`. */
import { posix } from 'node:path';
import { type CodeRules, namesIn } from '../../../src/builder/writable/code.js';
import { literalPath } from '../../../src/builder/writable/expression.js';
import type { FoundPlace } from '../../../src/builder/writable/places.js';
import type { FileIndex } from '../../../src/source/file-index.js';

const METHOD = /\.(mkdir|write_text|write_bytes|touch|open)\s*\(/g;
const WRITES = /^\s*(?:mode\s*=\s*)?['"](?:[wax]|r\w?\+)/;
const LIMIT = 256 * 1024;

export function methodPlaces(source: FileIndex, rules: CodeRules): readonly FoundPlace[] {
	return source.files
		.filter(({ path, size, type }) => type === 'file' && size <= LIMIT && rules.files.test(path) && rules.isOwn(path))
		.flatMap(({ path }) => inFile(path, source.text(path) ?? '', rules));
}

function inFile(file: string, text: string, rules: CodeRules): readonly FoundPlace[] {
	if (!/\bPath\b|\bpathlib\b/.test(text)) return [];
	const names = namesIn(text, rules.assignment);
	return [...text.matchAll(METHOD)].flatMap((match): FoundPlace[] => {
		const method = match[1] as string;
		const receiver = receiverBefore(text, match.index);
		if (receiver === '' || (method === 'open' && !WRITES.test(text.slice(match.index + match[0].length)))) return [];
		const found = literalPath(receiver, names);
		if (found === undefined || /^$|[*?<>|\n${}]/.test(found.path)) return [];
		const path = found.from === 'file' && !found.path.startsWith('/') ? posix.join(rules.folderOf(file), found.path) : found.path;
		const makes = method === 'mkdir';
		const line = text.slice(0, match.index).split('\n').length;
		return [{ path, kind: makes || path.endsWith('/') ? 'folder' : 'file', reason: { file, line, says: `${file} ${makes ? 'makes' : 'writes'} ${path}` } }];
	});
}

/** A name, a call, or an expression in brackets, with what is chained to it. */
function receiverBefore(text: string, end: number): string {
	let [at, depth] = [end, 0];
	for (; at > 0; at--) {
		const character = text[at - 1] as string;
		if (')]'.includes(character)) depth++;
		else if ('(['.includes(character) && depth > 0) depth--;
		else if (depth === 0 && !/[\w.]/.test(character)) break;
	}
	return text.slice(at, end);
}
