/** `tare detect` and `tare plan`: decisions with their reasons. */
import type { Reason } from '../../builder/contract.js';
import { detect, type PlanResult, plan } from '../../index.js';
import { printable } from '../../ui/printable.js';
import type { Style } from '../../ui/style.js';
import { type BuildFlags, toOptions } from '../options.js';
import { type OutputFlags, print, printJson, session, styleFor } from '../output.js';

type Flags = BuildFlags & OutputFlags;

export async function runDetect(dir: string | undefined, flags: Flags): Promise<void> {
	await session(flags, async (on) => {
		const detected = await detect(toOptions(dir, flags), on);
		if (flags.json === true) return printJson(detected);
		const detection = printable(detected);
		const style = styleFor(process.stdout);
		const apps = (detection.apps ?? []).map(({ folder, main }) => `  ${[folder || '.', main].filter((part) => part !== undefined).join(' ')}`);
		print(
			[
				style.bold(detection.builder),
				...detection.reasons.map((reason) => `  ${formatReason(reason, style)}`),
				...(apps.length === 0 ? [] : [style.bold('apps'), ...apps]),
			].join('\n'),
		);
	});
}

export async function runPlan(dir: string | undefined, flags: Flags): Promise<void> {
	await session(flags, async (on) => {
		const result = await plan(toOptions(dir, flags), on);
		if (flags.json === true) return printJson(result);
		print(formatPlan(printable(result), styleFor(process.stdout)));
	});
}

export function formatReason({ says, file, line }: Reason, style: Style): string {
	return `${says}${file === undefined ? '' : style.dim(`  ${file}${line === undefined ? '' : `:${line}`}`)}`;
}

function formatPlan({ plan: { builder, reasons, warnings, steps, layers, processes, config }, base, platforms }: PlanResult, style: Style): string {
	const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [style.bold(title), ...lines.map((line) => `  ${line}`)]);
	const why = (all: readonly Reason[]): string[] => all.map((reason) => `    ${style.dim('because')} ${formatReason(reason, style)}`);
	const env = Object.entries(config.env ?? {}).map(([name, value]) => `${name}=${value}`);
	return [
		...section('builder', [builder]),
		...section(
			'decisions',
			reasons.map((reason) => formatReason(reason, style)),
		),
		...section(
			'warnings',
			warnings.map((reason) => style.yellow(formatReason(reason, style))),
		),
		...section('platforms', platforms),
		...section('base', base),
		...section(
			'steps',
			steps.flatMap((step) => [step.command.join(' '), ...why(step.reasons)]),
		),
		...section(
			'start',
			processes.flatMap((process) => [process.command.join(' '), ...why(process.reasons)]),
		),
		...section('environment', env),
		...section(
			'layers',
			layers.map(({ name, says }) => `${name.padEnd(14)} ${says}`),
		),
	].join('\n');
}
