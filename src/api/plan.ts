/** `plan` and `detect` of the API: decisions only. */
import type { LockFile } from '../bases/lock.js';
import { readLock } from '../bases/lock-file.js';
import type { AppTarget, BuildPlan } from '../builder/contract.js';
import { type Detected, detectSource, planRequest, prepare, readSource } from '../builder/prepare.js';
import { readHost } from '../config/host.js';
import type { BuildOptions, BuildRequest } from '../config/request.js';
import { stopIfAborted, TareError } from '../errors.js';
import type { DetectResult, PlanResult } from '../index.js';
import { formatPlatform } from '../oci/platform.js';
import type { RunOptions } from '../open-context.js';
import { openRequest } from './open-request.js';

const silent = (): void => undefined;

export async function plan(options: BuildOptions, { onEvent = silent, signal }: RunOptions): Promise<PlanResult> {
	stopIfAborted(signal);
	const { request, builders } = await openRequest(options);
	const prepared = await prepare(await readSource(request, onEvent, Date.now), request, builders, onEvent);
	return { plan: prepared.plan, platforms: request.platforms.map(formatPlatform), base: describeBase(prepared.plan, readLock(request.dir)) };
}

export async function detect(options: BuildOptions, { onEvent = silent, signal }: RunOptions): Promise<DetectResult> {
	stopIfAborted(signal);
	const { request, builders } = await openRequest(options, readHost(), ['builders']);
	const detected = await detectSource(await readSource(request, onEvent, Date.now), request, builders, onEvent);
	const apps = await appsOf(detected, request);
	return { ...detected.detection, ...(apps.length > 1 && { apps }) };
}

/** What is wrong with one of the apps is said when it is planned. */
async function appsOf(detected: Detected, request: BuildRequest): Promise<readonly AppTarget[]> {
	try {
		return (await detected.builder.apps?.(planRequest(detected, request))) ?? [];
	} catch (error) {
		if (error instanceof TareError) return [];
		throw error;
	}
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
