/** Installed modules go from build to build, and from project to project with the same lock: only as the installer wrote them. */
import { existsSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Rows, readRows, sumOfRows } from '../../src/store/manifest.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { moveInstalled } from './install.js';
import type { PackageManager } from './package-managers/contract.js';

const KIND = 'node-modules';

export interface InstalledRows {
	readonly folders: readonly string[];
	readonly rows: Rows;
	/** The package manager's own state files, which are outside the folders. */
	readonly state: Rows;
}

interface Question {
	readonly key: string | undefined;
	readonly workspace: string;
	readonly manager: PackageManager;
	/** Folders of modules in the workspace. */
	readonly folders: () => readonly string[];
}

interface Kept {
	readonly key: string;
	readonly workspace: string;
	readonly rows: InstalledRows;
	readonly manager: PackageManager;
}

/** To be asked before any code of the project runs. */
export function readInstalled({ workspace, manager, folders }: Pick<Question, 'workspace' | 'manager' | 'folders'>): InstalledRows {
	const found = folders();
	return { folders: found, rows: readRows(workspace, found), state: stateRows(workspace, manager) };
}

/** Moves kept modules into the workspace. Undefined when there are none, or none that are as the installer left them. */
export async function takeModules(question: Question, tools: Toolchain): Promise<InstalledRows | undefined> {
	const { key, workspace, manager } = question;
	const kept = join(await tools.scratch('kept'), 'modules');
	if (key === undefined || !(await tools.store.takeTree(KIND, key, kept))) return undefined;
	const known = await tools.store.record<string>(KIND, key);
	if (known !== sumOfRows(readRows(kept))) {
		rmSync(kept, { recursive: true, force: true });
		return undefined;
	}
	moveInstalled(kept, workspace, manager);
	return readInstalled(question);
}

/** What scripts added is taken out; where they changed or removed something, nothing is kept. */
export async function keepModules({ key, workspace, rows: before, manager }: Kept, tools: Toolchain): Promise<void> {
	const { folders } = before;
	if (folders.length === 0 || !folders.every((folder) => isFolder(join(workspace, folder)))) return;
	const now = readRows(workspace, folders);
	const installed = new Map([...now].filter(([path]) => before.rows.has(path)));
	const isSame = sumOfRows(installed) === sumOfRows(before.rows) && sumOfRows(stateRows(workspace, manager)) === sumOfRows(before.state);
	if (!isSame) return;
	for (const path of now.keys()) if (!installed.has(path)) rmSync(join(workspace, path), { recursive: true, force: true });
	const kept = await tools.scratch('keep');
	moveInstalled(workspace, kept, manager, folders);
	await tools.store.setRecord(KIND, key, sumOfRows(readRows(kept)));
	await tools.store.giveTree(KIND, key, kept);
}

function stateRows(workspace: string, { state }: PackageManager): Rows {
	return new Map(
		state.flatMap((path) => {
			const full = join(workspace, path);
			if (!existsSync(full)) return [];
			const { mode, size, mtimeMs, ctimeMs } = lstatSync(full);
			return [[path, `${mode} ${size} ${mtimeMs} ${ctimeMs}`] as const];
		}),
	);
}

function isFolder(path: string): boolean {
	return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
