/** Flask's instance folder: apps make it when they start, and an image cannot be written to. It is there already, the app's user owns it, and a volume fits on it. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { lineFinder } from './project.js';
import type { Start } from './start.js';

export interface StateFolder {
	/** Below the app's folder. */
	readonly path: string;
	readonly reason: Reason;
}

/** https://flask.palletsprojects.com/en/stable/config/#instance-folders */
export function instanceFolder(source: FileIndex, { reason, roots }: Start): StateFolder | undefined {
	const { file } = reason;
	const text = file === undefined || !file.endsWith('.py') ? '' : (source.text(file) ?? '');
	if (file === undefined || !/\bflask\b/.test(text) || !/\binstance_path\b/.test(text)) return undefined;
	const [root = ''] = roots;
	const line = lineFinder(text)('instance_path');
	return {
		path: root === '' ? 'instance' : `${root}/instance`,
		reason: {
			file,
			...(line !== undefined && { line }),
			says: 'the instance folder is made, and the app may write to it: mount a volume there to keep its files',
		},
	};
}
