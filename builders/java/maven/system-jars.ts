/** Jars of the project's own that a pom names by their places: dependencies of the scope `system`, which no plugin takes along by itself. */
import { posix } from 'node:path';
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Layout } from '../layout.js';
import { dependencies, type Pom } from './pom.js';
import type { MavenProject } from './project.js';

export interface SystemJar {
	/** Folder of the module. */
	readonly module: string;
	/** Below the workspace. */
	readonly path: string;
}

export interface SystemJars {
	readonly jars: readonly SystemJar[];
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

const BASE = /\$\{(?:(?:project|pom)\.)?basedir\}|\$\{project\.build\.directory\}\/\.\./g;
const ROOT = /\$\{(?:maven\.multiModuleProjectDirectory|session\.executionRootDirectory)\}/g;

export function systemJars({ own: [app] }: Pick<Layout, 'own'>, { entry, reactor }: MavenProject, source: FileIndex): SystemJars {
	const poms = app === undefined ? reactor : [app];
	const found = poms.flatMap((pom) => namedBy(pom, entry.folder));
	const isThere = ({ path }: SystemJar): boolean => source.has(path);
	return {
		jars: found.filter(isThere).map(({ module, path }) => ({ module, path })),
		reasons: found.filter(isThere).map(({ path, place }) => ({ ...place, says: `${path} is shipped, although its scope is system` })),
		warnings: found
			.filter((one) => !isThere(one))
			.map(({ written, place }) => ({ ...place, says: `${written} has the scope system and is not in the source folder: left out of the image` })),
	};
}

function namedBy(pom: Pom, root: string) {
	return dependencies(pom)
		.filter(({ scope }) => scope === 'system')
		.map(({ systemPath = '', file, line }) => {
			const path = posix.normalize(systemPath.replace(BASE, pom.folder || '.').replace(ROOT, root || '.'));
			return { module: pom.folder, path, written: systemPath, place: { file, line } };
		});
}
