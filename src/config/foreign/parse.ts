/** Files of other tools as plain tables, with the line of a mistake. */
import { parseJsonc } from '../../source/jsonc.js';
import { parseTomlFile } from '../../source/toml.js';
import { type Table, table } from './types.js';

/** @throws TareError MANIFEST_INVALID */
export function readToml(content: string, file: string): Table {
	return parseTomlFile(content, file);
}

/** With comments and trailing commas, which their own tools read as well. @throws TareError MANIFEST_INVALID */
export function readJson(content: string, file: string): Table {
	return table(parseJsonc(content, file).value);
}
