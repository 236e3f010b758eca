/** Which file says what the app depends on, and what can be known of it without asking an index. */
import { posix } from 'node:path';
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { findUvLock, type PinnedLines, readPdmLock, readPipfileLock, readPoetryLock, readPylock, readUvLock } from './locks.js';
import { namesOf, normalName, parseRequirement, type Requirement } from './names.js';
import { requirementLine } from './poetry-requirement.js';
import type { Project } from './project.js';
import { readRequirements } from './requirements.js';
import { findScriptHeader } from './script-header.js';
import { type Selection, selectionOf, withDefaultGroups } from './selection.js';
import { at, readToml } from './toml.js';
import type { LockedFiles } from './wheels.js';

/** How the pinned list is made: `uv` exports its lock, `pinned` is at hand, `resolve` asks the index, `none` has nothing to install. */
export type Origin =
	| { readonly kind: 'none' }
	/** `folder` of the lock, relative to the app's; `member`: the name of the app in a workspace; `flags` choose extras and groups. */
	| { readonly kind: 'uv'; readonly folder: string; readonly member?: string; readonly flags: readonly string[] }
	/** `files` may say where packages are. */
	| { readonly kind: 'pinned'; readonly lines: readonly string[]; readonly files?: readonly string[] }
	/** `files` go to the resolver as they are, `lines` beside them. */
	| { readonly kind: 'resolve'; readonly files: readonly string[]; readonly lines: readonly string[] };

export interface Dependencies {
	readonly origin: Origin;
	/** Names that are installed, as far as the files say; sorted. */
	readonly names: readonly string[];
	readonly pins: readonly Requirement[];
	/** Files by package, where a lock names them. */
	readonly files?: readonly LockedFiles[];
	/** Equal files give equal versions. */
	readonly locked: boolean;
	/** Folders of the source are installed, too: their content decides the result. */
	readonly local: boolean;
	/** What the script that is the app asks of its Python. */
	readonly python?: PythonRange;
	/** What else is installed, and why. */
	readonly more?: readonly Reason[];
	readonly reason: Reason;
}

export interface PythonRange {
	readonly range: string;
	readonly file: string;
	readonly line: number;
}

const REQUIREMENT_FILES = [
	'requirements.txt',
	'requirements/production.txt',
	'requirements/prod.txt',
	'requirements/requirements.txt',
	'requirements/base.txt',
	'requirements/common.txt',
	'requirements-prod.txt',
	'requirements.prod.txt',
	'requirements-production.txt',
	// What pip-tools would pin: Tare pins it in tare.lock.
	'requirements.in',
	'requirements/production.in',
	'requirements/base.in',
];

/** https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html */
const CONDA = ['environment.yml', 'environment.yaml', 'conda.yml', 'conda.yaml', 'conda-lock.yml'];

export interface Asked {
	/** Lines that may start the app: they tell which of several scripts it is. */
	readonly commands: string;
	readonly extras: readonly string[];
	readonly groups: readonly string[];
}

/** @throws TareError MANIFEST_INVALID | LOCKFILE_OUTDATED | CONFIG_INVALID */
export function findDependencies(
	source: FileIndex,
	project: Project | undefined,
	{ commands, extras, groups }: Asked = { commands: '', extras: [], groups: [] },
): Dependencies {
	const asked = selectionOf(source, { extras, groups });
	const others = (): Dependencies => fromPipfile(source) ?? fromSetup(source) ?? fromScript(source, commands) ?? nothing(source);
	return (
		fromLock(source, project, asked) ??
		added(fromRequirements(source), asked) ??
		added(fromProject(source, project), withDefaultGroups(source, asked)) ??
		(asked.lines.length > 0 ? added(fromPipfile(source) ?? fromSetup(source) ?? fromLines(project?.file ?? 'pyproject.toml', []), asked) : undefined) ??
		others()
	);
}

/** With the requirements of what was chosen beyond the main ones. */
function added(found: Dependencies | undefined, { lines, reasons }: Selection): Dependencies | undefined {
	if (found === undefined || lines.length === 0) return found;
	const { origin, names, pins } = found;
	const requirements = lines.map(parseRequirement).filter((one) => one !== undefined);
	const own = origin.kind === 'resolve' ? origin : { files: origin.kind === 'pinned' ? (origin.files ?? []) : [], lines: [] };
	return {
		...found,
		origin: { kind: 'resolve', files: own.files, lines: [...own.lines, ...lines] },
		names: [...new Set([...names, ...namesOf(requirements)])].sort(),
		pins: [...pins, ...requirements],
		locked: false,
		local: found.local || lines.some((line) => line.startsWith('.')),
		more: reasons,
	};
}

