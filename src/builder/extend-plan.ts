/** Applies extensions to a plan, in order; each is checked before the next sees what it made. */
import { messageOf, TareError } from '../errors.js';
import type { BuildPlan } from './contract.js';
import type { NamedExtension } from './extensions.js';
import { planMistake } from './plan-shape.js';

/** @throws TareError EXTENSION_FAILED naming the extension and what is wrong; its own TareErrors pass */
export async function extendPlan(plan: BuildPlan, extensions: readonly NamedExtension[]): Promise<BuildPlan> {
	let current = plan;
	for (const extension of extensions) current = await applyOne(current, extension);
	return current;
}

async function applyOne(plan: BuildPlan, { name, apply }: NamedExtension): Promise<BuildPlan> {
	const given = deepFrozen(structuredClone(plan));
	let made: BuildPlan;
	try {
		made = await apply(given);
	} catch (cause) {
		if (cause instanceof TareError) throw cause;
		throw failed(name, `failed: ${messageOf(cause)}`, cause);
	}
	const mistake = planMistake(made);
	if (mistake !== undefined) throw failed(name, `returns no valid plan: ${mistake}`);
	if (made.builder !== plan.builder) throw failed(name, `makes the plan one of "${made.builder}", and it is one of "${plan.builder}"`);
	return { ...made, reasons: made === given ? plan.reasons : [...made.reasons, { says: `extended by ${name}` }] };
}

function failed(name: string, says: string, cause?: unknown): TareError {
	return new TareError('EXTENSION_FAILED', `the extension ${name} ${says}`, {
		hint: 'An extension returns a new plan, { ...plan, ... }, of plain data, and leaves the one it gets as it is.',
		...(cause !== undefined && { cause }),
	});
}

function deepFrozen<T>(value: T): T {
	if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) deepFrozen(member);
	return Object.freeze(value);
}
