/** What uv says when packages cannot be had, as errors that say what to do. */
import { TareError } from '../../src/errors.js';
import type { PythonFacts } from './facts.js';

/** What to install, or to use instead, for the packages that are known to come as source. */
const KNOWN: Readonly<Record<string, string>> = {
	psycopg2: 'Depend on psycopg2-binary instead: the same module, compiled.',
	mysqlclient: 'Its source needs libmariadb-dev and pkg-config on the machine that builds; PyMySQL needs neither.',
	uwsgi: 'Depend on gunicorn instead, which is not compiled.',
	pywin32: 'It is for Windows: write `pywin32; sys_platform == "win32"`.',
};

/** @param elsewhere platform that this machine cannot build for */
export function installFailure(tail: string, { origin, version }: PythonFacts, elsewhere: string | undefined): TareError {
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
	const source = sourceOnly(tail);
	if (source !== undefined) {
		const where = elsewhere === undefined ? '' : ` for ${elsewhere}`;
		const otherwise =
			elsewhere === undefined
				? 'The lines above are from its build; it may need a compiler and header files.'
				: `Build on a machine of ${elsewhere}, or choose a version with wheels.`;
		return new TareError(
			'INSTALL_FAILED',
			`${source} has no wheel${where} for Python ${version}, and building it from source ${elsewhere === undefined ? 'failed' : 'needs that platform'}`,
			{
				hint: `${KNOWN[source.replace(/[=@ ].*$/, '').toLowerCase()] ?? ''} ${otherwise}`.trim(),
				...at,
				data: { ...data, package: source },
			},
		);
	}
	if (/No solution found/.test(tail))
		return new TareError('INSTALL_FAILED', `no versions of the dependencies fit together on Python ${version}`, {
			hint: 'The lines above are from uv and name the requirements that exclude each other.',
			...at,
			data,
		});
	return new TareError('INSTALL_FAILED', 'installing the dependencies failed', {
		hint: 'The lines above are from uv; a server that could not be reached is named there.',
		...at,
		data,
	});
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
