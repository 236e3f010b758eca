/** `tare update` */
import { type UpdateResult, update } from '../../index.js';
import { printable } from '../../ui/printable.js';
import type { Style } from '../../ui/style.js';
import { type BuildFlags, toOptions } from '../options.js';
import { type OutputFlags, print, printJson, session, styleFor } from '../output.js';

type Flags = BuildFlags & OutputFlags & { readonly check?: boolean; readonly securityOnly?: boolean };

export async function runUpdate(dir: string | undefined, flags: Flags): Promise<void> {
	await session(flags, async (on) => {
		const result = await update({ ...toOptions(dir, flags), check: flags.check, securityOnly: flags.securityOnly }, on);
		if (flags.json === true) printJson(result);
		else print(format(printable(result), styleFor(process.stdout)));
		if (flags.check === true && result.changes.length > 0) process.exitCode = 1;
	});
}

function format({ changes, written }: UpdateResult, style: Style): string {
	if (changes.length === 0) return 'tare.lock is up to date';
	const lines = changes.map(({ name, from, to, cves, security }) => {
		const fixes = cves.length > 0 ? `  ${style.yellow(cves.join(', '))}` : security ? `  ${style.yellow('security')}` : '';
		return `${name.padEnd(18)} ${from === undefined ? to : `${from} → ${to}`}${fixes}`;
	});
	return [...lines, written ? 'tare.lock written' : 'nothing written'].join('\n');
}
