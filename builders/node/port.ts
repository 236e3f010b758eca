/** Does the app listen on $PORT? */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { scanFirst } from '../../src/source/scan.js';

const READS_PORT = /\b(?:process\.)?env(?:\.PORT\b|\[\s*['"]PORT['"]\s*\])|\{[^}]*\bPORT\b[^}]*\}\s*=\s*process\.env/;

/** The first place that reads the variable. */
export function findPortReader(source: FileIndex): Reason | undefined {
	const found = scanFirst(source, READS_PORT);
	return found === undefined ? undefined : { file: found.path, line: found.line, says: 'the app reads PORT' };
}
