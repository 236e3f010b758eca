/** The version of a package manager: what the project asks for, among those that read its lock file and run on its Node. */
import { intersects, Range, subset } from 'semver';
import type { Reason } from '../../../src/builder/contract.js';
import type { WantedTool } from './wanted.js';

export interface Candidate {
	/** A semver range. */
	readonly range: string;
	/** The oldest Node that it runs on. */
	readonly node?: string;
}

export interface ChosenRange {
	readonly range: string;
	/** What asked for it; undefined where only the lock file and Node did. */
	readonly reason?: Reason;
}

/**
 * @param candidates those that read the lock file, best first @param node range of the project's Node
 * @returns a pin as it is: the tool itself says where it does not fit; undefined when there is nothing to choose from
 */
export function chooseRange(wanted: readonly WantedTool[], candidates: readonly Candidate[], node: string): ChosenRange | undefined {
	const pin = wanted.find(({ pins }) => pins);
	if (pin !== undefined) return { range: pin.range, reason: pin.reason };
	const running = candidates.filter((one) => one.node === undefined || intersects(node, `>=${one.node}`));
	for (const { range, reason } of wanted.filter((one) => one.range !== '*')) {
		const fit = [...running, ...candidates].find((one) => intersects(one.range, range));
		return { range: fit === undefined ? range : both(fit.range, range), reason };
	}
	const [best] = running.length > 0 ? running : candidates;
	return best === undefined ? undefined : { range: best.range };
}

/** What satisfies both. */
function both(a: string, b: string): string {
	if (subset(a, b)) return a;
	if (subset(b, a)) return b;
	const [left, right] = [new Range(a), new Range(b)];
	const parts = left.range.split('||').flatMap((one) => right.range.split('||').map((other) => `${one.trim()} ${other.trim()}`.trim()));
	const possible = parts.filter((part) => new Range(part).set.some((comparators) => isPossible(comparators.map(({ value }) => value))));
	return [...new Set(possible)].join(' || ');
}

function isPossible(comparators: readonly string[]): boolean {
	return comparators.every((one, at) => comparators.slice(at + 1).every((other) => one === '' || other === '' || intersects(one, other)));
}
