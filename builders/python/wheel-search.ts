/** Where a package that was not built from source has wheels: for another Python of Debian's, in another version. Asked only after a failure. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON_VERSIONS } from '../../src/bases/debian/sets.js';
import { boundedPattern } from '../../src/source/pattern.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { parseRequirement } from './names.js';

export interface WheelsElsewhere {
	/** The newest version with a wheel for the app's Python. */
	readonly newest?: string;
	/** Another Python for which this version has a wheel: one of Debian's, else the newest. */
	readonly python?: string;
}

/** Resolves one requirement with wheels alone; the exit code tells whether there is one. */
export type Resolve = (input: string, output: string, python: string) => Promise<boolean>;

/** Lines of Python that packages of today have or had wheels for. */
const LINES = ['3.14', '3.12', '3.10', '3.9', '3.8'];

/** @param requirement `greenlet==1.1.2` */
export async function wheelsElsewhere(requirement: string, version: string, resolve: Resolve, tools: Toolchain): Promise<WheelsElsewhere> {
	const name = parseRequirement(requirement)?.name;
	if (name === undefined) return {};
	const dir = await tools.scratch('wheels');
	const versionFor = async (line: string, python: string): Promise<string | undefined> => {
		const [input, output] = [join(dir, 'in.txt'), join(dir, `${python}.txt`)];
		writeFileSync(input, `${line}\n`);
		writeFileSync(output, '');
		if (!(await resolve(input, output, python))) return undefined;
		return boundedPattern(`^${name.replace(/-/g, '[-_.]+')}==([^\\s;]+)`, 'im').exec(readFileSync(output, 'utf8'))?.[1];
	};
	const newest = await versionFor(name, version);
	const python = /==/.test(requirement) ? await first(others(version), async (one) => (await versionFor(requirement, one)) !== undefined) : undefined;
	return { ...(newest !== undefined && { newest }), ...(python !== undefined && { python }) };
}

/** Debian's before those that no base has. */
function others(version: string): readonly string[] {
	return [...new Set([...Object.values(PYTHON_VERSIONS), ...LINES])].filter((one) => one !== version);
}

async function first(all: readonly string[], holds: (one: string) => Promise<boolean>): Promise<string | undefined> {
	for (const one of all) if (await holds(one)) return one;
	return undefined;
}
