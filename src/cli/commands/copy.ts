/** `tare copy`, `tare push`, `tare pull` */
import { type CopyOptions, type CopyResult, copy, pull, push } from '../../index.js';
import { printableLine } from '../../ui/printable.js';
import { type OutputFlags, print, printJson, type Session, session, styleFor } from '../output.js';

type Flags = OutputFlags & { readonly platform?: readonly string[]; readonly format?: string; readonly insecure?: readonly string[] };

export const runCopy = (from: string | undefined, flags: Flags, to: readonly string[]): Promise<void> =>
	run(flags, (options, on) => copy(from ?? '', to, options, on));

export const runPush = (name: string | undefined, flags: Flags): Promise<void> => run(flags, (options, on) => push(name ?? '', options, on));

export const runPull = (name: string | undefined, flags: Flags): Promise<void> => run(flags, (options, on) => pull(name ?? '', options, on));

async function run(flags: Flags, work: (options: CopyOptions, on: Session) => Promise<CopyResult>): Promise<void> {
	await session(flags, async (on) => {
		const result = await work({ platforms: flags.platform, format: flags.format, insecure: flags.insecure }, on);
		if (flags.json === true) return printJson(result);
		const style = styleFor(process.stderr);
		if (flags.quiet !== true) for (const { wrote } of result.outputs) process.stderr.write(`  ${style.bold('wrote'.padEnd(8))} ${printableLine(wrote)}\n`);
		print(result.reference);
	});
}
