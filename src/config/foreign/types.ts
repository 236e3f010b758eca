/** What is taken over from another tool's file, with the place it stands at. */
import type { Reason } from '../../builder/contract.js';
import type { Checked } from '../check.js';

export interface Foreign extends Checked {
	/** What was taken over. */
	readonly notes: readonly Reason[];
	/** What was found and has no counterpart. */
	readonly warnings: readonly Reason[];
}

export type Table = Readonly<Record<string, unknown>>;

export function table(value: unknown): Table {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

export function text(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : typeof value === 'number' ? String(value) : undefined;
}

/** Texts of a list; a single text is a list of one. */
export function texts(value: unknown): readonly string[] {
	return (Array.isArray(value) ? value : [value]).map(text).filter((one) => one !== undefined);
}

/** Variables with a plain value. */
export function variables(value: unknown): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(table(value)).flatMap(([name, one]) => {
			const plain = typeof one === 'boolean' ? String(one) : text(one);
			return plain === undefined ? [] : [[name, plain]];
		}),
	);
}
