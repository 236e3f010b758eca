/** The app's package, and the repository around it where it is one package of several. */
import type { PlanRequest } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { subfolder } from '../../src/source/subfolder.js';
import { type Manifest, manifestFile, readManifest } from './manifest.js';
import { type RootDependencies, rootDependencies } from './workspace/root-dependencies.js';
import { type Member, neededMembers, workspaceMembers } from './workspaces.js';

/** The app, and the repository around it where it is one package of several. */
export interface Project {
	readonly root: FileIndex;
	readonly source: FileIndex;
	readonly folder: string;
	readonly manifest: Manifest | undefined;
	readonly rootManifest: Manifest | undefined;
	readonly workspace: readonly Member[];
	readonly members: readonly Member[];
	/** What its code imports of the root's own dependencies. */
	readonly rootDependencies: RootDependencies;
}

export function openProject({ source: root, app: folder }: PlanRequest): Project {
	const source = subfolder(root, folder);
	const rootManifest = readManifest(root);
	const workspace = workspaceMembers(root);
	const manifest = folder === '' ? rootManifest : (workspace.find((member) => member.folder === folder)?.manifest ?? readManifest(root, manifestFile(folder)));
	const members = manifest === undefined || folder === '' ? [] : neededMembers(manifest, workspace);
	// A circle makes trouble whichever package is asked for.
	if (folder === '' && manifest !== undefined) for (const member of workspace) neededMembers(member.manifest, workspace);
	const own = manifest === undefined || folder === '' ? [] : [...members, { folder, manifest }];
	return {
		root,
		source,
		folder,
		manifest,
		rootManifest: rootManifest ?? manifest,
		workspace,
		members,
		rootDependencies: rootDependencies(root, rootManifest, own),
	};
}
