/** `tare build` */
import { build } from '../../index.js';
import { formatBytes, formatDuration } from '../../ui/style.js';
import { type BuildFlags, toOptions } from '../options.js';
import { type OutputFlags, print, printJson, session, styleFor } from '../output.js';
import { runPlan } from './plan.js';

export async function runBuild(dir: string | undefined, flags: BuildFlags & OutputFlags & { readonly dryRun?: boolean }): Promise<void> {
	if (flags.dryRun === true) return runPlan(dir, flags);
	await session(flags, async ({ onEvent, signal }) => {
		const began = performance.now();
		const result = await build(toOptions(dir, flags), { onEvent, signal });
		if (flags.json === true) return printJson(result);
		if (flags.quiet !== true) process.stderr.write(`${summary(result, performance.now() - began)}\n`);
		print(result.reference);
	});
}

function summary(result: Awaited<ReturnType<typeof build>>, ms: number): string {
	const style = styleFor(process.stderr);
	const platforms = result.images.map(({ platform }) => platform).join(', ');
	const size = result.images.map(({ size }) => formatBytes(size)).join(', ');
	const wrote = result.outputs.map((output) => `  ${style.bold('wrote'.padEnd(8))} ${output.wrote}`);
	const state = result.unchanged ? 'unchanged' : 'built';
	return [...wrote, `${style.green('✓')} ${style.bold(state)} ${platforms}, ${size} compressed, in ${formatDuration(ms)}`].join('\n');
}
