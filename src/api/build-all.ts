/** `buildAll` of the API: every app of a repository of several packages. */
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { AppTarget } from '../builder/contract.js';
import { detectSource, planRequest, readSource } from '../builder/prepare.js';
import type { BuildOptions } from '../config/request.js';
import { stopIfAborted, TareError } from '../errors.js';
import { createGate } from '../gate.js';
import type { AppResult } from '../index.js';
import type { RunOptions } from '../open-context.js';
import { build } from './build.js';
import { openRequest } from './open-request.js';

const silent = (): void => undefined;

export async function buildAll(options: BuildOptions, run: RunOptions): Promise<readonly AppResult[]> {
	stopIfAborted(run.signal);
	const { request, builders } = await openRequest({ ...options, tags: [], outputs: [], push: false, allowProjectCode: true });
	const emit = run.onEvent ?? silent;
	const detected = await detectSource(await readSource(request, emit, Date.now), request, builders, emit);
	const apps = (await detected.builder.apps?.(planRequest(detected, request))) ?? [];
	if (apps.length === 0)
		throw new TareError('NO_START', 'the folder has no packages or programs to build one by one', {
			hint: 'Name the root of a repository with several packages (npm, pnpm, Go, Cargo, Maven, Gradle), or leave --all out.',
		});
	refuseSharedNames(options, apps);
	const gate = createGate(availableParallelism());
	return Promise.all(apps.map((app) => gate(() => buildOne(app, request.dir, options, run))));
}

async function buildOne({ folder, main }: AppTarget, root: string, options: BuildOptions, run: RunOptions): Promise<AppResult> {
	const app = main ?? (folder === '' ? basename(root) : folder);
	const dir = join(root, folder);
	const name = app.slice(app.lastIndexOf('/') + 1);
	const fill = (values: readonly string[] | undefined) => values?.map((value) => value.replaceAll('{app}', name));
	try {
		return {
			app,
			result: await build({ ...options, dir, ...(main !== undefined && { main }), tags: fill(options.tags), outputs: fill(options.outputs) }, run),
		};
	} catch (error) {
		if (error instanceof TareError && error.code !== 'CANCELLED') return { app, error };
		throw error;
	}
}

/** Two images under one name would overwrite each other. */
function refuseSharedNames({ tags = [], outputs = [] }: BuildOptions, apps: readonly AppTarget[]): void {
	const shared = [...tags, ...outputs].find((value) => !value.includes('{app}'));
	if (shared === undefined || apps.length === 1) return;
	throw new TareError('CONFIG_INVALID', `${apps.length} apps cannot all be written to ${shared}`, {
		hint: 'Write {app} in the name, for example -t ghcr.io/me/{app}:1.0.',
	});
}
