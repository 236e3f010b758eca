/** A root's start command that starts a package of the repository: that package is the app. */

import { posix } from 'node:path';
import { TareError } from '../../../src/errors.js';
import { boundedPattern } from '../../../src/source/pattern.js';
import { type Member, neededMembers } from '../workspaces.js';
import { tidyPath } from './entry.js';
import type { Call, Where } from './runners.js';
import { quoted, unsupported, type Walk } from './walk.js';

export interface Delegation {
	/** The package's folder. */
	readonly folder: string;
	/** The command line in the package, where it is another than its own start script. */
	readonly line?: string;
}

/** @throws TareError always: START_UNSUPPORTED with the delegation, or one that names the packages */
export function delegate(call: Exclude<Call, { kind: 'install' }>, walk: Walk): never {
	const folder = joined(walk.found.folder, call.where?.folder);
	const found = folder === undefined ? packagesOf(call.where ?? {}, walk) : membersIn(folder, walk);
	const fitting = found.filter(({ manifest }) => call.kind === 'program' || manifest.json.scripts[call.name] !== undefined);
	const [only] = fitting;
	if (fitting.length > 1) {
		const folders = fitting.map((member) => member.folder);
		throw unsupported(
			walk,
			`it starts ${folders.length} packages: ${folders.join(', ')}`,
			`Build one of them: ${folders.map((each) => `tare build ${each}`).join(', ')}.`,
		);
	}
	if (only === undefined) throw nothingFound(call, folder, found, walk);
	const line = lineIn(call, walk);
	throw unsupported(walk, `it starts the package in ${only.folder}`, `Build that package: tare build ${only.folder}.`, {
		delegation: { folder: only.folder, ...(line !== undefined && { line }) } satisfies Delegation,
	});
}

/** What an error says of the package that is to be built in the root's place. */
export function delegationOf(error: unknown): Delegation | undefined {
	return error instanceof TareError ? (error.data?.delegation as Delegation | undefined) : undefined;
}

function joined(...parts: readonly (string | undefined)[]): string | undefined {
	const given = parts.filter((part): part is string => part !== undefined && part !== '');
	const path = given.length === 0 ? '.' : tidyPath(posix.join(...given));
	return path === '.' ? undefined : path;
}

function membersIn(folder: string, { project }: Walk): readonly Member[] {
	return project.workspace.filter((member) => member.folder === folder);
}

function packagesOf({ packages = [] }: Where, { project }: Walk): readonly Member[] {
	const all = project.workspace;
	const [without, wanted] = [packages.filter((each) => each.startsWith('!')), packages.filter((each) => !each.startsWith('!'))];
	const named = wanted.length === 0 ? all : all.filter((member) => wanted.some((pattern) => selected(pattern, member, all)));
	return named.filter((member) => !without.some((pattern) => selected(pattern.slice(1), member, all)));
}

/** `web...` means what it depends on, too. */
function selected(pattern: string, member: Member, all: readonly Member[]): boolean {
	const withNeeds = /^(.+?)\^?\.\.\.$/.exec(pattern)?.[1];
	if (withNeeds === undefined) return matches(pattern.replace(/^\.\.\.\^?/, ''), member);
	const roots = all.filter((each) => matches(withNeeds, each));
	return (matches(withNeeds, member) && !pattern.endsWith('^...')) || roots.some((root) => neededMembers(root.manifest, all).includes(member));
}

/** By the package's name, with or without its scope, its folder, or a folder above it. */
function matches(pattern: string, { folder, manifest }: Member): boolean {
	const name = manifest.json.name ?? '';
	const plain = tidyPath(pattern.replace(/^\{(.*)\}$/, '$1'));
	const test = boundedPattern(
		`^${plain
			.replace(/[.+?^$()|[\]\\{}]/g, '\\$&')
			.replaceAll('**', '\0')
			.replaceAll('*', '[^/]*')
			.replaceAll('\0', '.*')}$`,
	);
	return (
		[name, name.replace(/^@[^/]+\//, ''), folder].some((each) => test.test(each)) ||
		folder.startsWith(`${plain}/`) ||
		(!plain.includes('/') && folder.endsWith(`/${plain}`))
	);
}

/** The command in the package; undefined for its start script as it is. */
function lineIn(call: Exclude<Call, { kind: 'install' }>, { found }: Walk): string | undefined {
	const env = Object.entries(found.env).map(([name, value]) => `${name}=${quoted(value)}`);
	if (call.kind === 'program') return [...env, ...call.words.map(quoted)].join(' ');
	if (call.name === 'start' && call.args.length === 0 && env.length === 0) return undefined;
	return [...env, 'npm', 'run', quoted(call.name), ...(call.args.length === 0 ? [] : ['--', ...call.args.map(quoted)])].join(' ');
}

function nothingFound(call: Exclude<Call, { kind: 'install' }>, folder: string | undefined, found: readonly Member[], walk: Walk): TareError {
	const { source, workspace } = walk.project;
	const script = call.kind === 'script' ? `script "${call.name}"` : 'such program';
	const [member] = found;
	if (member !== undefined && found.length === 1) return unsupported(walk, `the package in ${member.folder} has no ${script}`);
	if (folder !== undefined && source.has(`${folder}/package.json`))
		return unsupported(walk, `it starts another project, in ${folder}`, `Build that folder: tare build ${folder}.`);
	const folders = workspace.map((each) => each.folder).join(', ');
	const wanted = folder ?? call.where?.packages?.join(', ') ?? '';
	if (folders === '') return unsupported(walk, `it starts another project, in ${wanted}`, `Build that folder: tare build ${folder ?? 'FOLDER'}.`);
	return unsupported(walk, `no package ${wanted === '' ? '' : `"${wanted}" `}has a ${script}`, `The packages are in ${folders}.`);
}
