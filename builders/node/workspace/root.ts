/** The repository above a folder: the workspace that it is a package of, or why it is built alone. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import { readIfFile } from '../../../src/project-file.js';
import { type Declaration, LOCKS, type RootFolder, readDeclaration } from './declaration.js';
import { findLinkRoot } from './link-root.js';
import { lockThatNames } from './locked-folders.js';
import { packageNames, registryDependencies } from './repository-packages.js';

/** A repository that has the folder in it, but not as one of its packages. */
interface Above {
	readonly root: string;
	readonly declaration: Declaration | undefined;
	/** The lock file in its root that names the folder. */
	readonly lock: string | undefined;
}

/** @returns the nearest folder above `dir` whose workspace has `dir` as a package @throws TareError WORKSPACE_UNLISTED | MANIFEST_INVALID */
export function findWorkspaceRoot(dir: string): string | undefined {
	const { root, above } = lookUp(dir);
	if (root === undefined && above !== undefined) refuseConfusion(dir, above);
	return root ?? findLinkRoot(dir);
}

/** @returns undefined where no repository of several packages is above `dir`, or where it is one of them */
export function whyApart(dir: string): Reason | undefined {
	const { root, above } = lookUp(dir);
	if (root !== undefined || above?.declaration === undefined || findLinkRoot(dir) !== undefined) return undefined;
	const own = ownLock(dir);
	const because = own === undefined ? 'it needs none of the packages there' : `it has a lock file of its own (${own})`;
	return { says: `no workspace pattern of ${place(dir, above)} includes this folder: built alone, because ${because}` };
}

function lookUp(dir: string): { readonly root?: string; readonly above?: Above } {
	let above: Above | undefined;
	for (let root = dirname(dir); root !== dirname(root); root = dirname(root)) {
		const files = onDisk(root);
		const folder = relative(root, dir).split(sep).join('/');
		const declaration = readDeclaration(files);
		if (declaration?.links(folder) === true) return { root };
		const lock = lockThatNames(files, folder);
		if (declaration !== undefined || lock !== undefined) above ??= { root, declaration, lock };
		// A repository ends where its version control does.
		if (files.has('.git')) break;
	}
	return above === undefined ? {} : { above };
}

function onDisk(folder: string): RootFolder {
	const has = (file: string): boolean => existsSync(join(folder, file));
	return { has, text: (file) => readIfFile(join(folder, file)) };
}

function ownLock(dir: string): string | undefined {
	return LOCKS.find(([file]) => existsSync(join(dir, file)))?.[0];
}

/** Installed alone, names of the repository's packages would be looked up in the registry, where they may be anybody's. */
function refuseConfusion(dir: string, above: Above): void {
	if (ownLock(dir) !== undefined || !existsSync(join(dir, 'package.json'))) return;
	const wanted = registryDependencies(dir);
	const names = wanted.length === 0 ? new Set() : packageNames(above.root, dir);
	const confused = wanted.filter((name) => names.has(name));
	if (confused.length === 0 && above.lock === undefined) return;
	const { root, declaration, lock } = above;
	const folder = relative(root, dir).split(sep).join('/');
	const what = confused.length > 0 ? `it depends on ${confused.join(', ')} of this repository` : `${lock} there names it`;
	throw new TareError('WORKSPACE_UNLISTED', `${folder} is in no workspace pattern of ${place(dir, above)}, but ${what}`, {
		hint: `${wayOut(folder, declaration)} To build it alone, with packages of the registry, give it a lock file of its own.`,
		at: { file: place(dir, above), ...(declaration?.line !== undefined && { line: declaration.line }) },
		data: { root, patterns: declaration?.patterns ?? [], packages: confused },
	});
}

function place(dir: string, { root, declaration, lock }: Above): string {
	return `${relative(dir, root).split(sep).join('/')}/${declaration?.file ?? lock}`;
}

function wayOut(folder: string, declaration: Declaration | undefined): string {
	const patterns = declaration?.patterns.slice(0, 8).map((each) => JSON.stringify(each));
	if (declaration?.unread !== undefined)
		return `${declaration.file} lists ${patterns?.join(', ')}, but ${declaration.unread}: list the folders where your package manager reads them ("workspaces" in package.json, or pnpm-workspace.yaml).`;
	const key = declaration?.file === 'pnpm-workspace.yaml' ? '"packages"' : '"workspaces"';
	return `Add "${folder}" to ${key} in ${declaration?.file ?? 'the root package.json'}${patterns === undefined ? '' : ` (now ${patterns.join(', ')})`}.`;
}
