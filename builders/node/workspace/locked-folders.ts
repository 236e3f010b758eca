/** Whether the lock file of a repository installs for a folder of it, whatever the patterns say. */
import { parse } from '../../../src/source/yaml.js';
import { isRecord } from '../manifest.js';
import type { RootFolder } from './declaration.js';

/** Where each kind of lock file lists the folders that it installs for; Yarn 1 lists none. */
const FOLDERS: readonly (readonly [file: string, names: (text: string, folder: string) => boolean])[] = [
	['package-lock.json', (text, folder) => lists(JSON.parse(text), 'packages', folder)],
	['npm-shrinkwrap.json', (text, folder) => lists(JSON.parse(text), 'packages', folder)],
	['pnpm-lock.yaml', (text, folder) => lists(parse(text, { maxAliasCount: 0 }), 'importers', folder)],
	['bun.lock', (text, folder) => lists(parse(text, { maxAliasCount: 0, strict: false, uniqueKeys: false }), 'workspaces', folder)],
	['yarn.lock', (text, folder) => text.includes(`@workspace:${folder}"`)],
];

/** @returns the name of the lock file */
export function lockThatNames(root: RootFolder, folder: string): string | undefined {
	return FOLDERS.find(([file, names]) => {
		const text = root.text(file);
		// Parsing a large file is slow: most do not have the words.
		return text?.includes(folder) === true && quietly(() => names(text, folder));
	})?.[0];
}

function lists(lock: unknown, key: string, folder: string): boolean {
	return isRecord(lock) && isRecord(lock[key]) && folder in lock[key];
}

/** Its own package manager reports a lock file that is broken. */
function quietly(ask: () => boolean): boolean {
	try {
		return ask();
	} catch {
		return false;
	}
}
