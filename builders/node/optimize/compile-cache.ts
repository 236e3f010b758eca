/** V8's compiled code of what the app loads while it starts (https://nodejs.org/api/module.html#module-compile-cache). */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gte } from 'semver';
import type { LayerSpec } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import { directoryEntries } from '../../../src/layers/directory.js';
import type { Platform } from '../../../src/oci/types.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import type { Staged } from './stage.js';

const FOLDER = 'compile-cache';
/** The first with caches that do not depend on where they lie. */
const PORTABLE_SINCE = '24.12.0';
const LONGEST_START_MS = 10_000;

/** Ends the app where it would listen: by then it has loaded what it starts with, and no port is taken. */
const WARM_UP = `'use strict';
const { Server } = require('node:net');
const { flushCompileCache } = require('node:module');
const end = () => { flushCompileCache(); process.exit(0); };
Server.prototype.listen = function () { setImmediate(end); return this; };
setTimeout(end, ${LONGEST_START_MS}).unref();
`;

export interface CompileCache {
	readonly layer: LayerSpec;
	readonly env: Readonly<Record<string, string>>;
}

/** @param shipped paths in the image; the rest of the stage is removed @param user numeric id that the app runs as */
export async function compileCache(
	app: Staged & { readonly user: string },
	shipped: ReadonlySet<string>,
	platform: Platform,
	tools: Toolchain,
): Promise<CompileCache | undefined> {
	const { bin, version } = await tools.runtime('node');
	if (!gte(version, PORTABLE_SINCE))
		throw new TareError('OPTIMIZATION_FAILED', `compile-cache needs Node ${PORTABLE_SINCE} or newer, and the app runs on ${version}`, {
			hint: 'Choose a newer one with --runtime 24, or leave "compile-cache" out.',
		});
	if (platform.architecture !== tools.host.architecture) {
		tools.emit({ type: 'warning', says: `no compile cache for ${platform.architecture}: the app can be started on a host of that architecture only` });
		return undefined;
	}
	removeUnshipped(app.stage, shipped);
	const cache = join(app.stage, FOLDER);
	const env = { NODE_COMPILE_CACHE: `/${FOLDER}`, NODE_COMPILE_CACHE_PORTABLE: '1' };
	// In the stage, because it is in the cache, too, and a cache names what it is of.
	const preload = join(app.stage, 'warm-up.cjs');
	writeFileSync(preload, WARM_UP);
	const result = await tools.run({
		step: 'compile-cache',
		// The same code must give the same cache.
		argv: [join(bin, 'node'), '--predictable', '--require', preload, ...app.command.slice(1)],
		cwd: join(app.stage, app.workingDir),
		env: { ...app.env, ...env, NODE_COMPILE_CACHE: cache },
	});
	if (result.exitCode !== 0) throw didNotStart(app, result.exitCode, result.tail);
	nameForUser(cache, app.user);
	return { layer: { name: FOLDER, purpose: 'app', entries: async () => directoryEntries({ from: cache, into: FOLDER }) }, env };
}

/** What is started is what is shipped. */
function removeUnshipped(stage: string, shipped: ReadonlySet<string>): void {
	const visit = (folder: string): void => {
		for (const entry of readdirSync(join(stage, folder), { withFileTypes: true })) {
			const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
			if (entry.isDirectory()) visit(path);
			else if (!shipped.has(path)) rmSync(join(stage, path));
		}
	};
	visit('');
}

/** Node keeps a cache for each user: `v24.12.0-x64-964aae3f-0`. */
function nameForUser(cache: string, user: string): void {
	for (const name of existsSync(cache) ? readdirSync(cache) : []) renameSync(join(cache, name), join(cache, name.replace(/-\d+$/, `-${user}`)));
}

function didNotStart({ command }: Staged, exitCode: number, output: string): TareError {
	return new TareError('OPTIMIZATION_FAILED', `"${command.join(' ')}" ended with exit code ${exitCode} when it was started for its compile cache`, {
		hint: 'The lines above are from the app. Give it the variables it needs with --build-env, or leave "compile-cache" out.',
		data: { output },
	});
}
