/** `tare build` */
import { type AppResult, build, buildAll, TareError } from '../../index.js';
import { printableLine, printableText } from '../../ui/printable.js';
import { formatBytes, formatDuration } from '../../ui/style.js';
import { type BuildFlags, toOptions } from '../options.js';
import { type OutputFlags, print, printJson, session, styleFor } from '../output.js';
import { runPlan } from './plan.js';

export async function runBuild(
	dir: string | undefined,
	flags: BuildFlags & OutputFlags & { readonly dryRun?: boolean; readonly all?: boolean },
): Promise<void> {
	if (flags.all === true) return runBuildAll(dir, flags);
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
	const wrote = result.outputs.map((output) => `  ${style.bold('wrote'.padEnd(8))} ${printableLine(output.wrote)}`);
	const state = result.unchanged ? 'unchanged' : 'built';
	return [...wrote, `${style.green('✓')} ${style.bold(state)} ${platforms}, ${size} compressed, in ${formatDuration(ms)}`].join('\n');
}

async function runBuildAll(dir: string | undefined, flags: BuildFlags & OutputFlags): Promise<void> {
	await session(flags, async ({ onEvent, signal }) => {
		const results = await buildAll(toOptions(dir, flags), { onEvent, signal });
		if (flags.json === true)
			printJson(
				results.map(({ app, result, error }) => ({
					app,
					...(result ?? { error: error === undefined ? undefined : { code: error.code, message: error.message, hint: error.hint } }),
				})),
			);
		else for (const { result } of results) if (result !== undefined) print(result.reference);
		const failed = results.filter((one): one is AppResult & { error: TareError } => one.error !== undefined);
		const [first] = failed;
		if (first === undefined) return;
		for (const { app, error } of failed)
			process.stderr.write(printableText(`error ${app}: ${error.code}: ${error.message}\n${error.hint === undefined ? '' : `  hint ${error.hint}\n`}`));
		throw new TareError(first.error.code, `${failed.length} of ${results.length} apps failed: ${failed.map(({ app }) => app).join(', ')}`, {
			cause: first.error,
		});
	});
}
