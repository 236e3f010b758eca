/** Builders of the user's own: modules of the project or npm packages, loaded because the configuration names them. */
import * as v from 'valibot';
import { messageOf, TareError } from '../errors.js';
import type { Builder, BuildPlan } from './contract.js';
import { type BuilderKit, KIT } from './kit.js';
import { loadModule } from './module.js';

export interface CustomBuilder {
	readonly builder: Builder;
	/** What it was loaded as: another version may build otherwise. */
	readonly identity: string;
}

const REQUIRED = ['looksFor', 'detect', 'plan', 'build'] as const;

/**
 * @param dir of the project: where paths and packages are looked for; packages also beside Tare itself
 * @throws TareError CONFIG_INVALID where a module is missing, fails or is no builder
 */
export async function loadBuilders(names: readonly string[], dir: string): Promise<readonly CustomBuilder[]> {
	return Promise.all(names.map((name) => load(name, dir)));
}

async function load(name: string, dir: string): Promise<CustomBuilder> {
	const { module, identity } = await loadModule(name, dir, 'builders');
	const exported = module.builder ?? module.default;
	const builder = checked(typeof exported === 'function' ? (exported as (kit: BuilderKit) => unknown)(KIT) : exported, name);
	return { builder: guarded(builder, name), identity };
}

function checked(value: unknown, name: string): Builder {
	const found = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
	const missing = [
		...(typeof found.id === 'string' && /^[a-z][a-z0-9-]*$/.test(found.id) ? [] : ['id']),
		...REQUIRED.filter((key) => found[key] === undefined),
	];
	if (missing.length === 0) return value as Builder;
	throw new TareError('CONFIG_INVALID', `builders: ${name} exports no builder: it lacks ${missing.join(', ')}`, {
		hint: 'Export it as `builder` or as the default, or a function that returns it; docs/custom-builders.md describes its shape.',
	});
}

/** What it throws is its own defect, not Tare's. */
function guarded(builder: Builder, name: string): Builder {
	const guard = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
		try {
			return await work();
		} catch (cause) {
			if (cause instanceof TareError) throw cause;
			throw new TareError('BUILDER_FAILED', `the builder ${name} failed at ${step}: ${messageOf(cause)}`, {
				hint: 'It is a builder of your own: throw a TareError for mistakes of the user.',
				cause,
			});
		}
	};
	return {
		...builder,
		inputs: (plan) => builder.inputs?.(plan) ?? { hostTools: [] },
		custom: true,
		// Without a schema it reads its section as it stands.
		settings: builder.settings ?? v.record(v.string(), v.unknown()),
		detect: (source) => guard('detect', async () => builder.detect(source)),
		plan: (detection, request) => guard('plan', async () => withDefaults(await builder.plan(detection, request), builder.id)),
		build: (plan, platform, tools) => guard('build', async () => ({ ...{ config: {}, packages: [] }, ...(await builder.build(plan, platform, tools)) })),
	};
}

/** What most builders leave empty. */
function withDefaults(plan: BuildPlan, id: string): BuildPlan {
	return { ...{ steps: [], layers: [], config: {}, reasons: [], warnings: [], tools: {}, facts: {} }, ...plan, builder: id };
}
