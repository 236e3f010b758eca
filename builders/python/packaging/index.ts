/** The project as a package: where it is imported from, its version, and whether its own backend builds it. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Project } from '../project.js';
import { readToml, text } from '../toml.js';
import { layoutOf } from './layout.js';
import { scmVersion, versionOf } from './version.js';

export interface Packaging {
	/** Folders on the import path, '' for the source itself. */
	readonly roots: readonly string[];
	readonly version: string;
	/** Why the project's own backend builds it. */
	readonly builds?: string;
	/** The version is git's: the backend is told it. */
	readonly scm: boolean;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

export interface PackagingQuestion {
	readonly source: FileIndex;
	readonly project: Project;
	readonly buildEnv: Readonly<Record<string, string>>;
	readonly tag: () => string | undefined;
	/** Settings that only the backend understands. */
	readonly asked: boolean;
}

/** Code that asks which version of a package is installed. */
const ASKS = /\bimportlib[._]metadata\b|\bpkg_resources\b/;
const NOT_LOADED = /(?:^|\/)(?:tests?|docs?|examples?|\.[^/]+)\/|(?:^|\/)(?:setup|noxfile|conftest)\.py$/;

export function packagingOf({ source, project, buildEnv, tag, asked }: PackagingQuestion): Packaging {
	const toml = readToml(source, 'pyproject.toml') ?? {};
	const layout = project.packaged ? layoutOf(toml, source) : { roots: [] };
	const found = versionOf(source, toml, project.version, layout.roots, project.name);
	const unread = found.kind === 'unread' && project.packaged && asksForVersion(source) ? 'the version is not in a file that can be read' : undefined;
	const builds = layout.builds ?? unread ?? (asked && project.packaged ? 'python.buildArguments are for it' : undefined);
	const git = found.kind === 'scm' ? scmVersion(project.name ?? '', buildEnv, tag, found.file) : undefined;
	const version = git?.version ?? (found.kind === 'known' ? found.version : '0.0.0');
	const said = git?.reason ?? (found.kind === 'known' ? found.reason : undefined);
	const why: Reason[] = builds === undefined ? [] : [{ file: project.file, says: `the project's own build backend builds it: ${builds}` }];
	const lost: Reason[] =
		found.kind === 'unread' && builds === undefined
			? [{ file: project.file, says: 'the version of the project cannot be read: it is 0.0.0 in the image' }]
			: [];
	return {
		roots: layout.roots,
		version,
		...(builds !== undefined && { builds }),
		scm: git !== undefined,
		reasons: [...(said === undefined ? [] : [said]), ...why],
		warnings: [...(git?.warning === undefined ? [] : [git.warning]), ...lost],
	};
}

function asksForVersion(source: FileIndex): boolean {
	return source.files.some(({ path, type }) => type === 'file' && path.endsWith('.py') && !NOT_LOADED.test(path) && ASKS.test(source.text(path) ?? ''));
}

/** Arguments of the build backend, `KEY=VALUE` each. */
export function buildArguments(settings: Readonly<Record<string, unknown>>): readonly string[] {
	const { buildArguments: given } = settings;
	return Array.isArray(given) ? given.map((one) => text(one) ?? '').filter((one) => one !== '') : [];
}
