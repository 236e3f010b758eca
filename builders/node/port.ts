/** Does the app listen on $PORT? */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';

const SOURCE_FILE = /\.(?:[cm]?[jt]sx?)$/;
const READS_PORT = /\b(?:process\.)?env(?:\.PORT\b|\[\s*['"]PORT['"]\s*\])|\{[^}]*\bPORT\b[^}]*\}\s*=\s*process\.env/;
/** Enough for any app's own start-up code; detection must stay within milliseconds. */
const FILE_LIMIT = 256 * 1024;
const TOTAL_LIMIT = 4 * 1024 * 1024;

/** The first place that reads the variable. */
export function findPortReader(source: FileIndex): Reason | undefined {
	let total = 0;
	for (const { path, size, type } of source.files) {
		if (type !== 'file' || size > FILE_LIMIT || !SOURCE_FILE.test(path)) continue;
		total += size;
		if (total > TOTAL_LIMIT) return undefined;
		const text = source.text(path) ?? '';
		const match = READS_PORT.exec(text);
		if (match !== null) return { file: path, line: text.slice(0, match.index).split('\n').length, says: 'the app reads PORT' };
	}
	return undefined;
}
