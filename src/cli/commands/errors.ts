/** `tare errors` */
import { ERRORS } from '../../errors.js';
import { type OutputFlags, print, printJson } from '../output.js';

export async function runErrors(_argument: string | undefined, flags: OutputFlags): Promise<void> {
	const rows = Object.entries(ERRORS).map(([code, [exitCode, meaning]]) => ({ code, exitCode, meaning }));
	if (flags.json === true) return printJson(rows);
	print(rows.map(({ code, exitCode, meaning }) => `${String(exitCode).padStart(3)}  ${code.padEnd(22)} ${meaning}`).join('\n'));
}
