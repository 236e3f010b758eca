/** What the build needs to know of a plan, as plain data that the plan prints. */
import type { Reason, Step } from '../../src/builder/contract.js';
import type { AdapterKind } from './adapters.js';
import type { Shipped } from './frameworks/output.js';
import { type KeptSources, keptSources } from './kept-sources.js';
import { manifestFiles, manifestText } from './manifest.js';
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
	/** Folders that the app and its packages link to and that are no packages of the workspace. */
	readonly linked: readonly string[];
	/** Folder in which the package manager runs; '' for the root of the source. */
	readonly home: string;
	/** Dependencies of the root that the app's code imports and only the root names. */
	readonly rootDependencies: readonly string[];
	/** Folders of the workspace packages that the app needs, in the order in which they are built. */
	readonly members: readonly string[];
	readonly hasInstallScripts: boolean;
	readonly linksSource: boolean;
	readonly hasDependencies: boolean;
	/** Steps run in a copy of the source; without any, files are shipped from where they lie. */
	readonly builds: boolean;
	/** The build compiles the root's own add-on. */
	readonly addon: boolean;
	/** TypeScript sources stay out of the image, but for these: the build made JavaScript of them. Undefined where all are shipped. */
	readonly dropsTypeScript?: Pick<KeptSources, 'paths' | 'tsconfig'>;
	/** Bun runs the app. */
	readonly onBun: boolean;
	/** The only parts of the build that are shipped. */
	readonly ships?: readonly Shipped[];
	/** The build makes a site for our server. */
	readonly site?: { readonly roots: readonly string[]; readonly singlePage: boolean };
	readonly framework?: string;
	/** Files that may be the entry, where a rule named it and not the project. */
	readonly entries?: readonly string[];
	/** What the build puts in to make a server of the framework's output. */
	readonly adapter?: AdapterKind;
	/** What the app reads of the variables that package managers set for scripts. */
	readonly scriptVariables: readonly string[];
	/** Optimizations that the user asked for, as the page on them names them. */
	readonly optimize: readonly string[];
	/** Numeric id of the app's user, where an optimization needs it. */
	readonly user?: string;
	readonly packages: LockFacts['packages'];
}

export function gatherFacts(
	project: Project,
	installer: Installer | undefined,
	steps: readonly Step[],
	start: Start,
): { readonly facts: Omit<NodeFacts, 'optimize'>; readonly reasons: readonly Reason[] } {
	const { workspace, members, linked, folder } = project;
	const builds = steps.some(({ id }) => id !== 'install' && id !== 'dependencies');
	const kept = keptOf(project, builds, start);
	const facts = {
		...(installer !== undefined && { manager: installer.manager.id, tool: installer.tool }),
		...(installer?.file !== undefined && { toolFile: installer.file }),
		...(installer?.lock !== undefined && { lock: installer.lock.file }),
		app: folder,
		home: project.home,
		workspace: [...workspace.map((member) => member.folder), ...(project.home === '' ? [] : [project.home])],
		members: [...members, ...(folder === '' ? [] : linked)].map((member) => member.folder),
		linked: linked.map((member) => member.folder),
		rootDependencies: project.rootDependencies.names,
		hasInstallScripts: installer?.lock?.hasInstallScripts ?? false,
		linksSource: linksFiles(project, installer),
		hasDependencies: steps.some(({ id }) => id === 'dependencies'),
		...(start.ships !== undefined && { ships: start.ships }),
		...(start.site !== undefined && { site: start.site }),
		...(start.framework !== undefined && { framework: start.framework }),
		...(start.entries !== undefined && { entries: start.entries }),
		...(start.adapter !== undefined && { adapter: start.adapter }),
		builds,
		addon: steps.some(({ id }) => id === 'addon'),
		...(kept?.drops === true && { dropsTypeScript: { paths: kept.paths, tsconfig: kept.tsconfig } }),
		onBun: start.command[0] === 'bun',
		scriptVariables: start.site === undefined ? scriptVariables(project.source) : [],
		packages: installer?.lock?.packages ?? [],
	};
	return { facts, reasons: kept?.reasons ?? [] };
}

/** Undefined where nothing is dropped for a plain reason: nothing is built, TypeScript is what runs, or there is none. */
function keptOf({ root, source, manifest, folder, members }: Project, builds: boolean, start: Start): KeptSources | undefined {
	const runsTypeScript = start.command[0] === 'bun' || /\.[cm]?ts$/.test(entryFile(start.command) ?? '');
	if (!builds || runsTypeScript || start.site !== undefined || start.ships !== undefined || manifest === undefined) return undefined;
	if (!source.files.some(({ path }) => /\.[cm]?tsx?$/.test(path))) return undefined;
	return keptSources({ root, packages: [{ folder, manifest }, ...members], command: start.command, envNames: Object.keys(start.env) });
}

/** Whether files of the source, not only its manifests, decide what is installed. */
function linksFiles({ root, workspace, home }: Project, installer: Installer | undefined): boolean {
	const manifests = manifestFiles(root, [home, ...workspace.map(({ folder }) => folder)]);
	return installer !== undefined && manifests.some((file) => linksSource(manifestText(root, file)));
}
