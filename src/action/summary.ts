/** The job summary: what was detected and why, the layers, what was reused, what has changed since the image before. */
import type { BuildResult, BuiltImage, Change, ImageChanges, LayerChange, PlatformChanges, Reason } from '../index.js';
import { formatBytes, formatDuration } from '../ui/style.js';
import type { Failure } from './failure.js';
import { code, cut, details, plain, table } from './markdown.js';
import type { Places } from './places.js';

export interface SummaryFacts {
	readonly result: BuildResult;
	/** Wall time. */
	readonly ms: number;
	/** Digests of the layers that were taken from the store; undefined: all of them. */
	readonly reused?: ReadonlySet<string>;
	readonly previous?: { readonly name: string; readonly changes: ImageChanges };
	readonly places: Places;
	/** Where the store came from, in words. */
	readonly store: string;
}

/** Longer lists say how much longer. */
const ROWS = 50;

export function summarise(facts: SummaryFacts, limit: number): string {
	const { result, previous } = facts;
	const sections = [
		heading(facts),
		reasons(result, facts.places),
		...result.images.map((image) => layers(image, facts)),
		...(previous !== undefined ? [changes(previous.name, previous.changes)] : result.names.length > 0 ? ['No image had this name before.'] : []),
		facts.store,
	];
	return cut(`${sections.join('\n\n')}\n\n`, limit);
}

export function summariseFailure({ code: id, message, hint, at }: Failure, places: Places, limit: number): string {
	const place = at === undefined ? '' : ` (${placeText({ ...at, says: '' }, places)})`;
	return cut(`### The image was not built\n\n**${plain(id)}**: ${plain(message)}${place}\n\n${hint === undefined ? '' : `${plain(hint)}\n\n`}`, limit);
}

function heading({ result, ms }: SummaryFacts): string {
	const name = result.reference.split('@')[0] ?? '';
	const sizes = result.images.map(({ platform, size }) => `**${formatBytes(size)}** for ${plain(platform)}`).join(', ');
	const how = result.unchanged ? 'nothing it depends on has changed: no tool was run' : `built in ${formatDuration(ms)}`;
	const wrote = result.outputs.map(({ wrote: place }) => code(place)).join(', ');
	return `### ${code(name)}\n\n${sizes} compressed; ${how}.\n\n${code(result.digest)}${wrote === '' ? '' : `\n\nWritten to ${wrote}.`}`;
}

function reasons({ plan }: BuildResult, places: Places): string {
	const start = plan.processes[0];
	const commands = plan.steps.map(({ command, reasons: why }) => ({
		...why[0],
		says: `runs ${command.join(' ')}${why[0] === undefined ? '' : `: ${why[0].says}`}`,
	}));
	const runtime =
		plan.runtime === undefined ? [] : [{ says: `${plan.runtime.name}: ${plan.runtime.because}`, file: plan.runtime.file, line: plan.runtime.line }];
	const starts = start === undefined ? [] : [{ ...start.reasons[0], says: `starts ${start.command.join(' ')}` }];
	const all: readonly Reason[] = [...plan.reasons, ...runtime, ...commands, ...starts];
	const rows = all.map((reason) => [plain(reason.says), placeText(reason, places)]);
	const warned = plan.warnings.map((reason) => [`⚠️ ${plain(reason.says)}`, placeText(reason, places)]);
	return details(`Detected: <b>${plain(plan.builder)}</b>, and why`, limited(['Decision', 'From'], distinct([...rows, ...warned])));
}

/** A builder may have said itself what the plan says. */
function distinct(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
	return [...new Map(rows.map((cells) => [cells.join(' '), cells])).values()];
}

function placeText(reason: Reason, places: Places): string {
	if (reason.file === undefined) return '';
	const at = { file: reason.file, ...(reason.line !== undefined && { line: reason.line }) };
	const text = code(`${at.file}${at.line === undefined ? '' : `:${at.line}`}`);
	const link = places.link(at);
	return link === undefined ? text : `<a href="${link}">${text}</a>`;
}

function layers({ platform, layers: all }: BuiltImage, { result, reused }: SummaryFacts): string {
	const isReused = (digest: string): boolean => reused === undefined || reused.has(digest);
	const rows = all.map(({ name, purpose, size, digest }) => [
		plain(name),
		purpose,
		formatBytes(size),
		isReused(digest) ? 'reused' : '**new**',
		code(digest.slice(0, 19)),
	]);
	const title = result.images.length > 1 ? `#### Layers of ${plain(platform)}` : '#### Layers';
	return `${title}\n\n${table(['Layer', 'Holds', 'Size', '', 'Digest'], rows)}`;
}

function changes(name: string, { before, after, platforms }: ImageChanges): string {
	const title = `#### Since ${code(name)}, ${code(before.slice(0, 19))}`;
	if (before === after) return `${title}\n\nIt is the same image.`;
	if (platforms.length === 0) return `${title}\n\nIt was for other platforms.`;
	return [title, ...platforms.map((one) => platformChanges(one, platforms.length > 1))].join('\n\n');
}

function platformChanges({ platform, size, layers: all, packages, config }: PlatformChanges, several: boolean): string {
	const kept = all.filter(({ state }) => state === 'same').length;
	const delta = size.after - size.before;
	const line = `${several ? `${plain(platform)}: ` : ''}${formatBytes(size.before)} → ${formatBytes(size.after)} (${delta < 0 ? '−' : '+'}${formatBytes(Math.abs(delta))}), ${kept} of ${all.filter(({ state }) => state !== 'removed').length} layers as they were.`;
	const rows = [...all.filter(({ state }) => state !== 'same').map(layerRow), ...packages.map((change) => row('package', change)), ...config.map(settingRow)];
	return rows.length === 0 ? line : `${line}\n\n${limited(['', '', 'Before', 'After'], rows)}`;
}

function layerRow({ name, before, after }: LayerChange): readonly string[] {
	const text = (bytes: number | undefined): string => (bytes === undefined ? '' : formatBytes(bytes));
	return ['layer', plain(name), text(before), text(after)];
}

/** Values of variables are the image's own, and yet nothing for a page. */
function settingRow(change: Change): readonly string[] {
	return row(
		'configuration',
		change.name.startsWith('Env.')
			? { name: change.name, ...(change.before !== undefined && { before: '…' }), ...(change.after !== undefined && { after: '…' }) }
			: change,
	);
}

function row(what: string, { name, before, after }: Change): readonly string[] {
	const text = (value: string | undefined): string => (value === undefined ? '' : code(value));
	return [what, plain(name), text(before), text(after)];
}

function limited(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const rest = rows.length - ROWS;
	return `${table(head, rows.slice(0, ROWS))}${rest > 0 ? `\n\nand ${rest} more` : ''}`;
}
