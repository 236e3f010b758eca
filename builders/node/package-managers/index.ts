/** Which package manager a project uses: its `packageManager` field, else the lock file, else engines, else npm. */
import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';
import { bun } from './bun.js';
import type { PackageManager } from './contract.js';
import { npm } from './npm.js';
import { pnpm } from './pnpm.js';
import { yarn } from './yarn.js';
import { yarnBerry } from './yarn-berry.js';

const MANAGERS: readonly PackageManager[] = [npm, pnpm, yarn, yarnBerry, bun];

export interface ManagerChoice {
	readonly manager: PackageManager;
	readonly lock?: string;
	/** Version range of the tool. */
	readonly range: string;
	readonly reasons: readonly Reason[];
}

export function managerById(id: string): PackageManager {
	const manager = MANAGERS.find((candidate) => candidate.id === id);
	if (manager === undefined) throw new TareError('INTERNAL', `no package manager "${id}"`);
	return manager;
}

/** @param manifest of the root of the project, where the lock file lies @throws TareError AMBIGUOUS for two kinds of lock file | TOOL_MISSING for a tool that is not known */
export function chooseManager(source: FileIndex, manifest: Manifest, node: string): ManagerChoice {
	const locks = new Map(MANAGERS.flatMap(({ program, lockFiles }) => lockFiles.map((file) => [file, program] as const)).filter(([file]) => source.has(file)));
	const pinned = /^([a-z]+)@/.exec(manifest.json.packageManager ?? '')?.[1];
	const kinds = new Set(locks.values());
	if (pinned === undefined && kinds.size > 1) throw ambiguous([...locks.keys()]);
	const engine = ['pnpm', 'yarn', 'bun'].find((name) => manifest.json.engines[name] !== undefined);
	const program = pinned ?? [...kinds][0] ?? engine ?? 'npm';
	const lock = [...locks].find(([, by]) => by === program)?.[0];
	const manager = MANAGERS.find(
		(candidate) => candidate.program === program && (program !== 'yarn' || candidate.id === yarnGeneration(source, manifest, lock)),
	);
	if (manager === undefined) throw unknown(program, manifest);
	const { range, reason } = manager.version({ source, manifest, lock, node });
	return { manager, range, ...(lock !== undefined && { lock }), reasons: [why(program, lock, engine, manifest), reason] };
}

/** Yarn 1 and what came after share name and lock file, and little else. */
function yarnGeneration(source: FileIndex, manifest: Manifest, lock: string | undefined): string {
	const major = /^yarn@(\d+)/.exec(manifest.json.packageManager ?? '')?.[1];
	if (major !== undefined) return major === '1' ? 'yarn' : 'yarn-berry';
	if (source.has('.yarnrc.yml')) return 'yarn-berry';
	const text = lock === undefined ? '' : (source.text(lock) ?? '');
	return /^__metadata:/m.test(text) ? 'yarn-berry' : 'yarn';
}

function why(program: string, lock: string | undefined, engine: string | undefined, manifest: Manifest): Reason {
	if (lock !== undefined) return { file: lock, says: `${program}: ${lock}` };
	return engine === program
		? { file: manifest.file, line: manifest.lineOf('engines', engine), says: `${program}: engines.${engine}` }
		: { says: `${program}: no lock file` };
}

function ambiguous(files: readonly string[]): TareError {
	return new TareError('AMBIGUOUS', `two package managers: ${files.join(' and ')}`, {
		hint: 'Delete the lock file that is not used, or set "packageManager" in package.json.',
		at: { file: files[0] ?? 'package.json' },
		data: { files },
	});
}

function unknown(program: string, manifest: Manifest): TareError {
	const line = manifest.lineOf('packageManager');
	return new TareError('TOOL_MISSING', `"packageManager" names ${program}, which is none of npm, pnpm, yarn and bun`, {
		hint: 'Correct the field, e.g. "packageManager": "pnpm@10.0.0".',
		at: { file: manifest.file, ...(line !== undefined && { line }) },
	});
}
