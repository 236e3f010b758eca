/** What uv says when packages cannot be had, as errors that say what to do. */
import { PYTHON_VERSIONS } from '../../src/bases/debian/sets.js';
import { TareError } from '../../src/errors.js';
import type { PythonFacts } from './facts.js';
import { causeOf } from './source-build.js';
import type { WheelsElsewhere } from './wheel-search.js';

export function installFailure(tail: string, { origin, version }: PythonFacts): TareError {
	const file = origin.kind === 'resolve' ? origin.files[0] : undefined;
	const at = file === undefined ? {} : { at: { file } };
	const data = { output: tail };
	const missing = /([\w.-]+) was not found in the package registry|Because ([\w.-]+) was not found/.exec(tail);
	const name = (missing?.[1] ?? missing?.[2] ?? '').toLowerCase();
	if (name !== '')
		return new TareError('INSTALL_FAILED', `the package index has no ${name}`, {
			hint: 'Correct its name. If it is private, name its index (pip.conf, [[tool.uv.index]], ...) and give the right credentials: an index that refuses them seems empty.',
			...at,
			data,
		});
	const hash = /[Hh]ash mismatch for `([^`]+)`/.exec(tail)?.[1];
	if (hash !== undefined)
		return new TareError('INSTALL_FAILED', `${hash} is not what the lock file says: its hash differs`, {
			hint: 'Make the lock file anew, if the index can be trusted.',
			...at,
			data,
		});
	if (/No solution found/.test(tail))
		return new TareError('INSTALL_FAILED', `no versions of the dependencies fit together on Python ${version}`, {
			hint: 'The lines above are from uv and name the requirements that exclude each other.',
			...at,
			data,
		});
	const unreachable = /Request failed|Failed to fetch|error sending request|dns error|Connection|timed out/i.test(tail);
	return new TareError('INSTALL_FAILED', 'installing the dependencies failed', {
		hint: `The lines above are from uv${unreachable ? '; a server that could not be reached is named there' : ''}.`,
		...at,
		data,
	});
}

export interface SourceFailure {
	/** What uv said when it looked for wheels. */
	readonly wheels: string;
	/** The end of what building printed. */
	readonly built: string;
	/** Platform that this machine cannot build for. */
	readonly elsewhere: string | undefined;
	readonly search: (requirement: string) => Promise<WheelsElsewhere>;
}

/** A package that has no wheel, and whose source was not built; another failure where no package is named. */
export async function sourceFailure({ wheels, built, elsewhere, search }: SourceFailure, facts: PythonFacts): Promise<TareError> {
	const source = sourceOnly(built) ?? sourceOnly(wheels);
	if (source === undefined) return installFailure(built, facts);
	const { origin, version } = facts;
	const file = origin.kind === 'resolve' ? origin.files[0] : undefined;
	const name = source.replace(/[=@ ].*$/, '').toLowerCase();
	const found = await search(source);
	const where = elsewhere === undefined ? '' : ` for ${elsewhere}`;
	const cause = causeOf(name, built);
	const ways = [
		cause ?? (elsewhere === undefined ? 'The lines above are from its build.' : ''),
		elsewhere === undefined ? '' : `Build on a machine of ${elsewhere}, or choose a version with wheels.`,
		...waysOf(name, found, version),
	];
	const end = elsewhere === undefined ? 'building it from source failed' : 'building it from source needs that platform';
	return new TareError('INSTALL_FAILED', `${source} has no wheel${where} for Python ${version}, and ${end}`, {
		hint: ways.filter((way) => way !== '').join(' '),
		...(file !== undefined && { at: { file } }),
		data: { output: built, package: source, ...found },
	});
}

function waysOf(name: string, { newest, python }: WheelsElsewhere, version: string): readonly string[] {
	const ofDebian = Object.values(PYTHON_VERSIONS).some((one) => one === python);
	return [
		newest === undefined ? '' : `The newest version with a wheel for Python ${version} is ${name} ${newest}.`,
		python === undefined
			? ''
			: `Python ${python} has a wheel of this one${ofDebian ? `: "python: ${python}" in tare.yaml` : ', and Debian does not have that Python'}.`,
	];
}

function sourceOnly(tail: string): string | undefined {
	const patterns = [
		/Failed to build `([^`]+)`/,
		/Because ([\w.-]+(?:==\S+)?) has no usable wheels/,
		/([\w.-]+==[\w.+!-]+) has no (?:usable )?wheels/,
		/Building source distributions (?:for|is disabled)[^`]*`?([\w.-]+)?/,
	];
	for (const pattern of patterns) {
		const name = pattern.exec(tail)?.[1];
		if (name !== undefined) return name;
	}
	return undefined;
}
