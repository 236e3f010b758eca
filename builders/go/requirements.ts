/** How the program's dependencies are pinned: vendored, by go.sum, or not at all. */
import { posix } from 'node:path';
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type GoFile, importsOf } from './files.js';
import { type GoModule, workFile } from './modules.js';

export interface Requirements {
	/** `-mod` of the go command. */
	readonly mod: 'vendor' | 'readonly' | 'mod';
	/** go.mod has to be made. */
	readonly makesModule: boolean;
	readonly reason: Reason;
	readonly warnings: readonly Reason[];
}

export function readRequirements(source: FileIndex, module: GoModule, files: readonly GoFile[]): Requirements {
	const at = (name: string): string => (module.folder === '' ? name : `${module.folder}/${name}`);
	const hasModule = source.has(at('go.mod'));
	const work = workFile(source, module.folder);
	const workspace = work !== undefined;
	const atWork = (name: string): string => posix.join(posix.dirname(work ?? ''), name);
	const vendored = workspace ? atWork('vendor/modules.txt') : at('vendor/modules.txt');
	if (hasModule && source.has(vendored))
		return { mod: 'vendor', makesModule: false, reason: { file: vendored, says: 'dependencies are vendored' }, warnings: [] };
	const sum = source.first(at('go.sum'), ...(workspace ? [atWork('go.work.sum')] : []));
	if (hasModule && (sum !== undefined || workspace || !needsOthers(module, files)))
		return {
			mod: 'readonly',
			makesModule: false,
			reason: sum === undefined ? { says: 'no dependencies' } : { file: sum, says: 'dependencies by go.sum' },
			warnings: [],
		};
	const needs = needsOthers(module, files);
	const says = hasModule
		? 'there is no go.sum: versions are looked up and not verified; run `go mod tidy` and commit go.sum'
		: 'there is no go.mod: the newest versions are taken at every build, so images are not reproducible; run `go mod init` and `go mod tidy` and commit go.mod and go.sum';
	return {
		mod: needs ? 'mod' : 'readonly',
		makesModule: !hasModule,
		reason: { says: needs ? 'dependencies are looked up' : 'only the standard library is used' },
		warnings: needs ? [{ says }] : [],
	};
}

/** The first part of an import path that is not of the standard library has a dot. */
function needsOthers({ path }: GoModule, files: readonly GoFile[]): boolean {
	return files.some(({ text }) => importsOf(text).some((name) => /^[^/]*\.[^/]*\//.test(name) && name !== path && !name.startsWith(`${path}/`)));
}
