/** Files of other tools as plain tables, with the line of a mistake. */
import { parseJson } from '../../source/json.js';
import { parseTomlFile } from '../../source/toml.js';
import { type Table, table } from './types.js';

/** @throws TareError MANIFEST_INVALID */
export function readToml(content: string, file: string): Table {
	return parseTomlFile(content, file);
}

/** @throws TareError MANIFEST_INVALID */
export function readJson(content: string, file: string): Table {
	return table(parseJson(content, file).value);
}
