/** The one place where texts of projects, registries and images become safe to print: what a terminal would obey is shown, passwords are not. */
import { redact } from '../errors.js';

/** C0 without tab and newline, DEL, C1, marks that turn the direction of text, and separators that some take for line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
/** Colors and weights, which tools write for a terminal that is not there. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is how they begin.
const COLORS = /\u001b\[[0-9;:]{0,40}m/g;

/** Several lines stay several lines. */
export function printableText(text: string): string {
	return redact(text).replace(/\r\n/g, '\n').replace(CONTROLS, escapeOf);
}

/** One line, whatever it holds. */
export function printableLine(text: string): string {
	return printableText(text).replaceAll('\n', '\\n');
}

/** A line that a program printed: its colors are dropped. */
export function printableOutput(line: string): string {
	return printableText(line.replace(COLORS, ''));
}

/** Plain data with every text of it, keys too, as one line each. */
export function printable<T>(value: T): T {
	return copy(value) as T;
}

function copy(value: unknown): unknown {
	if (typeof value === 'string') return printableLine(value);
	if (Array.isArray(value)) return value.map(copy);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [printableLine(key), copy(each)]));
}

function escapeOf(character: string): string {
	const code = character.charCodeAt(0);
	return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