/** A script that says itself what it needs. */
function fromScript(source: FileIndex, commands: string): Dependencies | undefined {
	const header = findScriptHeader(source, commands);
	if (header === undefined) return undefined;
	const { file, line, requiresPython } = header;
	const found = header.dependencies.length === 0 ? NONE : fromLines(file, header.dependencies);
	return {
		...found,
		...(requiresPython !== undefined && { python: { range: requiresPython, file, line } }),
		reason: { file, line, says: `dependencies of the script header in ${file}` },
	};
}

/** @throws TareError MANIFEST_INVALID where only conda knows what the app depends on */
function nothing(source: FileIndex): Dependencies {
	const file = source.first(...CONDA);
	if (file === undefined) return NONE;
	throw new TareError('MANIFEST_INVALID', `${file} is a conda environment, which Tare does not read, and no other file says what the app depends on`, {
		hint: 'List what the app imports in requirements.txt or pyproject.toml, with the names that the packages have on PyPI.',
		at: { file },
	});
}

/** A file of conda's that other files stand in for. */
export function unreadEnvironment(source: FileIndex): readonly Reason[] {
	const file = source.first(...CONDA);
	return file === undefined ? [] : [{ file, says: `${file} is not read: conda's packages are not installed` }];
}

const NONE: Dependencies = { origin: { kind: 'none' }, names: [], pins: [], locked: true, local: false, reason: { says: 'no dependencies' } };

export function requirementsFile(source: Pick<FileIndex, 'first'>): string | undefined {
	return source.first(...REQUIREMENT_FILES);
}

function fromLock(source: FileIndex, project: Project | undefined, asked: Selection): Dependencies | undefined {
	const found = lockedBy(source, project, asked);
	return found === undefined || found.more !== undefined ? found : { ...found, more: asked.reasons };
}

function lockedBy(source: FileIndex, project: Project | undefined, asked: Selection): Dependencies | undefined {
	const direct = (project?.dependencies ?? []).map(parseRequirement).filter((one) => one !== undefined);
	const uv = project === undefined ? undefined : findUvLock(source);
	if (uv !== undefined) {
		const chosen = withDefaultGroups(source, asked);
		const { names, files } = readUvLock(source, uv, chosen);
		refuseOutdated(uv.file, 'uv lock', direct, names);
		const flags = [...chosen.extras.flatMap((name) => ['--extra', name]), ...chosen.groups.flatMap((name) => ['--group', name])];
		const origin: Origin = { kind: 'uv', folder: posix.dirname(uv.file), flags, ...(uv.name !== undefined && { member: uv.name }) };
		const says = uv.name === undefined ? 'dependencies of uv.lock' : `dependencies of ${uv.name} in the uv.lock of its workspace`;
		return { origin, names, pins: [], files, locked: true, local: true, more: chosen.reasons, reason: { file: uv.file, says } };
	}
	if (source.has('poetry.lock')) {
		const roots = [...direct, ...asked.lines.map(parseRequirement)].flatMap((one) => (one === undefined ? [] : [one.name]));
		return locked('poetry.lock', 'poetry lock', readPoetryLock(source, roots, asked), direct);
	}
	if (source.has('pdm.lock')) return locked('pdm.lock', 'pdm lock', readPdmLock(source, [...(project?.dependencies ?? []), ...asked.lines], asked), direct);
	if (source.has('Pipfile.lock')) return locked('Pipfile.lock', 'pipenv lock', readPipfileLock(source, asked), pipfileRequirements(source));
	return source.has('pylock.toml') ? locked('pylock.toml', 'pip lock', readPylock(source, asked), direct) : undefined;
}

function locked(file: string, command: string, { lines, names, files }: PinnedLines, direct: readonly Requirement[]): Dependencies {
	refuseOutdated(file, command, direct, names);
	const local = lines.some((line) => line.startsWith('.'));
	const pins = lines.map(parseRequirement).filter((one) => one !== undefined);
	return { origin: { kind: 'pinned', lines }, names, pins, files, locked: true, local, reason: { file, says: `dependencies of ${file}` } };
}

