/** The commit that a folder is checked out at, read from git's files: gitrepository-layout(5). */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readIfFile } from '../project-file.js';
import { readGitObject } from './git-object.js';

export interface Commit {
	/** 40 or 64 hex digits. */
	readonly id: string;
	/** Absent for a detached HEAD. */
	readonly branch?: string;
	/** A tag of this commit, the last by name. */
	readonly tag?: string;
	/** When it was committed, seconds since the epoch; absent where its object cannot be read. */
	readonly time?: number;
}

/** Of the nearest repository above; undefined where there is none, or nothing was committed. */
export function readCommit(dir: string): Commit | undefined {
	const git = findGit(dir);
	const head = git === undefined ? undefined : read(join(git, 'HEAD'));
	if (git === undefined || head === undefined) return undefined;
	const ref = /^ref: (.+)$/.exec(head)?.[1];
	const refs = readRefs(git);
	const id = ref === undefined ? head : refs(ref);
	if (id === undefined || !/^[0-9a-f]{40,64}$/.test(id)) return undefined;
	const branch = ref?.replace(/^refs\/heads\//, '');
	const tag = [...packed(git), ...looseTags(git)]
		.filter(({ name, ids }) => name.startsWith('refs/tags/') && ids.includes(id))
		.map(({ name }) => name.slice('refs/tags/'.length))
		.sort()
		.at(-1);
	const time = timeOf(id, git);
	return { id, ...(branch !== undefined && { branch }), ...(tag !== undefined && { tag }), ...(time !== undefined && { time }) };
}

/** The message stands behind the first empty line. */
function timeOf(id: string, git: string): number | undefined {
	const object = readGitObject(join(commonOf(git), 'objects'), id);
	if (object?.type !== 'commit') return undefined;
	const [head = ''] = object.data.toString('utf8').split('\n\n');
	const seconds = /^committer .*> (\d+) [+-]\d{4}$/m.exec(head)?.[1];
	return seconds === undefined ? undefined : Number(seconds);
}

/** A worktree and a submodule have a file that says where their repository is. */
function findGit(dir: string): string | undefined {
	for (let folder = dir; ; folder = dirname(folder)) {
		const git = join(folder, '.git');
		if (existsSync(git)) {
			if (statSync(git).isDirectory()) return git;
			const elsewhere = /^gitdir: (.+)$/.exec(read(git) ?? '')?.[1];
			return elsewhere === undefined ? undefined : resolve(folder, elsewhere);
		}
		if (dirname(folder) === folder) return undefined;
	}
}

function readRefs(git: string): (name: string) => string | undefined {
	const common = commonOf(git);
	return (name) => read(join(git, name)) ?? read(join(common, name)) ?? packed(git).find((ref) => ref.name === name)?.ids[0];
}

function commonOf(git: string): string {
	const common = read(join(git, 'commondir'));
	return common === undefined ? git : resolve(git, common);
}

interface PackedRef {
	readonly name: string;
	/** The object, and the commit behind an annotated tag. */
	readonly ids: readonly string[];
}

function packed(git: string): readonly PackedRef[] {
	const refs: { name: string; ids: string[] }[] = [];
	for (const line of (read(join(commonOf(git), 'packed-refs')) ?? '').split('\n')) {
		const [, id, name] = /^([0-9a-f]{40,64}) (\S+)$/.exec(line) ?? [];
		const peeled = /^\^([0-9a-f]{40,64})$/.exec(line)?.[1];
		if (id !== undefined && name !== undefined) refs.push({ name, ids: [id] });
		else if (peeled !== undefined) refs.at(-1)?.ids.push(peeled);
	}
	return refs;
}

/** Tags that were made or fetched since the last `git gc`. An annotated one names its commit in an object of its own. */
function looseTags(git: string): readonly PackedRef[] {
	const common = commonOf(git);
	const folder = join(common, 'refs/tags');
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => {
			const file = join(entry.parentPath, entry.name);
			const id = read(file) ?? '';
			const object = readGitObject(join(common, 'objects'), id);
			const target = object?.type === 'tag' ? /^object ([0-9a-f]{40,64})$/m.exec(object.data.toString('utf8'))?.[1] : undefined;
			return { name: `refs/tags/${relative(folder, file).split(sep).join('/')}`, ids: target === undefined ? [id] : [id, target] };
		});
}

function read(file: string): string | undefined {
	return readIfFile(file)?.trim();
}
