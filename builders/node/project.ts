/** The app's package, and the repository around it where it is one package of several. */
import type { PlanRequest } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { subfolder } from '../../src/source/subfolder.js';
import { type Manifest, manifestFile, readManifest } from './manifest.js';
import { linkedPackages, refuseOutside } from './workspace/links.js';
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
	/** Folders that the app and its members link to and that are no packages of the workspace. */
	readonly linked: readonly Member[];
	/** Folder in which the package manager runs: the root, or the app's own where it only links to folders next to it. */
	readonly home: string;
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
	const app = manifest === undefined ? [] : [{ folder, manifest }];
	const own = [...members, ...app];
	refuseOutside(own);
	const isAlone = folder !== '' && !workspace.some((member) => member.folder === folder);
	return {
		root,
		source,
		folder,
		manifest,
		rootManifest: isAlone ? manifest : (rootManifest ?? manifest),
		workspace: isAlone ? [] : workspace,
		members,
		linked: linkedPackages(root, own),
		home: isAlone ? folder : '',
		rootDependencies: rootDependencies(root, isAlone ? undefined : rootManifest, folder === '' ? [] : own),
	};
}
