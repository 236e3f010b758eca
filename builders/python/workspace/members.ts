/** Members of a workspace: uv's, Rye's and Hatch's, by patterns of folders (https://docs.astral.sh/uv/concepts/projects/workspaces/). */
import { posix } from 'node:path';
import picomatch from 'picomatch';
import type { FileIndex } from '../../../src/source/file-index.js';
import { normalName, parseRequirement } from '../names.js';
import { at, list, readToml, type Table, table, text } from '../toml.js';

export interface Member {
	/** Below the workspace's root. */
	readonly folder: string;
	readonly name?: string;
}

/** Longer text is no pattern of folders. */
const LONGEST = 1000;

/** Undefined where the manifest is of no workspace. */
export function memberMatcher(toml: Table | undefined): ((folder: string) => boolean) | undefined {
	const hatch = Object.values(at(toml, 'tool', 'hatch', 'envs')).map((env) => table(env).workspace);
	const workspace = [at(toml, 'tool', 'uv').workspace, at(toml, 'tool', 'rye').workspace, ...hatch].find((one) => one !== undefined);
	if (workspace === undefined) return undefined;
	const patterns = (key: string): string[] =>
		list(at({ workspace }, 'workspace')[key])
			.map((one) => text(one) ?? text(table(one).path))
			.filter((one): one is string => one !== undefined && one.length < LONGEST)
			.map((one) => posix.normalize(one).replace(/\/$/, ''));
	const [members, exclude] = [patterns('members'), patterns('exclude')];
	const [isMember, isExcluded] = [picomatch(members), exclude.length === 0 ? () => false : picomatch(exclude)];
	return (folder) => isMember(folder) && !isExcluded(folder);
}

/** Hatch's members are installed from their folders: a dependency of the same name is one of them, and none of an index. */
export function withMembers(lines: readonly string[], source: FileIndex): readonly string[] {
	const isHatch = Object.values(at(readToml(source, 'pyproject.toml'), 'tool', 'hatch', 'envs')).some((env) => table(env).workspace !== undefined);
	if (!isHatch) return lines;
	const members = workspaceMembers(source);
	return lines.map((line) => {
		const { name, extras = [] } = parseRequirement(line) ?? {};
		const member = members.find((one) => one.name !== undefined && normalName(one.name) === name);
		return member === undefined ? line : `./${member.folder}${extras.length === 0 ? '' : `[${extras.join(',')}]`}`;
	});
}

/** @throws TareError MANIFEST_INVALID */
export function workspaceMembers(source: FileIndex): readonly Member[] {
	const isMember = memberMatcher(readToml(source, 'pyproject.toml'));
	if (isMember === undefined) return [];
	return source.files
		.map(({ path }) => path)
		.filter((path) => posix.basename(path) === 'pyproject.toml' && path.includes('/') && isMember(posix.dirname(path)))
		.map((path) => {
			const name = text(at(readToml(source, path), 'project').name);
			return { folder: posix.dirname(path), ...(name !== undefined && { name }) };
		});
}
