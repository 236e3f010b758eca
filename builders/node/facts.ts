/** What the build needs to know of a plan, as plain data that the plan prints. */
import type { Step } from '../../src/builder/contract.js';
import type { Shipped } from './frameworks.js';
import { manifestFile } from './manifest.js';
import type { LockFacts } from './package-managers/contract.js';
import type { Installer } from './package-managers/installer.js';
import { linksSource } from './package-managers/referenced.js';
import type { Project } from './project.js';
import { scriptVariables } from './script-environment.js';
import type { Start } from './start/choose.js';
import { entryFile } from './start/entry.js';

/** What `build` needs to know and the plan prints. */
export interface NodeFacts {
	readonly manager?: string;
	/** The package manager's npm package or runtime, or its file in the project. */
	readonly tool?: string;
	readonly toolFile?: string;
	/** The Node of the build steps, where Tare chooses another one for the image. */
	readonly buildsWith?: string;
	readonly lock?: string;
	/** Folder of the app below the root of the source. */
	readonly app: string;
	/** Folders of all packages of the workspace. */
	readonly workspace: readonly string[];
	/** Folders of the workspace packages that the app needs, in the order in which they are built. */
	readonly members: readonly string[];
	readonly hasInstallScripts: boolean;
	readonly linksSource: boolean;
	readonly hasDependencies: boolean;
	/** Steps run in a copy of the source; without any, files are shipped from where they lie. */
	readonly builds: boolean;
	/** The build compiles the root's own add-on. */
	readonly addon: boolean;
	/** TypeScript sources stay out of the image: the build made JavaScript of them. */
	readonly dropsTypeScript: boolean;
	/** The only parts of the build that are shipped. */
	readonly ships?: readonly Shipped[];
	/** The build makes a site for our server. */
	readonly site?: { readonly roots: readonly string[]; readonly singlePage: boolean };
	readonly framework?: string;
	/** Files that may be the entry, where a rule named it and not the project. */
	readonly entries?: readonly string[];
	/** What the app reads of the variables that package managers set for scripts. */
	readonly scriptVariables: readonly string[];
	/** Optimizations that the user asked for, as the page on them names them. */
	readonly optimize: readonly string[];
	/** Numeric id of the app's user, where an optimization needs it. */
	readonly user?: string;
	readonly packages: LockFacts['packages'];
}

export function gatherFacts(project: Project, installer: Installer | undefined, steps: readonly Step[], start: Start): Omit<NodeFacts, 'optimize'> {
	const { source, workspace, members, folder } = project;
	const builds = steps.some(({ id }) => id !== 'install' && id !== 'dependencies');
	const entry = entryFile(start.command);
	return {
		...(installer !== undefined && { manager: installer.manager.id, tool: installer.tool }),
		...(installer?.file !== undefined && { toolFile: installer.file }),
		...(installer?.lock !== undefined && { lock: installer.lock.file }),
		app: folder,
		workspace: workspace.map((member) => member.folder),
		members: members.map((member) => member.folder),
		hasInstallScripts: installer?.lock?.hasInstallScripts ?? false,
		linksSource: linksFiles(project, installer),
		hasDependencies: steps.some(({ id }) => id === 'dependencies'),
		...(start.ships !== undefined && { ships: start.ships }),
		...(start.site !== undefined && { site: start.site }),
		...(start.framework !== undefined && { framework: start.framework }),
		...(start.entries !== undefined && { entries: start.entries }),
		builds,
		addon: steps.some(({ id }) => id === 'addon'),
		dropsTypeScript: builds && start.command[0] !== 'bun' && !/\.[cm]?ts$/.test(entry ?? '') && source.files.some(({ path }) => /\.[cm]?tsx?$/.test(path)),
		scriptVariables: start.site === undefined ? scriptVariables(source) : [],
		packages: installer?.lock?.packages ?? [],
	};
}

/** Whether files of the source, not only its manifests, decide what is installed. */
function linksFiles({ root, workspace }: Project, installer: Installer | undefined): boolean {
	return installer !== undefined && ['package.json', ...workspace.map(({ folder }) => manifestFile(folder))].some((file) => linksSource(root.text(file)));
}
