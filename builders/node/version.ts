/** Which Node the project runs on: a pin first, if it satisfies the range that the project supports. */
import { intersects, Range } from 'semver';
import type { VersionChoice } from '../../src/bases/contract.js';
import type { Reason } from '../../src/builder/contract.js';
import { DEFAULT_MAJOR, LTS, SUPPORTED_MAJORS } from './releases.js';
import { type Place, type Signal, signalsOf } from './version-signals.js';

export interface NodeVersion {
	readonly choice: VersionChoice;
	readonly warnings: readonly Reason[];
}

interface ReadSignal extends Signal {
	readonly range: Range;
}

/**
 * A pin (`.nvmrc`, Volta, ...) says which Node the team uses, `engines.node` which ones the app supports. A pin inside the range wins over the
 * range's newest; one outside loses, because the package manager or the platform would refuse it.
 * @param places the app's package, then the root of its repository @param asked a range by flag or configuration, which beats every file
 */
export function chooseNodeVersion(places: readonly Place[], asked?: string): NodeVersion {
	const warnings: Reason[] = [];
	const all = asked === undefined ? places.flatMap(signalsOf) : [{ kind: 'pin' as const, wants: asked, says: `asked for node ${asked}` }];
	const read = all.flatMap((signal) => {
		const range = toRange(signal.wants);
		if (range === undefined) warnings.push({ ...placeOf(signal), says: `${signal.says} is not a version of Node: ignored` });
		return range === undefined ? [] : [{ ...signal, range }];
	});
	const pins = read.filter(({ kind }) => kind === 'pin');
	const supported = read.find(({ kind }) => kind === 'range');
	const pin = pins.find((each) => supported === undefined || intersects(each.range, supported.range));
	for (const other of pins) {
		const winner = pin ?? supported;
		if (winner !== undefined && other !== winner && !intersects(other.range, winner.range))
			warnings.push({ ...placeOf(other), says: `${other.says} is ignored: ${winner.says} ${pin === undefined ? 'excludes it' : 'comes first'}` });
	}
	const chosen = pin ?? supported;
	return { choice: chosen === undefined ? byDefault() : choiceOf(chosen, pin === undefined ? undefined : supported), warnings };
}

function byDefault(): VersionChoice {
	return { name: 'node', ranges: [`${DEFAULT_MAJOR}`], because: `nothing asks for a version: Node ${DEFAULT_MAJOR} (LTS)` };
}

function choiceOf(signal: ReadSignal, within: ReadSignal | undefined): VersionChoice {
	const range = within === undefined ? signal.range : both(signal.range, within.range);
	return { name: 'node', ranges: preferred(range), because: signal.says, file: signal.file, line: signal.line };
}

function placeOf({ file, line }: Signal): Pick<Reason, 'file' | 'line'> {
	return { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}

/** What satisfies both. */
function both(a: Range, b: Range): Range {
	const parts = a.range.split('||').flatMap((left) => b.range.split('||').map((right) => `${left.trim()} ${right.trim()}`.trim()));
	return new Range(parts.filter((part) => isPossible(part)).join(' || '));
}

function isPossible(range: string): boolean {
	return new Range(range).set.some((comparators) => comparators.every((one) => comparators.every((other) => one.intersects(other))));
}

/** A semver range for what people write: `v22.1.0`, `lts/*`, `lts/jod`, `lts/-1`, `node`, `>=20 <23`. */
function toRange(text: string): Range | undefined {
	const wanted = text
		.trim()
		.toLowerCase()
		.replace(/^node(?:js)?\s*(?=[\d<>=^~v])/, '');
	const lts = /^lts(?:[/-](.+))?$/.exec(wanted)?.[1] ?? (wanted === 'lts' ? '*' : undefined);
	if (lts === '*') return new Range(`${DEFAULT_MAJOR}`);
	if (lts !== undefined && /^-?\d+$/.test(lts)) return ltsBefore(Math.abs(Number(lts)));
	const major = LTS[lts ?? wanted];
	if (major !== undefined) return new Range(`${major}`);
	if (lts !== undefined) return undefined;
	if (['node', 'stable', 'current', 'latest'].includes(wanted)) return new Range('*');
	try {
		return new Range(wanted.replace(/^node[@-]?v?|^latest-v?/, ''));
	} catch {
		return undefined;
	}
}

/** nvm's `lts/-1`: the long-term support line before the newest. */
function ltsBefore(steps: number): Range | undefined {
	const major = Object.values(LTS).sort((a, b) => b - a)[steps];
	return major === undefined ? undefined : new Range(`${major}`);
}

/** The range narrowed to each supported line it touches, best first, then the range itself. */
function preferred(range: Range): readonly string[] {
	const lines = SUPPORTED_MAJORS.filter((major) => intersects(range, `${major}`));
	return [...lines.map((major) => narrow(range, major)), range.range === '' ? '*' : range.range];
}

function narrow(range: Range, major: number): string {
	return (range.range === '' ? '*' : range.range)
		.split('||')
		.map((part) => `${part.trim()} ${major}.x`)
		.filter((part) => intersects(part, `${major}`))
		.join(' || ');
}