/** A dependency that the lock does not know was added after it was made. */
function refuseOutdated(file: string, command: string, direct: readonly Requirement[], names: readonly string[]): void {
	const missing = direct.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
	if (missing.length === 0) return;
	throw new TareError('LOCKFILE_OUTDATED', `${file} does not have ${missing.join(', ')}, which the project depends on`, {
		hint: `Run \`${command}\` and commit ${file}.`,
		at: { file },
		data: { missing },
	});
}

function fromRequirements(source: FileIndex): Dependencies | undefined {
	const file = requirementsFile(source);
	return file === undefined ? undefined : fromFiles(source, [file]);
}

function fromFiles(source: FileIndex, files: readonly string[]): Dependencies {
	const read = files.map((file) => readRequirements(source, file));
	const requirements = read.flatMap((one) => one.requirements);
	const local = read.some((one) => one.local);
	const [file = ''] = files;
	const empty = requirements.length === 0 && !local && read.every((one) => one.files.every((path) => !/\S/.test(withoutComments(source.text(path) ?? ''))));
	// As pip does, hashes are taken to mean that the list is whole.
	const hashed = !empty && read.every((one) => one.hashed);
	const lines = read.flatMap((one) => one.lines);
	return {
		origin: empty ? { kind: 'none' } : hashed ? { kind: 'pinned', lines, files } : { kind: 'resolve', files, lines: [] },
		names: namesOf(requirements),
		pins: requirements,
		locked: hashed || empty,
		local,
		reason: { file, says: `dependencies of ${files.join(', ')}` },
	};
}

function withoutComments(content: string): string {
	return content.replace(/#.*$/gm, '');
}

function fromProject(source: FileIndex, project: Project | undefined): Dependencies | undefined {
	if (project === undefined) return undefined;
	const files = project.dependencyFiles.filter((file) => source.has(file));
	if (files.length > 0) return fromFiles(source, files);
	if (project.dependencies.length === 0) return undefined;
	const listed = fromLines(project.file, project.dependencies);
	// uv reads the whole file, for it knows where the dependencies come from.
	return project.uvSources ? { ...listed, origin: { kind: 'resolve', files: [project.file], lines: [] }, local: true } : listed;
}

function fromPipfile(source: FileIndex): Dependencies | undefined {
	const lines = pipfileLines(source);
	return lines.length === 0 ? undefined : fromLines('Pipfile', lines);
}

function fromLines(file: string, lines: readonly string[]): Dependencies {
	const requirements = lines.map(parseRequirement).filter((one) => one !== undefined);
	const local = lines.some((line) => line.startsWith('.'));
	return {
		origin: { kind: 'resolve', files: [], lines },
		names: namesOf(requirements),
		pins: requirements,
		locked: false,
		local,
		reason: { file, says: `dependencies of ${file}` },
	};
}

function pipfileLines(source: FileIndex): readonly string[] {
	const entries = Object.entries(at(readToml(source, 'Pipfile'), 'packages'));
	return entries.map(([name, value]) => requirementLine(name, value)).filter((line) => line !== undefined);
}

function pipfileRequirements(source: FileIndex): readonly Requirement[] {
	return pipfileLines(source)
		.map(parseRequirement)
		.filter((one) => one !== undefined);
}

/** The resolver runs setup.py to learn its requirements; names are read from the text. */
function fromSetup(source: FileIndex): Dependencies | undefined {
	const files = ['setup.py', 'setup.cfg'].filter((one) => source.has(one));
	const file = files.find((one) => /install_requires/.test(source.text(one) ?? ''));
	if (file === undefined) return undefined;
	const block = /install_requires\s*=\s*(?:\[([^\]]*)\]|((?:\s*\n[ \t]+[^\n]+)+))/.exec(source.text(file) ?? '');
	const lines = (block?.[1]?.match(/["']([^"']+)["']/g)?.map((quoted) => quoted.slice(1, -1)) ?? block?.[2]?.split('\n') ?? [])
		.map((line) => line.trim())
		.filter((line) => line !== '');
	if (lines.length > 0) return fromLines(file, lines);
	return /install_requires/.test(source.text(file) ?? '') ? { ...fromLines(file, []), origin: { kind: 'resolve', files: [file], lines: [] } } : undefined;
}

export function has(dependencies: Dependencies, name: string): boolean {
	return dependencies.names.includes(normalName(name));
}
