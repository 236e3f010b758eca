/** The tools of a build as the app's own folder sees them: paths begin there, and `..` leads to the rest of the repository. */
import { join, posix } from 'node:path';
import { subfolder } from '../../../src/source/subfolder.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';

export function insideFolder(folder: string, tools: Toolchain): Toolchain {
	if (folder === '') return tools;
	return {
		...tools,
		source: subfolder(tools.source, folder),
		workspace: async () => join(await tools.workspace(), folder),
		contentHash: (path) => tools.contentHash(posix.join(folder, path)),
	};
}
