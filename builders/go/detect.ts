/** Is this a Go project? go.mod, go.work, or Go files of a program. */
import type { Detection } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { goFiles } from './files.js';

export function detectGo(source: FileIndex): Detection | undefined {
	const manifest = source.first('go.work', 'go.mod');
	if (manifest !== undefined) return { builder: 'go', reasons: [{ file: manifest, says: manifest }], facts: {} };
	if (!source.files.some(({ path }) => path.endsWith('.go'))) return undefined;
	const mains = goFiles(source, ['']).filter(({ hasMain }) => hasMain);
	const main = mains.find(({ folder }) => folder === '') ?? mains[0];
	if (main === undefined) return undefined;
	// Below a folder it may be a helper of another language's project.
	return { builder: 'go', reasons: [{ file: main.path, says: `package main in ${main.path}` }], facts: {}, ...(main.folder !== '' && { weak: true }) };
}
