/**
 * Each file that a plan opens in a project is replaced by a pipe, a device, a folder, a link to nothing and a link to a file of the machine:
 * none is waited for or read without end, and none ends as a defect of Tare. Which files are opened is seen, not listed.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs, { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, sep } from 'node:path';
import { test } from 'node:test';
import { plan, TareError } from '../../src/index.js';
import { folder } from '../support/files.js';
import { PROJECTS } from './manifests.js';

const KINDS: Readonly<Record<string, (path: string) => void>> = {
	'a pipe': (path) => void execFileSync('mkfifo', [path]),
	'a link to a device': (path) => symlinkSync('/dev/zero', path),
	'a folder': (path) => mkdirSync(path),
	'a link to nothing': (path) => symlinkSync('nowhere', path),
	'a link to itself': (path) => symlinkSync(path, path),
};

interface Opened {
	readonly paths: Set<string>;
	/** Opened in a way that waits for a writer, or reads what has no end. */
	readonly endless: string[];
}

/** Watches every way of opening a file below `dir` while `work` runs. Reading what never ends is refused. */
async function watching(dir: string, work: () => Promise<unknown>): Promise<Opened> {
	const opened: Opened = { paths: new Set(), endless: [] };
	const { openSync, readFileSync, createReadStream, copyFileSync } = fs;
	const before = { openSync, readFileSync, createReadStream, copyFileSync };
	const see = (path: unknown, blocks: boolean): void => {
		if (typeof path !== 'string' || !path.startsWith(dir + sep)) return;
		opened.paths.add(path.slice(dir.length + 1));
		const stat = statOf(path);
		if (!blocks || stat === undefined || stat.isFile() || stat.isDirectory()) return;
		opened.endless.push(path.slice(dir.length + 1));
		throw new Error(`${path} would be waited for`);
	};
	const mutable = fs as { -readonly [Key in keyof typeof fs]: (typeof fs)[Key] };
	mutable.openSync = (path, flags, mode) => {
		see(path, ((typeof flags === 'number' ? flags : 0) & fs.constants.O_NONBLOCK) === 0);
		return before.openSync(path, flags, mode);
	};
	mutable.readFileSync = ((path: string, options: never) => {
		see(path, true);
		return before.readFileSync(path, options);
	}) as typeof fs.readFileSync;
	mutable.createReadStream = (path, options) => {
		see(path, true);
		return before.createReadStream(path, options);
	};
	mutable.copyFileSync = (from, to, mode) => {
		see(from, true);
		return before.copyFileSync(from, to, mode);
	};
	syncBuiltinESMExports();
	try {
		await work();
	} finally {
		Object.assign(mutable, before);
		syncBuiltinESMExports();
	}
	return opened;
}

function statOf(path: string): fs.Stats | undefined {
	try {
		return fs.statSync(path);
	} catch {
		return undefined;
	}
}

for (const { builder, name, files } of PROJECTS)
	test(`special files in ${name} are errors or are not read`, async (t) => {
		const dir = folder(t, files);
		const planned = () => plan({ dir, ...(builder !== undefined && { builder }) });
		const { paths } = await watching(dir, () => planned().catch(() => undefined));
		for (const file of paths) {
			if (files[file] === undefined) continue;
			for (const [kind, make] of Object.entries(KINDS)) {
				rmSync(join(dir, file));
				make(join(dir, file));
				let error: unknown;
				const { endless } = await watching(dir, async () => {
					try {
						await planned();
					} catch (cause) {
						error = cause;
					}
				});
				assert.deepEqual(endless, [], `${file} as ${kind}`);
				if (error !== undefined) {
					assert.ok(error instanceof TareError, `${file} as ${kind}: ${(error as Error).stack}`);
					assert.notEqual(error.code, 'INTERNAL', `${file} as ${kind}: ${error.message} ${(error.cause as Error | undefined)?.stack}`);
				}
				rmSync(join(dir, file), { recursive: true });
				writeFileSync(join(dir, file), files[file]);
			}
		}
	});
