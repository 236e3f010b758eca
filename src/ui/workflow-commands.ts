/**
 * What a GitHub runner reads in the output of a step: lines that begin with `::`.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
import { randomUUID } from 'node:crypto';

export type Properties = Readonly<Record<string, string | number | undefined>>;

/** `::name key=value,key=value::message`, with a line end. Properties without a value are left out. */
export function command(name: string, message = '', properties: Properties = {}): string {
	const list = Object.entries(properties)
		.filter(([, value]) => value !== undefined && value !== '')
		.map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
		.join(',');
	return `::${name}${list === '' ? '' : ` ${list}`}::${escapeData(message)}\n`;
}

/** Would the runner obey a line of it? It skips blanks in front, and finds the older form anywhere. */
export function isCommand(text: string): boolean {
	return /^\s*::/m.test(text) || text.includes('##[');
}

/** Text of others, which the runner must take for nothing else: whatever it says, no line of it is a command. */
export function inert(text: string): string {
	const token = randomUUID();
	return `${command('stop-commands', token)}${text.endsWith('\n') ? text : `${text}\n`}${command(token)}`;
}

function escapeData(text: string): string {
	return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
	return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
