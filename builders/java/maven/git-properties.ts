/** git.properties of the git-commit-id plugin, which cannot run: the build has no .git. https://github.com/git-commit-id/git-commit-id-maven-plugin */
import { posix } from 'node:path';
import type { Reason } from '../../../src/builder/contract.js';
import type { Commit } from '../../../src/source/commit.js';
import { lineage, type Pom, pluginSettings, plugins } from './pom.js';

export interface GitProperties {
	/** Of Maven, so that the plugin does nothing and resources can name its properties. */
	readonly args: readonly string[];
	/** Files below the workspace that the plugin would write. */
	readonly files: readonly { readonly path: string; readonly content: string }[];
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

const NAMES = ['git-commit-id-maven-plugin', 'git-commit-id-plugin'];
const NONE: GitProperties = { args: [], files: [], reasons: [], warnings: [] };
const SKIP = '-Dmaven.gitcommitid.skip=true';

export function gitProperties(poms: readonly Pom[], commit: (() => Commit | undefined) | undefined): GitProperties {
	const users = poms.filter((pom) => plugins([pom]).some(({ artifact }) => NAMES.includes(artifact)));
	const [first] = users;
	if (first === undefined) return NONE;
	const known = commit?.();
	const place = { file: first.file };
	if (known === undefined)
		return {
			...NONE,
			args: [SKIP],
			warnings: [
				{
					...place,
					says: 'the git-commit-id plugin is skipped (-Dmaven.gitcommitid.skip): the folder is not checked out from git, so git.properties is not made',
				},
			],
		};
	const values = valuesOf(known);
	const setting = (name: string): string | undefined => NAMES.map((plugin) => pluginSettings(poms, plugin, name)?.text).find((text) => text !== undefined);
	const written = setting('generateGitPropertiesFile') === 'true' && setting('format') !== 'json';
	const content = Object.entries(values)
		.map(([key, value]) => `${key}=${value.replace(/[\\:=#!]/g, '\\$&')}\n`)
		.join('');
	const name = fileOf(setting('generateGitPropertiesFilename'));
	const files = written && name !== undefined ? modulesOf(users, poms).map((folder) => ({ path: posix.join(folder, name), content })) : [];
	const made =
		files.length > 0
			? `${files.map(({ path }) => path).join(', ')} has ${Object.keys(values).join(', ')}`
			: `resources may name ${Object.keys(values).join(', ')}`;
	return {
		args: [SKIP, ...Object.entries(values).map(([key, value]) => `-D${key}=${value}`)],
		files,
		reasons: [{ ...place, says: `the git-commit-id plugin is skipped (-Dmaven.gitcommitid.skip), because the build has no .git: ${made}, from the commit` }],
		warnings: setting('format') === 'json' ? [{ ...place, says: 'git.json of the git-commit-id plugin is not made: the build has no .git' }] : [],
	};
}

/** What Tare knows of a commit; other properties of the plugin are left out. */
function valuesOf({ id, branch, tag, time }: Commit): Readonly<Record<string, string>> {
	return {
		'git.commit.id': id,
		'git.commit.id.abbrev': id.slice(0, 7),
		'git.commit.id.full': id,
		...(branch !== undefined && { 'git.branch': branch }),
		...(tag !== undefined && { 'git.tags': tag }),
		...(time !== undefined && { 'git.commit.time': new Date(time * 1000).toISOString().replace(/\.\d+Z$/, '+0000') }),
	};
}

/** Below the module; undefined for a place that its pom alone does not tell. */
function fileOf(written: string | undefined): string | undefined {
	if (written === undefined) return 'target/classes/git.properties';
	const path = written
		.replace(/\$\{(?:project\.build\.outputDirectory)\}/g, 'target/classes')
		.replace(/\$\{project\.build\.directory\}/g, 'target')
		.replace(/\$\{(?:project\.)?basedir\}\/?/g, '');
	return path.includes('${') || path.startsWith('/') || path.includes('..') ? undefined : path;
}

/** A plugin of a parent runs in its modules as well. */
function modulesOf(users: readonly Pom[], poms: readonly Pom[]): readonly string[] {
	return poms.filter((pom) => lineage(pom).some((one) => users.includes(one))).map(({ folder }) => folder);
}
