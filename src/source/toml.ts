/** TOML 1.0 as plain data (https://toml.io/en/v1.0.0): what manifests and lock files are written in. Dates stay text. */
import { parse, TomlError as SmolError, TomlDate } from 'smol-toml';
import { TareError } from '../errors.js';

export type TomlTable = { [key: string]: unknown };

/** No manifest nests deeper, and a reader that calls itself must not run out of stack. */
const DEEPEST = 200;

export class TomlError extends Error {
	override readonly name = 'TomlError';
	/** From 1. */
	readonly line: number;

	constructor(message: string, line: number, options?: ErrorOptions) {
		super(message, options);
		this.line = line;
	}
}

/** Whatever the parser throws, the caller gets one kind of error. @throws TomlError */
export function parseToml(text: string): TomlTable {
	try {
		return plain(parse(text, { integersAsBigInt: 'asNeeded', maxDepth: DEEPEST }), 0) as TomlTable;
	} catch (cause) {
		if (cause instanceof TomlError) throw cause;
		const message = cause instanceof Error ? cause.message : String(cause);
		// The parser adds an excerpt of the file below its first line.
		const first = (message.split('\n')[0] as string).replace(/^Invalid TOML document: /, '');
		throw new TomlError(first, cause instanceof SmolError ? cause.line : 1, { cause });
	}
}

/** A file of the project. @throws TareError MANIFEST_INVALID with the line of the mistake */
export function parseTomlFile(text: string, file: string): TomlTable {
	try {
		return parseToml(text);
	} catch (cause) {
		const { message, line } = cause as TomlError;
		throw new TareError('MANIFEST_INVALID', `${file} is not valid TOML: ${message}`, { hint: `Correct ${file} near line ${line}.`, at: { file, line }, cause });
	}
}

function plain(value: unknown, depth: number): unknown {
	if (depth > DEEPEST) throw new TomlError(`tables nest deeper than ${DEEPEST}`, 1);
	if (value instanceof TomlDate) return value.toISOString();
	if (typeof value === 'bigint') return Number(value);
	if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value);
	if (entries.some(([key]) => key === '__proto__')) throw new TomlError('no table may have the key __proto__', 1);
	return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner, depth + 1)]));
}
