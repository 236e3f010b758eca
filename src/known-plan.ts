/** The plan of an earlier build: while source and request are the same, nothing is detected and planned again. */
import { createHash } from 'node:crypto';
import type { Builder, BuildPlan } from './builder/contract.js';
import { type PlannedNow, type Prepared, prepare, readSource, type Walked, wishes } from './builder/prepare.js';
import type { BuildRequest } from './config/request.js';
import type { Context } from './context.js';
import type { Listener, TareEvent } from './events.js';
import { type Fingerprint, fingerprint } from './source/fingerprint.js';
import { stableJson } from './stable-json.js';
import { BUILD } from './version.js';

interface KnownPlan {
	/** Digest of the source that it was made of. */
	readonly source: string;
	readonly builder: string;
	readonly plan: BuildPlan;
	/** Notes and warnings of detection and plan: what was said then is said again. */
	readonly said: readonly TareEvent[];
}

const KIND = 'plan';

export interface Planned extends Prepared {
	readonly prints: Fingerprint;
}

type PlanContext = Pick<Context, 'builders' | 'store' | 'emit' | 'now'>;

/** @throws TareError as `prepare` */
export async function planOnce(request: BuildRequest, context: PlanContext): Promise<Planned> {
	const walked = await readSource(request, context.emit, context.now);
	// What an extension depends on, only running it tells.
	const known = request.fresh || request.extensions.length > 0 ? undefined : await recall(walked, request, context);
	if (known !== undefined) return known;
	const { emit, said } = listenFor(context.emit);
	const prepared = await prepare(walked, request, context.builders, emit);
	const prints = await fingerprint(prepared.source, context.store, prepared.walkedAt);
	if (mayBeKept(prepared, request))
		await context.store.setRecord(KIND, keyOf(request, context.builders), {
			source: prints.digest,
			builder: prepared.builder.id,
			plan: prepared.plan,
			said,
		} satisfies KnownPlan);
	return { ...prepared, prints };
}

async function recall(walked: Walked, request: BuildRequest, { builders, store, emit }: PlanContext): Promise<Planned | undefined> {
	const known = await store.record<KnownPlan>(KIND, keyOf(request, builders));
	const builder = builders.find(({ id }) => id === known?.builder);
	if (known === undefined || builder === undefined) return undefined;
	const prints = await fingerprint(walked.source, store, walked.walkedAt);
	// A workspace may have been put around the folder since.
	if (prints.digest !== known.source || (await builder.rootOf?.(request.dir)) !== undefined) return undefined;
	for (const event of known.said) emit(event);
	return { ...walked, builder, app: '', plan: known.plan, prints };
}

/** Only where nothing but source and request went into the plan. */
function mayBeKept({ builder, source, ofCommit }: PlannedNow, { dir, buildEnv, projectEnv, extensions }: BuildRequest): boolean {
	// A variable that was given for the build may be a secret: it is not written down.
	const given = Object.keys(buildEnv).some((name) => !projectEnv.includes(name));
	return !given && !ofCommit && extensions.length === 0 && source.root === dir && builder.custom !== true;
}

/** Passes every event on, and keeps the notes and warnings. */
function listenFor(emit: Listener): { readonly emit: Listener; readonly said: readonly TareEvent[] } {
	const said: TareEvent[] = [];
	const heard: Listener = (event) => {
		if (event.type === 'note' || event.type === 'warning') said.push(event);
		emit(event);
	};
	return { emit: heard, said };
}

/** The folder, and everything but the source that detection and plan are asked with. */
function keyOf(request: BuildRequest, builders: readonly Builder[]): string {
	const { dir, builder, runtime, settings, assets, notes, warnings, customBuilders } = request;
	const ids = builders.map(({ id }) => id);
	const key = { build: BUILD, ids, dir, builder, runtime, settings, assets, notes, warnings, customBuilders, wishes: wishes(request) };
	return createHash('sha256').update(stableJson(key)).digest('hex');
}
