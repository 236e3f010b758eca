/** The crates that are compiled into the image's programs, as cargo resolves them for the target. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageRef } from '../../src/bases/contract.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { runRust } from './cargo.js';
import { featureOptions, type RustFacts } from './plan.js';

export interface CrateQuestion {
	readonly cwd: string;
	/** Text of Cargo.lock. */
	readonly lock: string;
	readonly target: string;
	readonly env: Readonly<Record<string, string>>;
}

/** None where cargo cannot tell. */
export async function cratesOf({ cwd, lock, target, env }: CrateQuestion, facts: RustFacts, tools: Toolchain): Promise<readonly PackageRef[]> {
	const key = createHash('sha256')
		.update(JSON.stringify([lock, target, facts.selects, featureOptions(facts)]))
		.digest('hex');
	const known = await tools.store.record<readonly PackageRef[]>('crates', key);
	if (known !== undefined) return known;
	const output = join(await tools.scratch('crates'), 'tree');
	// --frozen: the crates are there, and no version may be chosen again.
	const argv = [
		'cargo',
		'tree',
		'--frozen',
		'--target',
		target,
		'--edges',
		'normal,no-proc-macro',
		'--prefix',
		'none',
		'--format',
		'{p}',
		...facts.selects,
		...featureOptions(facts),
	];
	const { exitCode } = await runRust(tools, { step: 'crates', argv, cwd, env, output }, facts);
	if (exitCode !== 0) return [];
	const crates = parseTree(readFileSync(output, 'utf8'));
	await tools.store.setRecord('crates', key, crates);
	return crates;
}

/** Lines of `NAME vVERSION`, with `(*)` after one that stood before, and a place after one that is not of the default registry. */
export function parseTree(text: string): readonly PackageRef[] {
	const crates = new Map<string, PackageRef>();
	for (const line of text.split('\n')) {
		const [, name, version, place] = /^(\S+) v(\S+)(?: \(proc-macro\))?(?: \(([^*][^)]*)\))?/.exec(line) ?? [];
		// The project's own packages.
		if (name === undefined || version === undefined || place?.startsWith('/') === true) continue;
		const git = place === undefined ? '' : `?vcs_url=${encodeURIComponent(`git+${place.replace('#', '@')}`)}`;
		crates.set(`${name} ${version}`, { type: 'cargo', name, version, purl: `pkg:cargo/${name}@${encodeURIComponent(version)}${git}` });
	}
	return [...crates.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}
