/** Is this a Go project? go.mod, go.work, or Go files of a program. */
import type { Detection } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { goFiles } from './files.js';

export function detectGo(source: FileIndex): Detection | undefined {
	const manifest = source.first('go.work', 'go.mod');
	if (manifest !== undefined) return { builder: 'go', reasons: [{ file: manifest, says: manifest }], facts: {} };
	if (!source.files.some(({ path }) => path.endsWith('.go') && !path.includes('/'))) return undefined;
	const main = goFiles(source, ['']).find(({ folder, hasMain }) => folder === '' && hasMain);
	return main === undefined ? undefined : { builder: 'go', reasons: [{ file: main.path, says: `package main in ${main.path}` }], facts: {} };
}
