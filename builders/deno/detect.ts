/** Is this a Deno project? */
import type { Detection } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { configFile } from './config.js';

export function detectDeno(source: FileIndex): Detection | undefined {
	const file = configFile(source);
	if (file === undefined) return undefined;
	// A package.json with a start command of its own says that Node runs the app, and Deno only checks or formats it.
	const weak = /"start"\s*:/.test(source.text('package.json') ?? '');
	return { builder: 'deno', reasons: [{ file, says: file }], facts: {}, weak };
}
