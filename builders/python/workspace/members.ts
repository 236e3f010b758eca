/** Members of a workspace: uv's and Rye's, by patterns of folders (https://docs.astral.sh/uv/concepts/projects/workspaces/). */
import { posix } from 'node:path';
import picomatch from 'picomatch';
import type { FileIndex } from '../../../src/source/file-index.js';
import { at, readToml, type Table, text, texts } from '../toml.js';

export interface Member {
	/** Below the workspace's root. */
	readonly folder: string;
	readonly name?: string;
}

/** Undefined where the manifest is of no workspace. */
export function memberMatcher(toml: Table | undefined): ((folder: string) => boolean) | undefined {
	const workspace = [at(toml, 'tool', 'uv').workspace, at(toml, 'tool', 'rye').workspace].find((one) => one !== undefined);
	if (workspace === undefined) return undefined;
	const patterns = (key: string): string[] => texts(at({ workspace }, 'workspace')[key]).map((one) => posix.normalize(one).replace(/\/$/, ''));
	const [members, exclude] = [patterns('members'), patterns('exclude')];
	const [isMember, isExcluded] = [picomatch(members), exclude.length === 0 ? () => false : picomatch(exclude)];
	return (folder) => isMember(folder) && !isExcluded(folder);
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
