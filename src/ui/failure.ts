/** An error as a person reads it: what, where, why, what next. */
import { messageOf, TareError } from '../errors.js';
import { printableLine, printableOutput, printableText } from './printable.js';
import type { Style } from './style.js';

export function formatFailure(error: unknown, style: Style, options: { readonly verbose: boolean }): string {
	if (!(error instanceof TareError)) return internal(error, style);
	const at = error.at === undefined ? [] : [`  ${style.dim('at')}   ${printableLine(error.at.file)}${error.at.line === undefined ? '' : `:${error.at.line}`}`];
	const output =
		typeof error.data?.output === 'string' && error.data.output !== '' ? [indent(error.data.output.split('\n').map(printableOutput).join('\n')), ''] : [];
	const cause = options.verbose && error.cause !== undefined ? [`  ${style.dim('from')} ${printableText(messageOf(error.cause))}`] : [];
	const hint = error.hint === undefined ? [] : [`  ${style.cyan('hint')} ${printableText(error.hint)}`];
	return [...output, `${style.red('error')} ${style.bold(error.code)}: ${printableText(error.message)}`, ...at, ...cause, ...hint].join('\n');
}

function indent(text: string): string {
	return text
		.split('\n')
		.map((line) => `  | ${line}`)
		.join('\n');
}

function internal(error: unknown, style: Style): string {
	const stack = printableText(error instanceof Error ? (error.stack ?? error.message) : String(error));
	return `${style.red('error')} ${style.bold('INTERNAL')}: ${stack}\n  ${style.cyan('hint')} This is a defect in Tare. Please report it with the lines above.`;
}
