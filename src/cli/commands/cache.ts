/** `tare cache show` and `tare cache prune` */
import { cachePrune, cacheUsage } from '../../index.js';
import { formatBytes } from '../../ui/style.js';
import { type OutputFlags, print, printJson, session } from '../output.js';

export async function runCacheShow(_argument: string | undefined, flags: OutputFlags): Promise<void> {
	await session(flags, async () => {
		const usage = await cacheUsage();
		if (flags.json === true) return printJson(usage);
		print(
			[
				usage.root,
				...usage.kinds.map(({ kind, items, bytes }) => `  ${kind.padEnd(22)} ${String(items).padStart(7)} ${formatBytes(bytes).padStart(9)}`),
				`  ${'total'.padEnd(30)} ${formatBytes(usage.bytes).padStart(9)}`,
			].join('\n'),
		);
	});
}

export async function runCachePrune(_argument: string | undefined, flags: OutputFlags & { readonly maxSize?: string; readonly all?: boolean }): Promise<void> {
	await session(flags, async () => {
		const removed = await cachePrune({ all: flags.all, maxSize: flags.maxSize });
		if (flags.json === true) return printJson(removed);
		print(`removed ${removed.items} items, ${formatBytes(removed.bytes)}`);
	});
}
