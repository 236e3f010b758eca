/** Which Python the app gets: Debian has one per release, and the project may rule one out. */
import { PYTHON_VERSIONS } from '../../src/bases/debian/sets.js';
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import type { Dependencies } from './dependencies.js';
import { lineFinder, type Project } from './project.js';
import { at, readToml, text } from './toml.js';
import { compareVersions, parseVersion, satisfies } from './versions.js';
import { withoutWheels } from './wheels.js';
import { FIRST_FOR_313 } from './wheels-since.js';

type Release = keyof typeof PYTHON_VERSIONS;

export interface Interpreter {
	readonly release: Release;
	/** `3.13` */
	readonly version: string;
	readonly reason: Reason;
	readonly warning?: Reason;
}

/** Newest first; a patch release that every range of the line takes. */
const RELEASES: readonly Release[] = ['trixie', 'bookworm'];
const numbers = (release: Release): readonly number[] => [...parseVersion(PYTHON_VERSIONS[release]), 9];

interface Wish extends Reason {
	readonly range: string;
	/** Asked for by the one who builds, or the limits of the package: nothing else will do. */
	readonly strict: boolean;
}

/** @throws TareError VERSION_UNSATISFIABLE */
export function chooseInterpreter(request: PlanRequest, source: FileIndex, project: Project | undefined, dependencies: Dependencies): Interpreter {
	const allowed = request.base.kind === 'debian' && request.base.release === 'bookworm' ? (['bookworm'] as const) : RELEASES;
	const wishes = [...asked(request), ...pinned(source), ...declared(source, project)];
	const strict = wishes.filter((wish) => wish.strict);
	const fitting = allowed.filter((release) => strict.every(({ range }) => satisfies(numbers(release), range)));
	const [first] = fitting;
	if (first === undefined) throw unsatisfiable(strict, allowed);
	const soft = wishes.find((wish) => !wish.strict);
	if (soft !== undefined) return nearest(soft, fitting);
	const [wish] = strict;
	const old = fitting.includes('bookworm') ? oldPin(dependencies) : undefined;
	if (old !== undefined && first !== 'bookworm' && request.runtimeVersion === undefined) return choice('bookworm', old);
	return choice(first, wish ?? { says: "nothing asks for a version: Debian's newest" });
}

function choice(release: Release, reason: Reason, warning?: Reason): Interpreter {
	const version = PYTHON_VERSIONS[release];
	return { release, version, reason: { ...reason, says: `python ${version}: ${reason.says}` }, ...(warning !== undefined && { warning }) };
}

/** A pinned version names what the developer has; a newer line runs what was written for an older one. */
function nearest(wish: Wish, fitting: readonly Release[]): Interpreter {
	const exact = fitting.find((release) => satisfies(numbers(release), wish.range));
	if (exact !== undefined) return choice(exact, wish);
	const wanted = parseVersion(wish.range.replace(/^[^\d]*/, ''));
	const newer = [...fitting].reverse().find((release) => compareVersions(numbers(release), wanted) > 0);
	const release = newer ?? (fitting[0] as Release);
	const version = PYTHON_VERSIONS[release];
	return choice(release, wish, {
		...(wish.file !== undefined && { file: wish.file }),
		says: `${wish.says}, which Debian does not have: the image gets Python ${version}, as nothing else forbids it`,
	});
}

function asked({ runtimeVersion }: PlanRequest): Wish[] {
	return runtimeVersion === undefined ? [] : [{ range: runtimeVersion, strict: true, says: `asked for ${runtimeVersion}` }];
}

/** Files of version managers: what somebody had when the project began. */
function pinned(source: FileIndex): Wish[] {
	const pin = source
		.text('.python-version')
		?.split('\n')
		.find((line) => /^\s*(?:cpython[-@]?|python-?)?\d/.test(line));
	const tool = /^python\s+(\S+)/m.exec(source.text('.tool-versions') ?? '')?.[1];
	const runtime = /^python-(\S+)/m.exec(source.text('runtime.txt') ?? '')?.[1];
	const found = [
		{ file: '.python-version', version: pin?.trim().replace(/^\D+/, '') },
		{ file: '.tool-versions', version: tool },
		{ file: 'runtime.txt', version: runtime },
	];
	return found.flatMap(({ file, version }) =>
		version === undefined || !/^\d/.test(version) ? [] : [{ range: version, strict: false, file, says: `${file} asks for ${version}` }],
	);
}

function declared(source: FileIndex, project: Project | undefined): Wish[] {
	const range = project?.requiresPython;
	if (range !== undefined) {
		const key = project?.poetry === true ? 'python' : 'requires-python';
		const line = project?.lineOf(key);
		return [{ range, strict: true, file: 'pyproject.toml', ...(line !== undefined && { line }), says: `${key} is "${range}"` }];
	}
	const pipenv = text(at(readToml(source, 'Pipfile'), 'requires').python_version);
	if (pipenv !== undefined) return [{ range: pipenv, strict: false, file: 'Pipfile', says: `python_version is "${pipenv}"` }];
	const setup = source.first('setup.py', 'setup.cfg');
	const content = setup === undefined ? '' : (source.text(setup) ?? '');
	const required = /python_requires\s*=\s*['"]?\s*([<>=!~][^'"\n]*)/.exec(content)?.[1]?.trim();
	if (setup === undefined || required === undefined) return [];
	const line = lineFinder(content)('python_requires');
	return [{ range: required, strict: true, file: setup, ...(line !== undefined && { line }), says: `python_requires is "${required}"` }];
}

/** Compiled packages pinned to a release from before Python 3.13 have no wheels for it. */
function oldPin({ pins, files = [], reason }: Dependencies): Reason | undefined {
	const locked = withoutWheels(files, PYTHON_VERSIONS.trixie, PYTHON_VERSIONS.bookworm);
	if (locked !== undefined)
		return { ...reason, says: `${locked.name} ${locked.version} has wheels for Python ${PYTHON_VERSIONS.bookworm} and none for ${PYTHON_VERSIONS.trixie}` };
	const old = pins.find(({ name, pin }) => {
		const first = FIRST_FOR_313[name];
		return pin !== undefined && first !== undefined && compareVersions(parseVersion(pin), parseVersion(first)) < 0;
	});
	if (old === undefined) return undefined;
	return { ...reason, says: `${old.name} ${old.pin} is older than Python 3.13 (${old.name} ${FIRST_FOR_313[old.name]} was the first for it)` };
}

function unsatisfiable(wishes: readonly Wish[], allowed: readonly Release[]): TareError {
	const [wish] = wishes;
	const have = allowed.map((release) => `${PYTHON_VERSIONS[release]} (${release})`).join(' and ');
	const newest = PYTHON_VERSIONS[allowed[0] ?? 'trixie'];
	return new TareError('VERSION_UNSATISFIABLE', `no available Python satisfies the project: ${wishes.map(({ says }) => says).join(', ')}`, {
		hint: `Debian has ${have}. If the app runs on ${newest}, allow it: requires-python = ">=${newest}". Another Python comes with a base of your own: --base IMAGE.`,
		...(wish?.file !== undefined && { at: { file: wish.file, ...(wish.line !== undefined && { line: wish.line }) } }),
		data: { available: allowed.map((release) => PYTHON_VERSIONS[release]) },
	});
}
