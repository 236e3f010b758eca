/** `plan` and `detect` of the API: decisions only. */
import type { LockFile } from '../bases/lock.js';
import { readLock } from '../bases/lock-file.js';
import type { BuildPlan, Detection } from '../builder/contract.js';
import { detectSource, prepare, readSource } from '../builder/prepare.js';
import type { BuildOptions } from '../config/request.js';
import type { PlanResult } from '../index.js';
import { formatPlatform } from '../oci/platform.js';
import type { RunOptions } from '../open-context.js';
import { openRequest } from './open-request.js';

const silent = (): void => undefined;

export async function plan(options: BuildOptions, { onEvent = silent }: RunOptions): Promise<PlanResult> {
	const { request, builders } = await openRequest(options);
	const prepared = await prepare(await readSource(request, onEvent, Date.now), request, builders, onEvent);
	return { plan: prepared.plan, platforms: request.platforms.map(formatPlatform), base: describeBase(prepared.plan, readLock(request.dir)) };
}

export async function detect(options: BuildOptions, { onEvent = silent }: RunOptions): Promise<Detection> {
	const { request, builders } = await openRequest(options);
	return (await detectSource(await readSource(request, onEvent, Date.now), request, builders, onEvent)).detection;
}

function describeBase({ base, runtime }: BuildPlan, lock: LockFile): readonly string[] {
	if (base.kind === 'registry')
		return [`${base.ref}${lock.images?.[base.ref] === undefined ? ', not locked yet' : `, locked to ${lock.images[base.ref]?.digest}`}`];
	if (base.kind === 'layout') return [`OCI layout ${base.path}`];
	if (base.kind === 'scratch') return ['scratch: nothing but the app'];
	const locked = runtime === undefined ? undefined : lock.runtimes?.[runtime.name]?.version;
	return [
		`debian ${base.release}: ${base.sets.join(', ')}${base.slim ? ', slim' : ''}${lock.debian === undefined ? ', not locked yet' : `, ${Object.keys(lock.debian.packages).length} packages locked`}`,
		...base.packages.map((name) => `package ${name}`),
		...(runtime === undefined ? [] : [`${runtime.name} ${locked ?? `${runtime.ranges[0]}, not locked yet`}`]),
	];
}
