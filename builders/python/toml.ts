/** TOML files of Python projects, read as plain data. */
import type { FileIndex } from '../../src/source/file-index.js';
import { parseTomlFile } from '../../src/source/toml.js';

export type Table = Readonly<Record<string, unknown>>;

/** Undefined when there is no such file. @throws TareError MANIFEST_INVALID */
export function readToml(source: FileIndex, file: string): Table | undefined {
	const text = source.text(file);
	return text === undefined ? undefined : parseTomlFile(text, file);
}

export function table(value: unknown): Table {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

/** Follows keys; an empty table where there is none. */
export function at(value: unknown, ...keys: readonly string[]): Table {
	return keys.reduce<Table>((inner, key) => table(inner[key]), table(value));
}

export function list(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

export function texts(value: unknown): readonly string[] {
	return list(value).filter((item): item is string => typeof item === 'string');
}
