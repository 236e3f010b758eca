/** Which package manager a project uses: the field that names it, else the lock file, else engines, else npm. */
import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';
import { bun } from './bun.js';
import type { PackageManager, ToolChoice } from './contract.js';
import { npm } from './npm.js';
import { pnpm } from './pnpm.js';
import { vendoredGeneration } from './vendored-yarn.js';
import { type WantedTool, wantedTools } from './wanted.js';
import { yarn } from './yarn.js';
import { yarnBerry } from './yarn-berry.js';

const MANAGERS: readonly PackageManager[] = [npm, pnpm, yarn, yarnBerry, bun];

export interface ManagerChoice extends Pick<ToolChoice, 'range' | 'tool' | 'file'> {
	readonly manager: PackageManager;
	readonly lock?: string;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

export function managerById(id: string): PackageManager {
	const manager = MANAGERS.find((candidate) => candidate.id === id);
	if (manager === undefined) throw new TareError('INTERNAL', `no package manager "${id}"`);
	return manager;
}

/** @param manifest of the root of the project, where the lock file lies @throws TareError AMBIGUOUS for two kinds of lock file | TOOL_MISSING for a tool that is not known */
export function chooseManager(source: FileIndex, manifest: Manifest, node: string): ManagerChoice {
	const locks = new Map(MANAGERS.flatMap(({ program, lockFiles }) => lockFiles.map((file) => [file, program] as const)).filter(([file]) => source.has(file)));
	const asked = wantedTools(source, manifest);
	const chooses = asked.find((one) => one.chooses);
	const kinds = new Set(locks.values());
	if (chooses === undefined && kinds.size > 1) throw ambiguous([...locks.keys()]);
	// Everybody has npm, so that its version in engines says nothing against another.
	const signal = chooses ?? (kinds.size === 0 ? asked.find(({ program }) => program !== 'npm') : undefined);
	const program = signal?.program ?? [...kinds][0] ?? (manifest.file.endsWith('5') ? 'pnpm' : 'npm');
	if (manifest.file.endsWith('5') && program !== 'pnpm') throw unreadable(program, manifest.file);
	const lock = [...locks].find(([, by]) => by === program)?.[0];
	const wanted = asked.filter((one) => one.program === program);
	const generation = program === 'yarn' ? yarnGeneration(source, wanted, lock) : program;
	const manager = MANAGERS.find(({ id }) => id === generation);
	if (manager === undefined) throw unknown(program, signal?.reason);
	const { range, reason, tool, file, warnings = [] } = manager.version({ source, manifest, lock, node, wanted });
	const why =
		lock !== undefined ? { file: lock, says: `${program}: ${lock}` } : { ...signal?.reason, says: `${program}: ${signal?.reason.says ?? 'no lock file'}` };
	return {
		manager,
		range,
		...(tool !== undefined && { tool }),
		...(file !== undefined && { file }),
		...(lock !== undefined && { lock }),
		reasons: [why, reason],
		warnings: [...warnings, ...unread(locks, program, signal)],
	};
}

/** Yarn 1 and what came after share name and lock file, and little else. */
function yarnGeneration(source: FileIndex, wanted: readonly WantedTool[], lock: string | undefined): string {
	const pin = wanted.find(({ pins }) => pins);
	if (pin !== undefined) return pin.range.startsWith('1.') ? 'yarn' : 'yarn-berry';
	const vendored = vendoredGeneration(source);
	if (vendored !== undefined) return vendored;
	if (source.has('.yarnrc.yml')) return 'yarn-berry';
	if (lock !== undefined) return /^__metadata:/m.test(source.text(lock) ?? '') ? 'yarn-berry' : 'yarn';
	return wanted.some(({ range }) => range !== '*' && !/(?:^|[^\d.])1(?:\.|\b)/.test(range)) ? 'yarn-berry' : 'yarn';
}

function unread(locks: ReadonlyMap<string, string>, program: string, signal: WantedTool | undefined): readonly Reason[] {
	return [...locks]
		.filter(([, by]) => by !== program)
		.map(([file, by]) => ({ file, says: `${file} is ${by}'s and is not read: ${signal?.reason.says ?? program} chooses ${program}` }));
}

function unreadable(program: string, file: string): TareError {
	return new TareError('MANIFEST_INVALID', `${program} does not read ${file}: only pnpm does`, {
		hint: 'Write it as package.json, or use pnpm.',
		at: { file },
	});
}

function ambiguous(files: readonly string[]): TareError {
	return new TareError('AMBIGUOUS', `two package managers: ${files.join(' and ')}`, {
		hint: 'Delete the lock file that is not used, or set "packageManager" in package.json.',
		at: { file: files[0] ?? 'package.json' },
		data: { files },
	});
}

function unknown(program: string, { file = 'package.json', line }: Partial<Reason> = {}): TareError {
	return new TareError('TOOL_MISSING', `"packageManager" names ${program}, which is none of npm, pnpm, yarn and bun`, {
		hint: 'Correct the field, e.g. "packageManager": "pnpm@10.0.0".',
		at: { file, ...(line !== undefined && { line }) },
	});
}
