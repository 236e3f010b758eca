/** `update` of the API: tare.lock moves to what is newest, and every change is named. */

import { type PackageChange, securityOnly, updateDebian } from '../bases/debian/update.js';
import type { LockedRuntime, LockFile } from '../bases/lock.js';
import { formatLock } from '../bases/lock.js';
import { readLock, writeLock } from '../bases/lock-file.js';
import { lockPlan, withHost, withRuntimePackages, withToolSets } from '../bases/resolve.js';
import { type Prepared, prepare, readSource } from '../builder/prepare.js';
import type { BuildRequest } from '../config/request.js';
import type { Context } from '../context.js';
import { stopIfAborted } from '../errors.js';
import type { UpdateOptions, UpdateResult } from '../index.js';
import { openContext, type RunOptions } from '../open-context.js';
import { fingerprint } from '../source/fingerprint.js';
import { openToolchain, withChoices } from '../toolchain/open.js';
import { openRequest } from './open-request.js';

export async function update(options: UpdateOptions, run: RunOptions): Promise<UpdateResult> {
	stopIfAborted(run.signal);
	const { host, request, builders } = await openRequest(options);
	const context = await openContext(host, request, builders, run);
	try {
		const prepared = await prepare(await readSource(request, context.emit, context.now), request, context.builders, context.emit);
		const { plan } = prepared;
		const before = readLock(request.dir);
		// Without its runtimes, tools and images a lock is filled with the newest of them.
		const rest = options.securityOnly === true ? before : { lockVersion: 1 as const, ...(before.debian !== undefined && { debian: before.debian }) };
		const newest = await lockPlan(plan, request.platforms, rest, context.bases);
		const debian = await moveDebian(
			plan.base.kind === 'debian' ? withToolSets(plan.base, plan) : plan.base,
			newest,
			before,
			withHost(
				request.platforms.map(({ architecture }) => architecture),
				plan,
				context.bases,
			),
			options,
			context.bases,
		);
		const after = await choose({ ...newest, ...(debian.locked !== undefined && { debian: debian.locked }) }, prepared, request, context);
		const changes = [...debian.changes, ...otherChanges(before, after)];
		const differs = formatLock(after) !== formatLock(before);
		if (differs && options.check !== true) writeLock(request.dir, before, after, { frozen: false }, context.emit);
		return { changes, written: differs && options.check !== true };
	} finally {
		await context.close();
	}
}

/** What the builder's package manager chooses from anew, where the lock has no choices. */
async function choose(lock: LockFile, prepared: Prepared, request: BuildRequest, context: Context): Promise<LockFile> {
	const { builder, plan, source, walkedAt } = prepared;
	if (builder.choose === undefined) return lock;
	const tools = await openToolchain(prepared, await fingerprint(source, context.store, walkedAt), lock, request, context);
	try {
		for (const platform of request.platforms) await builder.choose(plan, platform, tools);
		return withChoices(lock, tools.choices);
	} finally {
		await tools.dispose();
	}
}

async function moveDebian(
	base: Parameters<typeof withRuntimePackages>[0] | { readonly kind: 'registry' | 'layout' | 'scratch' },
	newest: LockFile,
	before: LockFile,
	architectures: readonly string[],
	options: UpdateOptions,
	context: Parameters<typeof lockPlan>[3],
) {
	if (base.kind !== 'debian') return { locked: newest.debian, changes: [] };
	const request = withRuntimePackages(base, newest.runtimes?.[base.runtime?.name ?? '']);
	const { locked, changes } = await updateDebian(request, before.debian, [...new Set(architectures)], context);
	if (options.securityOnly !== true || before.debian === undefined) return { locked, changes };
	return { locked: securityOnly(before.debian, locked, changes), changes: changes.filter(({ security }) => security) };
}

function otherChanges(before: LockFile, after: LockFile): readonly PackageChange[] {
	const versions = (lock: LockFile): ReadonlyMap<string, string> =>
		new Map([
			...Object.entries(lock.runtimes ?? {}).map(([name, runtime]: [string, LockedRuntime]) => [name, runtime.version] as const),
			...Object.entries(lock.tools ?? {}).map(([name, tool]) => [name, tool.version] as const),
			...Object.entries(lock.images ?? {}).map(([name, image]) => [name, image.digest] as const),
			...Object.values(lock.choices ?? {}).flatMap(({ lines }) => lines.flatMap(pin)),
		]);
	const old = versions(before);
	return [...versions(after)]
		.filter(([name, version]) => old.get(name) !== version)
		.map(([name, to]) => ({ name, ...(old.has(name) && { from: old.get(name) as string }), to, cves: [], security: false }));
}

/** `name==version`, as package managers write it. */
function pin(line: string): (readonly [string, string])[] {
	const [, name, version] = /^([\w.-]+)==([^\s;\\]+)/.exec(line) ?? [];
	return name === undefined || version === undefined ? [] : [[name, version]];
}
